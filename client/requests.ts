import type { CancelTimer, Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { ErrorDetails } from '../protocol/errors.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { leastDelayMs, OxoError } from './errors.ts'
import { backoffMs } from './reconnect.ts'

/** Requests that wait at a time. Sent all at once after a reconnect, they stay well below what a server takes for a flood. */
export const REQUESTS_MAX = 32

/** A request before it has its `rid`. */
export type Draft = ClientMessage extends infer Message
  ? Message extends { readonly rid: number }
    ? Omit<Message, 'rid'>
    : never
  : never

type Answer = Extract<ServerMessage, { readonly type: 'ok' | 'error' }>

export interface RequestsOptions {
  readonly clock: Clock
  readonly random: Random
  /** False: there is no open connection. @throws OxoError BAD_REQUEST for a message that fits in no frame */
  readonly send: (message: ClientMessage) => boolean
}

/** How long a request may take, in ms, answers of UNAVAILABLE and lost connections included; `null`: as long as it needs. */
export type GiveUpMs = number | null

export interface Outcome {
  /** `value`: the value of OK, if it has one. */
  readonly ok: (value: string | undefined) => void
  readonly failed: (error: OxoError) => void
}

/** The requests that wait for their answer, over as many connections as it takes. */
export interface Requests {
  /** Calls exactly one of `outcome`, in the very turn in which the answer came: what follows in the next frame may build on it. */
  submit(draft: Draft, giveUpMs: GiveUpMs, outcome: Outcome): void
  answer(message: Answer): void
  /** A connection opened: sends what waits, in the order it came. */
  connected(): void
  /** The connection went: what was sent and may be repeated waits for the next one. */
  lost(): void
  failAll(error: OxoError): void
  /** When the oldest request was sent that waits for an answer, in monotonic ms. */
  awaitingSince(): number | null
  count(): number
}

interface Pending {
  readonly draft: Draft
  readonly outcome: Outcome
  cancelTimeout: CancelTimer
  /** Ends the pause before a repeat. */
  cancelPause: CancelTimer | null
  /** Has no time limit: waits out whatever can be waited out. */
  readonly insists: boolean
  /** The `rid` under which it was sent on this connection. */
  rid: number | null
  sentAt: number
  /** How often it was sent, over all connections. */
  sends: number
}

export function createRequests({ clock, random, send }: RequestsOptions): Requests {
  const all = new Set<Pending>()
  const byRid = new Map<number, Pending>()
  let lastRid = 0

  function submit(draft: Draft, giveUpMs: GiveUpMs, outcome: Outcome): void {
    const insists = giveUpMs === null
    if (!insists && all.size >= REQUESTS_MAX) {
      outcome.failed(new OxoError('RATE_LIMITED', 'too many requests wait for an answer'))
      return
    }
    const pending: Pending = {
      draft,
      outcome,
      insists,
      cancelTimeout() {},
      cancelPause: null,
      rid: null,
      sentAt: 0,
      sends: 0,
    }
    if (!insists) pending.cancelTimeout = clock.after(giveUpMs, () => fail(pending, outOfTime(giveUpMs)))
    all.add(pending)
    dispatch(pending)
  }

  function dispatch(pending: Pending): void {
    const rid = nextRid()
    // Known before it is sent: the answer may come within `send`.
    Object.assign(pending, { rid, sentAt: clock.monotonic(), sends: pending.sends + 1 })
    byRid.set(rid, pending)
    try {
      if (send({ ...pending.draft, rid } as ClientMessage)) return
      unsend(pending)
      pending.sends -= 1
    } catch (error) {
      fail(pending, error as OxoError)
    }
  }

  function nextRid(): number {
    do lastRid = (lastRid + 1) >>> 0
    while (byRid.has(lastRid))
    return lastRid
  }

  function answer(message: Answer): void {
    const pending = message.rid === null ? undefined : byRid.get(message.rid)
    if (pending === undefined) return
    unsend(pending)
    const verdict =
      message.type === 'ok' ? message : judge(pending.draft.type, pending.insists || pending.sends > 1, message)
    if (verdict.type === 'ok') {
      remove(pending)
      pending.outcome.ok(verdict.value)
    } else if (verdict.type === 'repeat') pause(pending, verdict.leastMs)
    else fail(pending, verdict.error)
  }

  function pause(pending: Pending, leastMs: number): void {
    pending.cancelPause = clock.after(backoffMs(random, pending.sends - 1, leastMs), () => {
      pending.cancelPause = null
      dispatch(pending)
    })
  }

  function unsend(pending: Pending): void {
    if (pending.rid !== null) byRid.delete(pending.rid)
    pending.rid = null
  }

  function remove(pending: Pending): void {
    unsend(pending)
    all.delete(pending)
    pending.cancelTimeout()
    pending.cancelPause?.()
  }

  function fail(pending: Pending, error: OxoError): void {
    remove(pending)
    pending.outcome.failed(error)
  }

  return {
    submit,
    answer,
    connected() {
      for (const pending of [...all]) if (pending.rid === null && pending.cancelPause === null) dispatch(pending)
    },
    lost() {
      for (const pending of [...byRid.values()]) {
        unsend(pending)
        if (!repeatable(pending.draft.type))
          fail(pending, new OxoError('UNAVAILABLE', 'the connection was lost before the answer'))
      }
    },
    failAll(error) {
      for (const pending of [...all]) fail(pending, error)
    },
    awaitingSince() {
      const [oldest] = byRid.values()
      return oldest === undefined ? null : oldest.sentAt
    },
    count: () => all.size,
  }
}

const outOfTime = (giveUpMs: number): OxoError =>
  new OxoError('UNAVAILABLE', `no answer within ${giveUpMs} ms: whether the request took effect is unknown`)

/** Saying something twice is worse than not at all; a new connection brings its own token. All else is safe to repeat (P4). */
const repeatable = (type: Draft['type']): boolean => type !== 'say' && type !== 'auth'

type Verdict =
  | { readonly type: 'ok'; readonly value?: string }
  | { readonly type: 'repeat'; readonly leastMs: number }
  | { readonly type: 'refused'; readonly error: OxoError }

/**
 * What an ERROR means for a request. One that was sent before may have taken effect then: being queued, not being queued, or
 * being in the game that it led to is what it wanted.
 */
export function judge(
  type: Draft['type'],
  repeated: boolean,
  error: Extract<Answer, { readonly type: 'error' }>,
): Verdict {
  const { code, message, details = {} } = error
  if (code === 'UNAVAILABLE' && type !== 'say') return { type: 'repeat', leastMs: leastDelayMs(details) }
  if (repeated) {
    if (code === 'RATE_LIMITED') return { type: 'repeat', leastMs: leastDelayMs(details) }
    if (type === 'find' && code === 'ALREADY_QUEUED') return { type: 'ok' }
    if (type === 'cancel' && code === 'NOT_QUEUED') return { type: 'ok' }
    if (type === 'find' && code === 'ALREADY_PLAYING') return asOk(details)
  }
  return { type: 'refused', error: new OxoError(code, message, details) }
}

function asOk(details: ErrorDetails): Verdict {
  const gameId = details.gameId
  return typeof gameId === 'string' ? { type: 'ok', value: gameId } : { type: 'ok' }
}
