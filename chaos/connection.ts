import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import { fraction, type Random } from '../kit/random.ts'
import { clientFrame } from '../loadtest/frames.ts'
import { openSocket, type RawSocket, type SocketTarget } from '../loadtest/raw-socket.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import { CloseCode } from '../protocol/errors.ts'
import { RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS } from '../protocol/limits.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'

export interface ConnectionOptions {
  readonly clock: Clock
  readonly random: Random
  /** An access token; `fresh`: the last one was refused. */
  readonly token: (fresh: boolean) => Promise<string>
  /** Where to connect now: any server but, if possible, the one just left. */
  readonly target: (leftPort: number) => Omit<SocketTarget, 'token'> | null
  readonly nextSocket: () => number
}

export interface ConnectionEvents {
  readonly receive: (message: ServerMessage) => void
  /** The socket is gone; another one comes by itself. */
  readonly dropped: (socket: number, code: number, status: number | null) => void
}

const LOOK_MS = 250
const PING_MS = 1_500
/** A socket on which nothing came for so long is dead, though a PONG was due. */
const SILENT_MS = 4_000
/** Code of a socket that this side gave up. */
const LEFT = 0

/** One player's way to the platform: a socket at a time, another one elsewhere, with full jitter, when it breaks or falls silent. */
export function createConnection(options: ConnectionOptions, events: ConnectionEvents) {
  const { clock, random } = options
  let socket: RawSocket | null = null
  let id = -1
  let port = 0
  let welcomed = false
  let stopped = false
  let attempt = 0
  let heardMs = 0
  let pingedMs = 0
  let cancelReconnect: CancelTimer = () => {}

  async function connect(fresh: boolean): Promise<void> {
    const target = options.target(port)
    const token = target === null ? null : await options.token(fresh).catch(() => null)
    if (stopped) return
    if (target === null || token === null) return reconnect(fresh)
    port = target.port
    const mine = options.nextSocket()
    id = mine
    heardMs = clock.monotonic()
    socket = openSocket(
      { ...target, token },
      {
        frame(bytes, start, end) {
          if (mine !== id) return
          heardMs = clock.monotonic()
          const decoded = decodeServer(bytes.subarray(start, end))
          if (!decoded.ok || decoded.value === null) return
          if (decoded.value.type === 'welcome') {
            welcomed = true
            attempt = 0
          }
          events.receive(decoded.value)
        },
        closed(code, status) {
          if (mine === id) drop(code, status)
        },
      },
    )
  }

  function drop(code: number, status: number | null): void {
    const was = id
    id = -1
    socket = null
    welcomed = false
    events.dropped(was, code, status)
    reconnect(code === CloseCode.tokenExpired || status === 401)
  }

  function reconnect(fresh: boolean): void {
    const mostMs = Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_FIRST_DELAY_MS * 2 ** attempt)
    attempt += 1
    cancelReconnect()
    cancelReconnect = clock.after(fraction(random) * mostMs, () => void connect(fresh))
  }

  function leave(): void {
    if (socket === null) return
    const old = socket
    drop(LEFT, null)
    old.destroy()
  }

  const write = (message: ClientMessage): void => socket?.send(clientFrame(encodeClient(message)))

  const cancelLook = every(clock, LOOK_MS, () => {
    const nowMs = clock.monotonic()
    if (socket === null) return
    if (nowMs - heardMs > SILENT_MS) return leave()
    if (!welcomed || nowMs - pingedMs < PING_MS) return
    pingedMs = nowMs
    write({ type: 'ping', clientTime: Math.round(nowMs) })
  })

  return {
    start: () => void connect(false),
    /** The socket's number; -1: none. */
    id: () => id,
    welcomed: () => welcomed,
    write,
    /** Ends the socket and comes back elsewhere. */
    leave,
    stop(): void {
      stopped = true
      cancelLook()
      cancelReconnect()
      id = -1
      socket?.destroy()
    },
  }
}
