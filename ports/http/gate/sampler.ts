import type { Clock } from '../../../kit/clock.ts'

/** One line in this time for each key, ms. */
const PERIOD_MS = 60_000
const KEYS_MAX = 1_000

/** True for the first of each key in a minute: so that a flood of refusals is no flood of audit lines. Bounded: at most 1,000 lines a minute. */
export function createSampler(clock: Clock) {
  /** When each was let through, oldest first. */
  const passedAtMs = new Map<string, number>()
  return (key: string): boolean => {
    const nowMs = clock.monotonic()
    for (const [old, atMs] of passedAtMs) {
      if (nowMs - atMs < PERIOD_MS) break
      passedAtMs.delete(old)
    }
    if (passedAtMs.has(key) || passedAtMs.size >= KEYS_MAX) return false
    passedAtMs.set(key, nowMs)
    return true
  }
}
