import type { Clock } from '../../kit/clock.ts'
import type { Quota, RateLimiter, Verdict } from '../rate-limiter.ts'
import { newSlidingWindow, type SlidingWindow, takeInPlace } from '../sliding-window.ts'

/** Subjects counted at once. Above it the one that asked longest ago is forgotten: who has that many addresses evades limits by address anyway. */
const SUBJECTS_MAX = 50_000

export interface MemoryRateLimiter extends RateLimiter {
  take(subject: string, quota: Quota): Verdict
  /** Subjects held. */
  held(): number
}

/** Counts of this process alone, on its monotonic clock. */
export function memoryRateLimiter(clock: Clock, subjectsMax = SUBJECTS_MAX): MemoryRateLimiter {
  /** The one that asked longest ago first. */
  const windows = new Map<string, SlidingWindow>()

  function take(subject: string, quota: Quota): Verdict {
    const window = windows.get(subject) ?? newSlidingWindow()
    windows.delete(subject)
    windows.set(subject, window)
    if (windows.size > subjectsMax) windows.delete(windows.keys().next().value!)
    const { granted, remaining, resetMs } = takeInPlace(window, quota, clock.monotonic(), 1)
    return { allowed: granted > 0, remaining, resetMs }
  }

  return { take, takeNow: take, held: () => windows.size }
}
