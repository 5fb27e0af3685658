import { describe, expect, test } from 'vitest'
import { below, seededRandom } from '../kit/random.ts'
import { type VirtualClock, virtualClock } from '../kit/virtual-clock.ts'
import { type Quota, type RateLimiter, WINDOW_MS } from './rate-limiter.ts'

const even = (limit: number): Quota => ({ limit, sustained: limit })

/** Most instants of `atMs` (ascending) in any minute, wherever it begins. */
function mostInAMinute(atMs: readonly number[]): number {
  let first = 0
  let most = 0
  for (const [index, instant] of atMs.entries()) {
    while (atMs[first]! <= instant - WINDOW_MS) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

/** What every RateLimiter promises. `open` gives limiters that share one fresh count: their requests are those of one process each. */
export function rateLimiterContract(
  name: string,
  open: (clock: VirtualClock) => Promise<readonly RateLimiter[]>,
): void {
  async function opened() {
    const clock = virtualClock()
    const limiters = await open(clock)
    let next = 0
    /** One request, to each process in turn. */
    const take = async (subject: string, quota: Quota) => limiters[next++ % limiters.length]!.take(subject, quota)
    const allowedOf = async (requests: number, subject: string, quota: Quota) => {
      const verdicts = await Promise.all(Array.from({ length: requests }, () => take(subject, quota)))
      return verdicts.filter(({ allowed }) => allowed).length
    }
    return { clock, take, allowedOf }
  }

  describe(`${name} as RateLimiter`, () => {
    test.each([100, 1_000])('[LIMIT] of %d and a quarter more at once exactly that many are allowed', async (limit) => {
      const { allowedOf } = await opened()
      expect(await allowedOf(1.25 * limit, 'ana', even(limit))).toBe(limit)
    })

    test('[LIMIT] subjects do not share what they have', async () => {
      const { allowedOf } = await opened()
      expect(await allowedOf(12, 'ana', even(10))).toBe(10)
      expect(await allowedOf(5, 'bo', even(10))).toBe(5)
    })

    test('[LIMIT] a partner may burst to twice its rate, and then has its rate', async () => {
      const { clock, take, allowedOf } = await opened()
      const quota = { limit: 200, sustained: 100 }
      expect(await allowedOf(250, 'key', quota)).toBe(200)
      const allowedAtMs: number[] = []
      for (let second = 1; second <= 300; second++) {
        await clock.advance(1_000)
        for (let n = 0; n < 4; n++) if ((await take('key', quota)).allowed) allowedAtMs.push(clock.monotonic())
      }
      expect(Math.abs(allowedAtMs.length - 500)).toBeLessThanOrEqual(10)
      expect(mostInAMinute(allowedAtMs)).toBeLessThanOrEqual(200)
    })

    test('[LIMIT] no minute has more than the limit, wherever it begins, and demand above it gets 98 % of it', async () => {
      const { clock, take } = await opened()
      const random = seededRandom(7)
      const allowedAtMs: number[] = []
      const endMs = clock.monotonic() + 5 * WINDOW_MS
      while (clock.monotonic() < endMs) {
        // Bursts of all sizes, at and around the edges that fixed windows would have.
        for (let burst = below(random, 30); burst > 0; burst--) {
          if ((await take('ana', even(100))).allowed) allowedAtMs.push(clock.monotonic())
        }
        await clock.advance(1 + below(random, 3_000))
      }
      expect(mostInAMinute(allowedAtMs)).toBe(100)
      expect(allowedAtMs.length).toBeGreaterThanOrEqual(0.98 * 500)
    })

    test('[LIMIT] what was refused does not count, and after the named time there is more, before it there is not', async () => {
      const { clock, take, allowedOf } = await opened()
      expect(await allowedOf(10, 'ana', even(10))).toBe(10)
      const refused = await take('ana', even(10))
      expect(refused).toMatchObject({ allowed: false, remaining: 0 })
      await clock.advance(refused.resetMs - 200)
      expect(await allowedOf(50, 'ana', even(10))).toBe(0)
      await clock.advance(200)
      expect(await allowedOf(50, 'ana', even(10))).toBe(10)
    })

    test('[LIMIT] says how many are left', async () => {
      const { take } = await opened()
      const left: number[] = []
      for (let n = 0; n < 4; n++) left.push((await take('ana', even(3))).remaining)
      expect(left).toEqual([2, 1, 0, 0])
    })

    test('[LIMIT] a limit that was raised or lowered holds from the next request on', async () => {
      const { allowedOf } = await opened()
      expect(await allowedOf(10, 'ana', even(10))).toBe(10)
      expect(await allowedOf(10, 'ana', even(15))).toBe(5)
      expect(await allowedOf(10, 'ana', even(5))).toBe(0)
    })
  })
}
