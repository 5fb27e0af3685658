import { expect, test } from 'vitest'
import { flatness } from './flatness.ts'

const series = (bytesAt: (index: number) => number) =>
  flatness(Array.from({ length: 90 }, (_, index) => ({ atMs: index * 500, bytes: bytesAt(index) })))

test('[fuzz] a leak shows as slope and growth', () => {
  const leak = series((index) => 100 + index * 10)
  expect(leak).toEqual({ startBytes: 100, maxBytes: 990, growthBytes: 300, slopeBytesPerSecond: 20 })
})

test('[fuzz] start-up and the saw-tooth of garbage are no leak', () => {
  const settled = series((index) => (index < 30 ? index * 1_000 : 30_000) + (index % 10) * 50)
  expect(settled.growthBytes).toBe(0)
  expect(Math.abs(settled.slopeBytesPerSecond)).toBeLessThan(10)
  expect(settled.maxBytes).toBe(30_450)
})
