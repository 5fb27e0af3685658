import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { rateLimiterContract } from '../rate-limiter.contract.ts'
import { memoryRateLimiter } from './rate-limiter.ts'

rateLimiterContract('memory', async (clock) => [memoryRateLimiter(clock)])

test('memory: [bounded] subjects beyond the bound push out who asked longest ago', () => {
  const limiter = memoryRateLimiter(virtualClock(), 2)
  const quota = { limit: 1, sustained: 1 }
  expect(limiter.take('ana', quota).allowed).toBe(true)
  expect(limiter.take('bo', quota).allowed).toBe(true)
  expect(limiter.take('ana', quota).allowed).toBe(false)
  limiter.take('cy', quota)
  expect(limiter.held()).toBe(2)
  expect(limiter.take('ana', quota).allowed, 'asked lately').toBe(false)
  expect(limiter.take('bo', quota).allowed, 'forgotten').toBe(true)
})
