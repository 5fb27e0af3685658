import type { Clock } from '../kit/clock.ts'

/** A sample with a longer round trip is better than one older than this, in ms: clocks drift. */
export const SAMPLE_AGE_MAX_MS = 300_000

export interface ServerTime {
  /** The server's clock as well as it is known, in ms since the Unix epoch; our own clock before the first sample. */
  now(): number
  /** The server said `serverTime` in a frame that just came, `roundTripMs` after we asked; null for WELCOME, which starts anew. */
  sample(serverTime: number, roundTripMs: number | null): void
}

/**
 * Keeps the sample with the shortest round trip: its error is at most half of that. Each connection starts anew, because a
 * monotonic clock may stand still while the machine sleeps.
 */
export function createServerTime(clock: Clock): ServerTime {
  let best: { readonly offsetMs: number; readonly roundTripMs: number; readonly takenAt: number } | null = null
  return {
    now: () => (best === null ? clock.now() : Math.round(clock.monotonic() + best.offsetMs)),
    sample(serverTime, asked) {
      const takenAt = clock.monotonic()
      const roundTripMs = asked ?? Number.POSITIVE_INFINITY
      const fresh = best !== null && takenAt - best.takenAt < SAMPLE_AGE_MAX_MS
      if (asked !== null && best !== null && fresh && roundTripMs > best.roundTripMs) return
      best = { offsetMs: serverTime + (asked ?? 0) / 2 - takenAt, roundTripMs, takenAt }
    },
  }
}
