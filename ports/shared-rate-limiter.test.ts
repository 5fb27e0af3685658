import { describe, expect, test } from 'vitest'
import { delay } from '../kit/clock.ts'
import { silentLog as log } from '../kit/log.ts'
import { type VirtualClock, virtualClock } from '../kit/virtual-clock.ts'
import { memoryRateLimiter } from './memory/rate-limiter.ts'
import { rateLimiterContract } from './rate-limiter.contract.ts'
import { type Quota, type SharedCount, STEP_MS, type Verdict } from './rate-limiter.ts'
import { AHEAD_MS, IMPATIENT_MS, PATIENCE_MS, sharedRateLimiter } from './shared-rate-limiter.ts'
import { newSlidingWindow, type SlidingWindow, takeInPlace } from './sliding-window.ts'

const quota: Quota = { limit: 100, sustained: 100 }
/** As connections do it. */
const GIVEN_UP_MS = 1_000
const BROKEN: () => Promise<never> = () => Promise.reject(new Error('away'))

/** A shared count in this process: answers when told to, at once unless `slow`. */
function testShared(clock: VirtualClock, noting = log) {
  const windows = new Map<string, SlidingWindow>()
  const state = { questions: 0, delayMs: 0, away: false }
  const shared: SharedCount = {
    async take(subject, quota, wanted, returned) {
      state.questions += 1
      if (state.away) return BROKEN()
      const window = windows.get(subject) ?? newSlidingWindow()
      windows.set(subject, window)
      const taken = takeInPlace(window, quota, clock.now(), wanted, returned)
      if (state.delayMs > 0) await delay(clock, Math.min(state.delayMs, GIVEN_UP_MS))
      return state.delayMs < GIVEN_UP_MS ? taken : BROKEN()
    },
  }
  const limiter = () => sharedRateLimiter({ clock, log: noting, shared, local: memoryRateLimiter(clock) })
  return { state, limiter }
}

rateLimiterContract('shared by one', async (clock) => [testShared(clock).limiter()])
rateLimiterContract('shared by three', async (clock) => {
  const { limiter } = testShared(clock)
  return [limiter(), limiter(), limiter()]
})

async function allowedOf(verdicts: Iterable<Verdict | Promise<Verdict>>): Promise<number> {
  return (await Promise.all(verdicts)).filter(({ allowed }) => allowed).length
}

