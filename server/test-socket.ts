import type { VirtualClock } from '../kit/virtual-clock.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { UserId } from '../protocol/ids.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { PLAY_PATH, SUBPROTOCOL } from '../protocol/version.ts'
import type { Server } from './server.ts'
import type { PlayerSocket, UpgradeRequest } from './socket/hub.ts'
import type { TestProcess } from './test-process.ts'

type WithoutRid<M> = M extends { readonly rid: number } ? Omit<M, 'rid'> : never
/** A request; its rid is chosen by `ask`. */
export type Ask = WithoutRid<ClientMessage>
export type Answer = Extract<ServerMessage, { type: 'ok' | 'error' }>
type OfType<T extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: T }>

/** For tests: a player's end of one socket. */
export interface TestSocket {
  readonly userId: UserId
  /** All that the server said, oldest first. */
  readonly heard: readonly ServerMessage[]
  readonly closedWith: () => number | null
  /** Writes by the server: all frames of a turn are one. */
  readonly writes: () => number
  readonly pings: () => number
  /** From now on pings are not answered. */
  silence(): void
  /** From now on the peer reads nothing: a write is dropped. */
  stall(): void
  send(frame: ClientMessage | Uint8Array, binary?: boolean): void
  /** Sends a request; its rid. */
  request(ask: Ask): number
  /** Sends a request and lets everything happen that can without time moving. Its answer; null: none yet. */
  ask(ask: Ask): Promise<Answer | null>
  answerTo(rid: number): Answer | null
  of<T extends ServerMessage['type']>(type: T): readonly OfType<T>[]
  /** Hangs up. */
  close(): void
  /** The connection is gone without the server's knowing, as when it was killed. */
  broke(): void
}

export interface Entrance {
  readonly clock: VirtualClock
  readonly process: TestProcess
  readonly server: Server
}

/** An upgrade request as a browser with a token would send it; tokens are user ids, see `verifyUserId`. */
export const upgradeOf = (userId: string, overrides: Partial<UpgradeRequest> = {}): UpgradeRequest => ({
  path: PLAY_PATH,
  host: 'oxo.invalid',
  origin: null,
  authorization: `Bearer ${userId}`,
  forwardedFor: null,
  subprotocols: [SUBPROTOCOL],
  address: '192.0.2.1',
  requestId: 'req-1',
  ...overrides,
})

/** @throws when the server refuses the socket. */
export async function connectTo(
  { clock, process, server: { handlers } }: Entrance,
  userId: string,
  overrides: Partial<UpgradeRequest> = {},
): Promise<TestSocket> {
  const admission = await handlers.admit(upgradeOf(userId, overrides))
  if (admission.type === 'refused') throw new Error(`refused: ${admission.refusal.status}`)
  const heard: ServerMessage[] = []
  let closedWith: number | null = null
  let writes = 0
  let corked = false
  let pings = 0
  let answersPings = true
  let stalled = false
  let lastRid = 0

  function closed(code: number): void {
    if (closedWith !== null) return
    closedWith = code
    clock.endOfTurn(() => process.enter(() => handlers.closed(connection, code)))
  }

  const socket: PlayerSocket = {
    send(frame) {
      if (closedWith !== null) return true
      if (!corked) writes += 1
      if (stalled) return false
      heard.push(decoded(frame))
      return true
    },
    cork(run) {
      if (closedWith !== null) return
      writes += 1
      corked = true
      run()
      corked = false
    },
    ping() {
      pings += 1
      if (answersPings) clock.endOfTurn(() => process.enter(() => handlers.pong(connection)))
    },
    end: (code) => closed(code),
  }
  const connection = handlers.opened(socket, admission.pass)

  function send(frame: ClientMessage | Uint8Array, binary = true): void {
    if (closedWith !== null) return
    const bytes = frame instanceof Uint8Array ? frame : encodeClient(frame)
    process.enter(() => handlers.frame(connection, bytes, binary))
  }

  function request(ask: Ask): number {
    const rid = ++lastRid
    send({ ...ask, rid } as ClientMessage)
    return rid
  }

  const answerTo = (rid: number): Answer | null =>
    heard.find((m): m is Answer => (m.type === 'ok' || m.type === 'error') && m.rid === rid) ?? null

  await clock.settle()
  return {
    userId: userId as UserId,
    heard,
    closedWith: () => closedWith,
    writes: () => writes,
    pings: () => pings,
    silence: () => {
      answersPings = false
    },
    stall: () => {
      stalled = true
    },
    send,
    request,
    async ask(ask) {
      const rid = request(ask)
      await clock.settle()
      return answerTo(rid)
    },
    answerTo,
    of: <T extends ServerMessage['type']>(type: T) => heard.filter((m): m is OfType<T> => m.type === type),
    close: () => closed(1000),
    broke: () => {
      closedWith ??= 1006
    },
  }
}

function decoded(frame: Uint8Array): ServerMessage {
  const message = decodeServer(frame.slice())
  if (!message.ok || message.value === null) throw new Error(`a frame that no client can read: ${Buffer.from(frame)}`)
  return message.value
}
