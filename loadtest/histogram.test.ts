import { expect, test } from 'vitest'
import { seededRandom } from '../kit/random.ts'
import { createHistogram } from './histogram.ts'

test('[histogram] small values are exact', () => {
  const histogram = createHistogram()
  for (let us = 1; us <= 20; us++) histogram.record(us)
  expect([histogram.percentile(50), histogram.percentile(95), histogram.percentile(100)]).toEqual([10, 19, 20])
  expect([histogram.count(), histogram.max()]).toEqual([20, 20])
})

test('[histogram] a percentile is never below the true value and at most 1/32 above it', () => {
  const random = seededRandom(7)
  const histogram = createHistogram()
  const values = Array.from({ length: 5_000 }, () => random.uint32() >>> (random.uint32() % 32))
  for (const value of values) histogram.record(value)
  values.sort((a, b) => a - b)
  for (const percent of [1, 10, 50, 90, 99, 99.9, 100]) {
    const exact = values[Math.ceil((values.length * percent) / 100) - 1]!
    expect(histogram.percentile(percent)).toBeGreaterThanOrEqual(exact)
    expect(histogram.percentile(percent)).toBeLessThanOrEqual(exact * (1 + 1 / 32) + 1)
  }
})

test('[histogram] fractions, negative and huge values stay inside, and reset forgets', () => {
  const histogram = createHistogram()
  for (const value of [-5, 0.4, 3.9, 1e15]) histogram.record(value)
  expect([histogram.percentile(25), histogram.percentile(75), histogram.max()]).toEqual([0, 3, 2 ** 32 - 1])
  histogram.reset()
  expect([histogram.count(), histogram.percentile(99), histogram.max()]).toEqual([0, 0, 0])
})
