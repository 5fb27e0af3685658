import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { silentLog as log } from '../../kit/log.ts'
import { below, seededRandom } from '../../kit/random.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { startRedis } from '../../scripts/test-redis.ts'
import { memoryRateLimiter } from '../memory/rate-limiter.ts'
import { rateLimiterContract } from '../rate-limiter.contract.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { sharedRateLimiter } from '../shared-rate-limiter.ts'
import { newSlidingWindow, takeInPlace } from '../sliding-window.ts'
import { type BackgroundValkey, valkeyInBackground } from './background.ts'
import { valkeyRateLimiter } from './rate-limiter.ts'
import { valkeySharedCount } from './shared-count.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')
const quota = { limit: 100, sustained: 100 }
const opened: BackgroundValkey[] = []
afterEach(() => {
  for (const connection of opened.splice(0)) connection.close()
})

rateLimiterContract('valkey', async (clock) => {
  const shared = valkeySharedCount(() => single.valkey(), clock.now)
  const limiter = () => sharedRateLimiter({ clock, log, shared, local: memoryRateLimiter(clock) })
  return [limiter(), limiter()]
})

describe('the script', () => {
  test('[LIMIT] counts as its twin in memory does, whatever is asked and however time goes', async () => {
    const random = seededRandom(11)
    for (const quota of [
      { limit: 40, sustained: 40 },
      { limit: 60, sustained: 30 },
    ]) {
      const clock = virtualClock()
      const window = newSlidingWindow()
      const shared = valkeySharedCount(() => single.valkey(), clock.now)
      const subject = `twin-${quota.limit}`
      for (let n = 0; n < 600; n++) {
        await clock.advance(below(random, 10) === 0 ? below(random, 70_000) : below(random, 700))
        if (below(random, 20) === 0) clock.jump(-below(random, 500))
        const wanted = 1 + below(random, 8)
        const returned = below(random, 4) === 0 ? below(random, 6) : 0
        const expected = takeInPlace(window, quota, clock.now(), wanted, returned)
        expect(await shared.take(subject, quota, wanted, returned), `call ${n}`).toEqual(expected)
      }
    }
  })

  test('[bounded] a subject is one key that ends by itself, and has at most an entry a step', async () => {
    const clock = virtualClock()
    const shared = valkeySharedCount(() => single.valkey(), clock.now)
    for (let n = 0; n < 300; n++) {
      await shared.take('ana', { limit: 1_000, sustained: 1_000 }, 1, 0)
      await clock.advance(10)
    }
    expect(await single.valkey().keys('*')).toEqual(['rl:{ana}'])
    expect(await single.valkey().llen('rl:{ana}')).toBeLessThanOrEqual(1 + 300 / 5 + 1)
    const leftMs = await single.valkey().pttl('rl:{ana}')
    expect(leftMs).toBeGreaterThan(60_000)
    expect(leftMs).toBeLessThanOrEqual(60_200)
  })
})

const allowedOf = async (limiters: readonly RateLimiter[], requests: number, subject: string): Promise<number> => {
  const asked = Array.from({ length: requests }, (_, n) => limiters[n % limiters.length]!.take(subject, quota))
  return (await Promise.all(asked)).filter(({ allowed }) => allowed).length
}
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const endMs = performance.now() + 10_000
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('did not come true in 10 s')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('[LIMIT] two processes count together; alone while the store is gone; together again when it is back', async () => {
  const store = await startRedis()
  const events: string[] = []
  const note = (event: string) => void events.push(event)
  const noting = { ...log, info: note, warn: note }
  const open = (name: string) => {
    const connection = valkeyInBackground({ url: store.url, name, clock: systemClock, log: noting })
    opened.push(connection)
    return valkeyRateLimiter(connection, systemClock, noting)
  }
  const limiters = [open('one'), open('other')]
  /** Both processes see the count of the other: nobody else allows more of a fresh subject of two. */
  let probes = 0
  const isShared = async () => {
    const subject = `probe-${probes++}`
    const once = { limit: 1, sustained: 1 }
    const verdicts = [await limiters[0]!.take(subject, once), await limiters[1]!.take(subject, once)]
    return verdicts.filter(({ allowed }) => allowed).length === 1
  }
  let ana = ''
  /** A store that answers late is not waited for, and each then lets half of the rest through: such a burst is asked again. */
  const countsTogether = async () => {
    ana = `ana-${probes++}`
    return (await allowedOf(limiters, 130, ana)) === 100
  }
  await until(countsTogether)
  await store.kill()
  await until(async () => !(await isShared()))
  expect(await allowedOf(limiters, 300, 'bo'), 'each its own').toBe(200)
  expect(await allowedOf(limiters, 10, ana), 'what was allowed here still counts').toBeLessThanOrEqual(100)
  await store.start()
  await until(isShared)
  await until(countsTogether)
  expect(events).toEqual(expect.arrayContaining(['rate_limits_counted_alone', 'rate_limits_shared_again']))
  await store.stop()
}, 20_000)
