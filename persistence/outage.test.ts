import { expect, test } from 'vitest'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { testPipeline } from './test-pipeline.ts'

/** A store that is down between two moments, monotonic ms. */
function outage(fromMs: number, untilMs: number, options = {}) {
  const bench = testPipeline(async () => {
    const nowMs = bench.clock.monotonic()
    if (nowMs >= fromMs && nowMs < untilMs) throw new StoreUnavailable('connection refused')
  }, options)
  return bench
}

test('a store that is down is asked ten times, then left alone for 30 s; it counts against no record', async () => {
  const bench = outage(0, 1_000_000)
  await bench.fill(10)
  const pipeline = bench.boot()
  pipeline.start()
  await bench.clock.advance(3_000)
  expect(bench.attempts).toHaveLength(10)
  expect(pipeline.down()).toBe(true)
  const opened = bench.attempts.at(-1)!.atMs
  await bench.clock.advance(opened + 29_999 - 3_000)
  expect(bench.attempts).toHaveLength(10)
  await bench.clock.advance(300)
  expect(bench.attempts, 'two trials that fail').toHaveLength(12)
  await bench.clock.advance(600_000)
  expect(bench.counts.rejected).toBe(0)
  expect(bench.counts.deadLettered).toBe(0)
  expect(bench.attempts.length).toBeLessThan(60)
})

test('retries wait 100, 200, 400 ms at most, at random', async () => {
  const bench = outage(0, 1_000_000)
  await bench.fill(1)
  bench.boot().start()
  await bench.clock.advance(3_000)
  const [a, b, c, d] = bench.attempts.map(({ atMs }) => atMs)
  expect(b! - a!).toBeLessThanOrEqual(100)
  expect(c! - b!).toBeLessThanOrEqual(200)
  expect(d! - c!).toBeLessThanOrEqual(400)
  expect(new Set([b! - a!, c! - b!, d! - c!]).size).toBe(3)
})

test('[P7] after an outage of a minute everything arrives, within half a minute of its end, and the level is well again', async () => {
  const bench = outage(1_000, 61_000, { batch: 50 })
  const pipeline = bench.boot()
  pipeline.start()
  const steady = async (untilMs: number) => {
    while (bench.clock.monotonic() < untilMs) {
      await bench.fill(5)
      await bench.clock.advance(500)
    }
  }
  await steady(60_000)
  expect(pipeline.down()).toBe(true)
  await steady(95_000)
  expect(pipeline.down()).toBe(false)
  await bench.clock.advance(1_000)
  expect(await bench.lacking()).toBe(0)
  expect(bench.counts.written).toBeGreaterThan(900)
})

test('a store that refuses every third call is slow, not down', async () => {
  let calls = 0
  const bench = testPipeline(
    async () => {
      if (calls++ % 3 === 0) throw new StoreUnavailable('throttled')
    },
    { batch: 10 },
  )
  await bench.fill(500)
  const pipeline = bench.boot()
  pipeline.start()
  await bench.clock.advance(20_000)
  expect(pipeline.down()).toBe(false)
  expect(await bench.lacking()).toBe(0)
})
