import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FLOOD_FACTOR, FRAMES_PER_SECOND } from '../../protocol/limits.ts'
import { type FrameVerdict, frameLimiter, retryAfterMs, takeFrame } from './frame-limiter.ts'

const verdictsOf = (times: readonly number[]): FrameVerdict[] => {
  const limiter = frameLimiter(0)
  return times.map((atMs) => takeFrame(limiter, FRAMES_PER_SECOND, atMs))
}
const count = (verdicts: readonly FrameVerdict[], verdict: FrameVerdict) =>
  verdicts.filter((other) => other === verdict).length

test('[LIMIT] 20 frames at once go through, the next 60 are limited, the 81st is a flood', () => {
  const verdicts = verdictsOf(new Array(81).fill(5_000))
  expect(verdicts.slice(0, FRAMES_PER_SECOND).every((verdict) => verdict === 'allowed')).toBe(true)
  expect(count(verdicts, 'limited')).toBe(FRAMES_PER_SECOND * FLOOD_FACTOR - FRAMES_PER_SECOND)
  expect(verdicts.at(-1)).toBe('flood')
})

test('[LIMIT] exactly 20 a second go through for ever', () => {
  const verdicts = verdictsOf(Array.from({ length: 2_000 }, (_, n) => n * 50))
  expect(count(verdicts, 'allowed')).toBe(2_000)
})

test('[LIMIT] no second, wherever it begins, lets more than 20 of a burst and the steady rate through', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 300 }), (gaps) => {
      let nowMs = 0
      const times = gaps.map((gapMs) => (nowMs += gapMs))
      const allowed = times.filter((_, at) => verdictsOf(times.slice(0, at + 1)).at(-1) === 'allowed')
      for (const fromMs of allowed) {
        const within = allowed.filter((atMs) => atMs >= fromMs && atMs < fromMs + 1_000)
        // A full bucket and what drips in during the second: never a window's worth on each side of an edge at once.
        expect(within.length).toBeLessThanOrEqual(2 * FRAMES_PER_SECOND)
        expect(within.filter((atMs) => atMs === fromMs).length).toBeLessThanOrEqual(FRAMES_PER_SECOND)
      }
    }),
    { numRuns: 30 },
  )
})

test('[LIMIT] retryAfterMs is the truth: not a millisecond before it, surely then', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 60 }), fc.integer({ min: 0, max: 900 }), (frames, laterMs) => {
      const limiter = frameLimiter(0)
      for (let n = 0; n < frames; n++) takeFrame(limiter, FRAMES_PER_SECOND, 0)
      const fresh = { ...limiter }
      if (takeFrame(fresh, FRAMES_PER_SECOND, laterMs) === 'allowed') return
      const waitMs = retryAfterMs(limiter, FRAMES_PER_SECOND, laterMs)
      expect(takeFrame({ ...limiter }, FRAMES_PER_SECOND, laterMs + waitMs - 1)).toBe('limited')
      expect(takeFrame({ ...limiter }, FRAMES_PER_SECOND, laterMs + waitMs)).toBe('allowed')
    }),
  )
})
