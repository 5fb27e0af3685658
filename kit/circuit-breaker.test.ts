import { expect, test } from 'vitest'
import { type Breaker, type BreakerRules, callBegins, callEnds, closedBreaker, waitMs } from './circuit-breaker.ts'

const RULES: BreakerRules = { windowMs: 60_000, callsMin: 4, failedShare: 0.5, openMs: 30_000, trials: 3 }

/** One call after the other, at `nowMs`: `x` fails, `.` succeeds. */
const after = (breaker: Breaker, calls: string, nowMs = 0): Breaker =>
  [...calls].reduce((b, call) => callEnds(callBegins(b, RULES, nowMs), RULES, nowMs, call === 'x'), breaker)

test.each([
  ['...x.', 'closed'],
  ['xxx', 'closed'],
  ['xxxx', 'open'],
  ['..xx', 'open'],
  ['...xx', 'closed'],
  ['...xxx', 'open'],
])('half of at least four calls must fail before it opens: %s', (calls, phase) => {
  expect(after(closedBreaker, calls).phase).toBe(phase)
})

test('failures that are a minute old count no more', () => {
  const three = after(closedBreaker, 'xxx', 0)
  expect(after(three, 'x', 59_999).phase).toBe('open')
  expect(after(three, 'x', 60_000).phase).toBe('closed')
})

test('it stays open for its time, then lets three calls through and no fourth', () => {
  const open = after(closedBreaker, 'xxxx', 1_000)
  expect(waitMs(open, RULES, 1_000)).toBe(30_000)
  expect(() => callBegins(open, RULES, 30_999)).toThrow('open breaker')
  let trial = open
  for (let n = 0; n < 3; n++) {
    expect(waitMs(trial, RULES, 31_000)).toBe(0)
    trial = callBegins(trial, RULES, 31_000)
  }
  expect(waitMs(trial, RULES, 31_000)).toBeNull()
})

test.each([
  ['..', 'closed'],
  ['.x.', 'closed'],
  ['x..', 'closed'],
  ['.x', 'trial'],
  ['xx', 'open'],
  ['x.x', 'open'],
])('it goes as most of its three trials do: %s', (calls, phase) => {
  const open = after(closedBreaker, 'xxxx', 0)
  expect(after(open, calls, 30_000).phase).toBe(phase)
})

test('once closed it starts with a clean slate, once open it waits anew', () => {
  const open = after(closedBreaker, 'xxxx', 0)
  expect(after(open, '..', 30_000)).toEqual(closedBreaker)
  expect(after(open, 'xx', 30_000)).toEqual({ phase: 'open', untilMs: 60_000 })
})

test('calls that began before it opened change nothing', () => {
  const open = after(closedBreaker, 'xxxx', 0)
  expect(callEnds(open, RULES, 10_000, true)).toBe(open)
  expect(callEnds(open, RULES, 10_000, false)).toBe(open)
})