describe('a shared rate limiter', () => {
  test('[LIMIT] asks at most once at a time for a subject, and a busy subject gets some ahead', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const one = limiter()
    const busy: Quota = { limit: 10_000, sustained: 10_000 }
    expect(await allowedOf(Array.from({ length: 500 }, () => one.take('ana', busy)))).toBe(500)
    expect(state.questions).toBe(2)
    for (let n = 0; n < 2_000; n++) {
      await clock.advance(1)
      expect((await one.take('ana', busy)).allowed).toBe(true)
    }
    expect(state.questions).toBeLessThan(250)
  })

  test('[LIMIT] what is taken ahead costs an evenly paced subject less than 2 %', async () => {
    for (const everyMs of [1, 7, 10, 20, 45]) {
      const clock = virtualClock()
      const two = testShared(clock)
      const limiters = [two.limiter(), two.limiter()]
      const quota: Quota = { limit: 500, sustained: 500 }
      let allowed = 0
      for (let n = 0; n < 1_000; n++) {
        if ((await limiters[n % 2]!.take('ana', quota)).allowed) allowed += 1
        await clock.advance(everyMs)
      }
      expect(allowed, `every ${everyMs} ms`).toBeGreaterThanOrEqual(490)
      expect(allowed, `every ${everyMs} ms`).toBeLessThanOrEqual(500)
    }
  })

  test('[LIMIT] what was taken ahead and not used goes back: bursts with pauses lose nothing', async () => {
    const clock = virtualClock()
    const { limiter } = testShared(clock)
    const [one, other] = [limiter(), limiter()]
    const quota: Quota = { limit: 1_000, sustained: 1_000 }
    let allowed = 0
    for (let burst = 0; burst < 18; burst++) {
      for (let n = 0; n < 60; n++) {
        if ((await one.take('ana', quota)).allowed) allowed += 1
        await clock.advance(3)
      }
      await clock.advance(AHEAD_MS + 500)
    }
    expect((await other.take('ana', quota)).allowed).toBe(false)
    expect(Math.abs(allowed - 1_000)).toBeLessThanOrEqual(10)
  })

  test('[LIMIT] a refused subject is not asked for again at once', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const one = limiter()
    await allowedOf(Array.from({ length: 110 }, () => one.take('ana', quota)))
    const { questions } = state
    expect(await allowedOf(Array.from({ length: 1_000 }, () => one.take('ana', quota)))).toBe(0)
    expect(state.questions).toBe(questions)
  })

  test('[LIMIT] a slow store costs a request less than 50 ms, the next ones nothing, and is told and believed all the same', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const limiters = [limiter(), limiter()]
    state.delayMs = 300
    const waited: number[] = []
    let allowed = 0
    for (let n = 0; n < 300; n++) {
      const startedMs = clock.monotonic()
      void Promise.resolve(limiters[n % 2]!.take('ana', quota)).then((verdict) => {
        waited.push(clock.monotonic() - startedMs)
        if (verdict.allowed) allowed += 1
      })
      await clock.advance(5)
    }
    await clock.advance(PATIENCE_MS)
    expect(waited).toHaveLength(300)
    expect(Math.max(...waited)).toBe(PATIENCE_MS)
    expect(waited.filter((ms) => ms > 0).length, 'those of the first moment').toBeLessThanOrEqual(
      2 * (1 + PATIENCE_MS / 5),
    )
    // 200 a second come, and news takes 300 ms: each alone would have let 100 through.
    expect(allowed).toBeGreaterThanOrEqual(98)
    expect(allowed).toBeLessThanOrEqual(120)

    state.delayMs = 0
    await clock.advance(IMPATIENT_MS)
    expect(await allowedOf(Array.from({ length: 150 }, (_, n) => limiters[n % 2]!.take('bo', quota)))).toBe(100)
  })

  test('[LIMIT] an answer at the last moment counts, and the next request waits for the store again', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const one = limiter()
    state.delayMs = PATIENCE_MS
    const first = one.take('ana', quota)
    await clock.advance(PATIENCE_MS)
    expect((await first).remaining).toBe(99)
    const second = one.take('ana', quota)
    expect(second).toBeInstanceOf(Promise)
    await clock.advance(PATIENCE_MS)
    expect((await second).remaining).toBe(98)
  })

  test('[LIMIT] a store that never answers leaves each process half of the limit, and its own count when that is sure', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const one = limiter()
    state.delayMs = 1e9
    const first = Array.from({ length: 150 }, () => one.take('ana', quota))
    await clock.advance(PATIENCE_MS)
    expect(await allowedOf(first)).toBe(50)
    expect(await allowedOf([one.take('ana', quota)])).toBe(0)
    await clock.advance(GIVEN_UP_MS)
    expect(await allowedOf(Array.from({ length: 150 }, () => one.take('ana', quota))), 'its own count holds').toBe(50)
  })

  test('[LIMIT] requests that wait for one question are answered together when nobody answers it', async () => {
    const clock = virtualClock()
    const { state, limiter } = testShared(clock)
    const one = limiter()
    state.delayMs = 1_000
    const first = [one.take('ana', quota), one.take('ana', quota)]
    await clock.advance(20)
    first.push(one.take('ana', quota))
    await clock.advance(PATIENCE_MS - 20)
    expect(await allowedOf(first)).toBe(3)
    await clock.advance(5_000)
    state.delayMs = 0
    expect(
      await allowedOf(Array.from({ length: 110 }, () => limiter().take('ana', quota))),
      'all three were counted',
    ).toBe(97)
  })

  test('[LIMIT] while the store is away nobody waits; each counts alone, and says so once', async () => {
    const clock = virtualClock()
    const events: string[] = []
    const note = (event: string) => void events.push(event)
    const { state, limiter } = testShared(clock, { ...log, info: note, warn: note })
    const limiters = [limiter(), limiter()]
    state.away = true
    expect(await allowedOf(Array.from({ length: 300 }, (_, n) => limiters[n % 2]!.take('ana', quota)))).toBe(200)
    expect(events).toEqual(['rate_limits_counted_alone', 'rate_limits_counted_alone'])
    state.away = false
    await clock.advance(IMPATIENT_MS)
    expect(await allowedOf(Array.from({ length: 150 }, (_, n) => limiters[n % 2]!.take('bo', quota)))).toBe(100)
    expect(events.slice(2)).toEqual(['rate_limits_shared_again', 'rate_limits_shared_again'])
  })

  test('[LIMIT] what was allowed here still counts after the store forgot it', async () => {
    const clock = virtualClock()
    const local = memoryRateLimiter(clock)
    const forgetful: SharedCount = {
      take: async (_, { limit }, wanted) => ({ granted: wanted, remaining: limit, resetMs: STEP_MS }),
    }
    const one = sharedRateLimiter({ clock, log, shared: forgetful, local })
    expect(await allowedOf(Array.from({ length: 150 }, () => one.take('ana', quota)))).toBe(100)
  })

  test('[LIMIT] who cannot wait is judged by what is known here, and counts for all', async () => {
    const clock = virtualClock()
    const { limiter } = testShared(clock)
    const [one, other] = [limiter(), limiter()]
    expect(await allowedOf(Array.from({ length: 60 }, () => one.takeNow('ana', quota)))).toBe(50)
    await clock.settle()
    expect(await allowedOf(Array.from({ length: 60 }, () => other.take('ana', quota)))).toBe(50)
    one.takeNow('ana', quota)
    await clock.settle()
    expect(one.takeNow('ana', quota).allowed, 'learnt it').toBe(false)
  })
})
