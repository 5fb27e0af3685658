import { type Quota, STEP_MS, type Taken, WINDOW_MS, WINDOW_STEPS } from './rate-limiter.ts'

/**
 * What one subject was granted in the last minute: a log with an entry for each step in which something was. The script `lua/rate-take.lua` keeps
 * the same in a shared store.
 */
export interface SlidingWindow {
  /** Steps, oldest first. */
  readonly steps: number[]
  /** Granted in each. */
  readonly counts: number[]
  /** Where the log begins: what is before was dropped. */
  first: number
  total: number
  /** Bucket that leaks `sustained` a minute: filled by each grant, as of step `levelStep`. */
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

/** Dropped entries are cut off when so many have gathered. */
const DROPPED_MAX = 256

/** Takes up to `wanted` at `nowMs`. Amortised constant time; memory by the steps of the last minute in which something was granted. */
export function takeInPlace(window: SlidingWindow, quota: Quota, nowMs: number, wanted: number): Taken {
  // A clock that went back must not open gaps: time stands still until it has caught up.
  const step = Math.max(Math.floor(nowMs / STEP_MS), window.steps.at(-1) ?? 0)
  forgetInPlace(window, step)
  const leak = (quota.sustained * STEP_MS) / WINDOW_MS
  const level = Math.max(0, window.level - (step - window.levelStep) * leak)
  const granted = Math.max(0, Math.min(wanted, quota.limit - window.total, Math.floor(quota.limit - level)))
  if (granted > 0) addInPlace(window, step, granted)
  window.level = level + granted
  window.levelStep = step
  const byLevel = Math.floor(quota.limit - window.level)
  const remaining = Math.max(0, Math.min(quota.limit - window.total, byLevel))
  const oldest = window.steps[window.first] ?? step
  const byWindowMs = (oldest + WINDOW_STEPS + 1) * STEP_MS - nowMs
  const byLevelMs = Math.ceil((window.level + 1 - quota.limit) / leak) * STEP_MS
  const resetMs = quota.limit - window.total > byLevel ? Math.max(byLevelMs, STEP_MS) : byWindowMs
  return { granted, remaining, resetMs: Math.max(1, resetMs) }
}

function forgetInPlace(window: SlidingWindow, step: number): void {
  const { steps, counts } = window
  while (window.first < steps.length && steps[window.first]! < step - WINDOW_STEPS)
    window.total -= counts[window.first++]!
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
