import { type Clock, every } from '../kit/clock.ts'
import type { ServerMessage } from '../protocol/messages.ts'
import { OxoError } from './errors.ts'
import type { ServerTime } from './server-time.ts'

/** Between PINGs, in ms: keeps the server and every proxy in between from taking a quiet socket for an idle one. */
export const KEEP_ALIVE_MS = 25_000
/** A socket on which nothing came for this long is dead, in ms: one PONG was due and time for another PING was left. */
export const SILENCE_MAX_MS = 45_000
/** The same while an answer is due, in ms: servers answer every request within 5 s. */
export const SILENCE_AWAITING_MAX_MS = 10_000
/** Between looks at the clock, in ms. */
const LOOK_MS = 5_000
/** More pings than this are not waited for at a time. */
const PINGS_MAX = 16

export interface PulseOptions {
  readonly clock: Clock
  readonly time: ServerTime
  readonly send: (message: { readonly type: 'ping'; readonly clientTime: number }) => void
  /** When the oldest request was sent that still waits for its answer, in monotonic ms; null when none does. */
  readonly awaitingSince: () => number | null
  readonly onDead: () => void
}

/** Keeps one socket alive, notices when it is dead, and measures the server's clock. */
export interface Pulse {
  /** A frame came. */
  heard(): void
  pong(message: Extract<ServerMessage, { readonly type: 'pong' }>): void
  /** Round trip in ms. @throws OxoError UNAVAILABLE when the socket goes first, RATE_LIMITED when many wait already */
  ping(): Promise<number>
  stop(): void
}

interface Waiting {
  readonly sentAt: number
  readonly resolve: (roundTripMs: number) => void
  readonly reject: (error: OxoError) => void
}

export function startPulse({ clock, time, send, awaitingSince, onDead }: PulseOptions): Pulse {
  const waiting = new Map<number, Waiting>()
  let heardAt = clock.monotonic()
  let pingedAt = Number.NEGATIVE_INFINITY
  let lastClientTime = 0
  const stopLooking = every(clock, LOOK_MS, look)

  function look(): void {
    const now = clock.monotonic()
    const since = awaitingSince()
    const dead = now - heardAt >= SILENCE_MAX_MS
    if (dead || (since !== null && now - Math.max(since, heardAt) >= SILENCE_AWAITING_MAX_MS)) onDead()
    else if (now - pingedAt >= KEEP_ALIVE_MS) void ping().catch(() => {})
  }

  function ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (waiting.size >= PINGS_MAX) {
        reject(new OxoError('RATE_LIMITED', 'too many pings wait for an answer'))
        return
      }
      // The answer is told by its clientTime, so no two may be equal.
      const clientTime = Math.max(clock.now(), lastClientTime + 1)
      lastClientTime = clientTime
      pingedAt = clock.monotonic()
      waiting.set(clientTime, { sentAt: pingedAt, resolve, reject })
      send({ type: 'ping', clientTime })
    })
  }

  return {
    heard() {
      heardAt = clock.monotonic()
    },
    pong({ clientTime, serverTime }) {
      const asked = waiting.get(clientTime)
      if (asked === undefined) return
      waiting.delete(clientTime)
      const roundTripMs = clock.monotonic() - asked.sentAt
      time.sample(serverTime, roundTripMs)
      asked.resolve(roundTripMs)
    },
    ping,
    stop() {
      stopLooking()
      for (const { reject } of waiting.values()) reject(new OxoError('UNAVAILABLE', 'the connection was lost'))
      waiting.clear()
    },
  }
}
