import type { Clock } from '../../kit/clock.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import { type BriefMessage, encodeBrief } from '../../protocol/codec.ts'
import { CloseCode } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Metrics } from '../metrics.ts'
import type { PlayerSocket } from '../socket/hub.ts'
import type { GameWatch } from './fanout.ts'
import type { FrameLimiter } from './frame-limiter.ts'

/** One of the frames that a socket is about to be sent: as bytes, or as the message that is encoded when it leaves. */
interface Unsent {
  readonly frame: Uint8Array | null
  readonly brief: BriefMessage | null
  next: Unsent | null
}

/** One socket of one player, as its gateway sees it. */
export interface Connection {
  readonly id: number
  readonly userId: UserId
  readonly socket: PlayerSocket
  readonly limiter: FrameLimiter
  readonly address: string
  identity: Identity
  /** Frames of this turn, sent in one write at its end: the first and the last of a list. */
  unsent: Unsent | null
  lastUnsent: Unsent | null
  /** The next socket that has something to say. */
  nextToSend: Connection | null
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
  /** The sockets with anything to say, in the order in which they got it. */
  let first: Connection | null = null
  let last: Connection | null = null
  let scheduled = false
  let collecting = false
  /** What is being written to which socket. */
  let writing: Unsent | null = null
  let socket: PlayerSocket
  let kept = true

  /** Sends one frame, which may be sent to others too. */
  function send(connection: Connection, frame: Uint8Array): void {
    if (!connection.closed) queue(connection, { frame, brief: null, next: null })
  }

  /** Sends a message that is encoded only when it leaves: no memory for its frame. */
  function tell(connection: Connection, brief: BriefMessage): void {
    if (!connection.closed) queue(connection, { frame: null, brief, next: null })
  }

  function queue(connection: Connection, unsent: Unsent): void {
    if (connection.lastUnsent !== null) connection.lastUnsent.next = unsent
    else {
      connection.unsent = unsent
      if (last === null) first = connection
      else last.nextToSend = connection
      last = connection
    }
    connection.lastUnsent = unsent
    if (scheduled || collecting) return
    scheduled = true
    clock.endOfTurn(() => {
      scheduled = false
      flush()
    })
  }

  function flush(): void {
    while (first !== null) {
      const connection = first
      first = connection.nextToSend
      if (first === null) last = null
      connection.nextToSend = null
      write(connection)
    }
  }

  /** A socket that dropped a frame ends: it must never be left with a gap. */
  function write(connection: Connection): void {
    writing = connection.unsent
    socket = connection.socket
    kept = true
    connection.unsent = null
    connection.lastUnsent = null
    if (connection.closed) return
    if (writing?.next === null) writeAll()
    else socket.cork(writeAll)
    if (!kept) socket.end(CloseCode.slowConsumer, 'over 64 KiB unsent')
  }

  function writeAll(): void {
    for (; writing !== null; writing = writing.next) {
      metrics.framesOut += 1
      kept = socket.send(writing.frame ?? encodeBrief(writing.brief!)) && kept
    }
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

  return { send, tell, flush, collect, end }
}
export type Outbox = ReturnType<typeof createOutbox>
