import type { Clock } from '../../kit/clock.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import { CloseCode } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Metrics } from '../metrics.ts'
import type { PlayerSocket } from '../socket/hub.ts'
import type { GameWatch } from './fanout.ts'
import type { FrameLimiter } from './frame-limiter.ts'

/** One socket of one player, as its gateway sees it. */
export interface Connection {
  readonly id: number
  readonly userId: UserId
  readonly socket: PlayerSocket
  readonly limiter: FrameLimiter
  readonly address: string
  identity: Identity
  /** Frames of this turn; sent in one cork at its end. */
  readonly unsent: Uint8Array[]
  /** Games that this socket hears of, oldest first. */
  readonly watching: GameWatch[]
  /** Requests without an answer yet. */
  open: number
  lastFrameMs: number
  lastPongMs: number
  lastPingMs: number
  closed: boolean
}

/** Sends what a turn queued, at its end or when the gate says so: each socket with anything to say is written to once. */
export function createOutbox(clock: Clock, metrics: Metrics) {
  let dirty: Connection[] = []
  let scheduled = false
  let collecting = false

  function send(connection: Connection, frame: Uint8Array): void {
    if (connection.closed) return
    if (connection.unsent.length === 0) dirty.push(connection)
    connection.unsent.push(frame)
    if (scheduled || collecting) return
    scheduled = true
    clock.endOfTurn(() => {
      scheduled = false
      flush()
    })
  }

  function flush(): void {
    while (dirty.length > 0) {
      const batch = dirty
      dirty = []
      for (const connection of batch) write(connection)
    }
  }

  /** A socket that dropped a frame ends: it must never be left with a gap. */
  function write(connection: Connection): void {
    const frames = connection.unsent
    metrics.framesOut += frames.length
    const kept = connection.closed || connection.socket.send(frames)
    frames.length = 0
    if (!kept) connection.socket.end(CloseCode.slowConsumer, 'over 64 KiB unsent')
  }

  /** Ends a socket after what it was told has left. */
  function end(connection: Connection, code: CloseCode, reason: string): void {
    if (connection.closed) return
    flush()
    connection.socket.end(code, reason)
  }

  /** Everything that `run` sends leaves when it returns. */
  function collect(run: () => void): void {
    collecting = true
    try {
      run()
    } finally {
      collecting = false
      flush()
    }
  }

  return { send, flush, collect, end }
}
export type Outbox = ReturnType<typeof createOutbox>
