import type { UserId } from '../../protocol/ids.ts'
import { type CloseCode, CloseCode as Close } from '../../protocol/errors.ts'
import type { Identity } from '../auth/identity.ts'
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

/** Sends what this turn queued: each socket with anything to say is written to once. */
export function createOutbox(slow: (connection: Connection) => void) {
  let dirty: Connection[] = []
  let framesOut = 0

  return {
    send(connection: Connection, frame: Uint8Array): void {
      if (connection.closed) return
      if (connection.unsent.length === 0) dirty.push(connection)
      connection.unsent.push(frame)
    },
    pending: () => dirty.length > 0,
    framesOut: () => framesOut,
    flush(): void {
      while (dirty.length > 0) {
        const batch = dirty
        dirty = []
        for (const connection of batch) {
          const frames = connection.unsent
          framesOut += frames.length
          const kept = connection.closed || connection.socket.send(frames)
          frames.length = 0
          if (!kept) slow(connection)
        }
      }
    },
  }
}
export type Outbox = ReturnType<typeof createOutbox>

/** Ends a socket after what it was told in this turn has left. */
export function endConnection(outbox: Outbox, connection: Connection, code: CloseCode, reason: string): void {
  if (connection.closed) return
  outbox.flush()
  connection.socket.end(code, reason)
}

export const endSlow = (connection: Connection): void => connection.socket.end(Close.slowConsumer, 'too slow: over 64 KiB unsent')
