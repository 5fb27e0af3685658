import { type Quota, STEP_MS, type Taken, WINDOW_MS, WINDOW_STEPS } from './rate-limiter.ts'

/**
 * What one subject was granted in the last minute: a log with an entry for each step in which something was. `valkey/lua/rate-take.lua` keeps
 * the same in a shared store.
 */
export interface SlidingWindow {
  /** Steps, oldest first. */
  readonly steps: number[]
  /** Granted in each, less what was given back. */
  readonly counts: number[]
  /** Where the log begins: what is before no longer counts. */
  first: number
  total: number
  /** A bucket that each grant fills and that leaks `sustained` a minute, as of the last grant, which was at `levelStep`. */
  level: number
  levelStep: number
}

export const newSlidingWindow = (): SlidingWindow => ({
  steps: [],
  counts: [],
  first: 0,
  total: 0,
  level: 0,
  levelStep: 0,
})

/** Entries that no longer count are cut off when so many have gathered. */
const DROPPED_MAX = 256
/** Against sums of fractions that end just below a whole number. */
const ROUNDING = 1e-6

/** What a quota's bucket loses in a step. */
export const leakOf = (quota: Quota): number => (quota.sustained * STEP_MS) / WINDOW_MS

/** Takes up to `wanted` at `nowMs`, once `returned` of what was granted is given back. Amortised constant time; memory by the steps of the last minute in which something was granted. */
export function takeInPlace(window: SlidingWindow, quota: Quota, nowMs: number, wanted: number, returned = 0): Taken {
  const { limit } = quota
  const leak = leakOf(quota)
  // A clock that went back must not open gaps: time stands still until it has caught up.
  const step = Math.max(Math.floor(nowMs / STEP_MS), window.levelStep)
  forgetInPlace(window, step)
  // What is given back counts against now: the moment that it was granted in is at most a minute older.
  const back = Math.min(returned, window.total)
  let level = Math.max(0, window.level - (step - window.levelStep) * leak - back)
  const granted = Math.max(0, Math.min(wanted, limit - window.total + back, Math.floor(limit - level + ROUNDING)))
  if (granted > 0 || back > 0) {
    addInPlace(window, step, granted - back)
    level += granted
    window.level = level
    window.levelStep = step
  }

  const byWindow = limit - window.total
  const byLevel = Math.floor(limit - level + ROUNDING)
  const oldest = window.steps[window.first] ?? step
  const resetMs =
    byWindow > byLevel
      ? Math.ceil((level + 1 - limit) / leak - ROUNDING) * STEP_MS
      : (oldest + WINDOW_STEPS + 1) * STEP_MS - nowMs
  return { granted, remaining: Math.max(0, Math.min(byWindow, byLevel)), resetMs: Math.max(STEP_MS, resetMs) }
}

function forgetInPlace(window: SlidingWindow, step: number): void {
  const { steps, counts } = window
  while (window.first < steps.length && steps[window.first]! < step - WINDOW_STEPS) {
    window.total -= counts[window.first]!
    window.first += 1
  }
  if (window.first < DROPPED_MAX && window.first < steps.length) return
  steps.splice(0, window.first)
  counts.splice(0, window.first)
  window.first = 0
}

function addInPlace(window: SlidingWindow, step: number, granted: number): void {
  const { steps, counts } = window
  if (steps.at(-1) === step) counts[counts.length - 1]! += granted
  else {
    steps.push(step)
    counts.push(granted)
  }
  window.total += granted
}
