import { assert } from './assert.ts'

/** When calls to something that fails are given up for a while. */
export interface BreakerRules {
  /** Calls of the last so many ms count. */
  readonly windowMs: number
  /** Fewer calls than these in the window prove nothing. */
  readonly callsMin: number
  /** From this share of failed calls on it opens, 0..1. */
  readonly failedShare: number
  /** It stays open for so long, ms. */
  readonly openMs: number
  /** Then so many calls are let through; it closes or opens again as most of them go. Odd. */
  readonly trials: number
}

/** Slots into which the window is cut: old calls leave one slot at a time. */
const SLOTS = 6

interface Slot {
  readonly startMs: number
  readonly calls: number
  readonly failed: number
}

export type Breaker =
  | { readonly phase: 'closed'; readonly slots: readonly Slot[] }
  | { readonly phase: 'open'; readonly untilMs: number }
  | { readonly phase: 'trial'; readonly begun: number; readonly succeeded: number; readonly failed: number }

export const closedBreaker: Breaker = { phase: 'closed', slots: [] }

/** How long no call may begin, ms: 0 now, null until a trial call under way has ended. */
export function waitMs(breaker: Breaker, rules: BreakerRules, nowMs: number): number | null {
  if (breaker.phase === 'closed') return 0
  if (breaker.phase === 'open') return Math.max(0, breaker.untilMs - nowMs)
  return breaker.begun < rules.trials ? 0 : null
}

/** A call begins; only when `waitMs` is 0. */
export function callBegins(breaker: Breaker, rules: BreakerRules, nowMs: number): Breaker {
  assert(waitMs(breaker, rules, nowMs) === 0, 'a call through an open breaker')
  if (breaker.phase === 'closed') return breaker
  if (breaker.phase === 'open') return { phase: 'trial', begun: 1, succeeded: 0, failed: 0 }
  return { ...breaker, begun: breaker.begun + 1 }
}

/** A call that began has ended. */
export function callEnds(breaker: Breaker, rules: BreakerRules, nowMs: number, failed: boolean): Breaker {
  switch (breaker.phase) {
    case 'open':
      return breaker // it began before
    case 'trial': {
      const counts = failed ? { failed: breaker.failed + 1 } : { succeeded: breaker.succeeded + 1 }
      const trial = { ...breaker, ...counts }
      if (2 * trial.failed > rules.trials) return { phase: 'open', untilMs: nowMs + rules.openMs }
      return 2 * trial.succeeded > rules.trials ? closedBreaker : trial
    }
    case 'closed': {
      const slots = counted(breaker.slots, rules, nowMs, failed)
      const calls = slots.reduce((sum, slot) => sum + slot.calls, 0)
      const failures = slots.reduce((sum, slot) => sum + slot.failed, 0)
      const opens = calls >= rules.callsMin && failures >= rules.failedShare * calls
      return opens ? { phase: 'open', untilMs: nowMs + rules.openMs } : { phase: 'closed', slots }
    }
  }
}

function counted(slots: readonly Slot[], rules: BreakerRules, nowMs: number, failed: boolean): Slot[] {
  const recent = slots.filter(({ startMs }) => startMs > nowMs - rules.windowMs)
  const last = recent.at(-1)
  const current =
    last !== undefined && nowMs - last.startMs < rules.windowMs / SLOTS ? last : { startMs: nowMs, calls: 0, failed: 0 }
  const before = current === last ? recent.slice(0, -1) : recent
  return [...before, { ...current, calls: current.calls + 1, failed: current.failed + (failed ? 1 : 0) }]
}
