import { fraction, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import { encodeClient } from '../protocol/codec.ts'
import type { ErrorDetails } from '../protocol/errors.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import type { ClientSocket } from './hub.ts'
import type { Node } from './node.ts'

/** A request without the number that the session gives it. */
type WithoutRid<M> = M extends { readonly rid: number } ? Omit<M, 'rid'> : never
export type Request = WithoutRid<ClientMessage>

/** What came of a request. `lost`: the socket closed first, or nobody answered in time. */
export type Answer =
  | { readonly type: 'ok'; readonly value: string | undefined }
  | { readonly type: 'error'; readonly code: string; readonly details: ErrorDetails | undefined }
  | { readonly type: 'lost' }

export interface SessionOptions {
  readonly clock: VirtualClock
  readonly random: Random
  readonly userId: string
  /** The servers that a load balancer would choose from. */
  readonly nodes: () => readonly Node[]
  readonly message: (message: ServerMessage) => void
  /** A request was not answered in time on an open socket of this server. */
  readonly unanswered: (node: Node, request: Request, sinceMs: number) => void
}

const CONNECT_TIMEOUT_MS = 2_500
/** The server's patience is 5 s; the rest is for the way. */
const ANSWER_TIMEOUT_MS = 7_000
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 3_000

/** One socket of a player that always comes back: anywhere, with back-off. */
export function createSession(options: SessionOptions) {
  const { clock, random, userId } = options
  let socket: ClientSocket | null = null
  let node: Node | null = null
  let attempt = 0
  let tries = 0
  let lastRid = 0
  let welcomed = false
  const pending = new Map<
    number,
    { readonly request: Request; readonly sinceMs: number; readonly done: (answer: Answer) => void }
  >()

  function connect(): void {
    const nodes = options.nodes()
    const mine = ++attempt
    const retry = () => {
      if (mine === attempt) later(0)
    }
    const target = nodes[Math.floor(fraction(random) * nodes.length)]
    if (target === undefined) return later(0)
    clock.after(CONNECT_TIMEOUT_MS, () => {
      if (!welcomed) retry()
    })
    target.hub.connect(userId, {
      opened(opened) {
        if (mine !== attempt) return opened.cut()
        socket = opened
        node = target
      },
      refused: retry,
      message(from, message) {
        if (mine === attempt && from === socket) received(message)
      },
      closed(from) {
        if (mine !== attempt || from !== socket) return
        drop()
        later(0)
      },
    })
  }

  function later(leastMs: number): void {
    attempt += 1
    socket?.cut()
    drop()
    const mine = attempt
    const capMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** tries++)
    clock.after(leastMs + fraction(random) * capMs, () => {
      if (mine === attempt) connect()
    })
  }

  function drop(): void {
    socket = null
    node = null
    welcomed = false
    const open = [...pending.values()]
    pending.clear()
    for (const { done } of open) done({ type: 'lost' })
  }

  function received(message: ServerMessage): void {
    if (message.type === 'welcome') {
      welcomed = true
      tries = 0
    }
    if (message.type === 'goodbye') return later(message.retryAfterMs)
    if ((message.type === 'ok' || message.type === 'error') && message.rid !== null) {
      const { rid } = message
      const waiting = pending.get(rid)
      pending.delete(rid)
      waiting?.done(
        message.type === 'ok'
          ? { type: 'ok', value: message.value }
          : { type: 'error', code: message.code, details: message.details },
      )
    }
    options.message(message)
  }

  return {
    userId,
    connect,
    ready: () => welcomed,
    node: () => node,
    /** Asks; `done` is called exactly once. */
    ask(request: Request, done: (answer: Answer) => void): void {
      if (socket === null || !welcomed) return done({ type: 'lost' })
      const rid = ++lastRid
      const asked = socket
      const sinceMs = clock.monotonic()
      pending.set(rid, { request, sinceMs, done })
      socket.send(encodeClient({ ...request, rid } as ClientMessage))
      clock.after(ANSWER_TIMEOUT_MS, () => {
        if (!pending.has(rid) || socket !== asked || node === null) return
        options.unanswered(node, request, sinceMs)
        later(0)
      })
    },
    /** The player's own network breaks. */
    cut(): void {
      socket?.cut()
    },
    /** Requests without an answer that were asked at least so long ago, in ms. */
    pending: (forMs: number) =>
      [...pending.values()].filter(({ sinceMs }) => clock.monotonic() - sinceMs >= forMs).length,
  }
}
export type Session = ReturnType<typeof createSession>
