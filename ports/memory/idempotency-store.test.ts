import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { idempotencyStoreContract } from '../idempotency-store.contract.ts'
import { RUNNING_MS } from '../idempotency-store.ts'
import { memoryIdempotencyStore } from './idempotency-store.ts'

idempotencyStoreContract('memory', async () => memoryIdempotencyStore(virtualClock()))

test('memory: [bounded] answers end, runs that nobody ended do too, and the oldest key makes room', async () => {
  const clock = virtualClock()
  const store = memoryIdempotencyStore(clock, 2)
  await store.begin('a', 'run')
  await clock.advance(RUNNING_MS - 1)
  expect((await store.begin('a', 'late')).type).toBe('running')
  await clock.advance(1)
  expect((await store.begin('a', 'late')).type).toBe('fresh')
  await store.finish('a', 'late', 'answer', 1_000)
  await clock.advance(999)
  expect((await store.begin('a', 'x')).type).toBe('done')
  await clock.advance(1)
  expect((await store.begin('a', 'x')).type).toBe('fresh')
  await store.begin('b', 'x')
  await store.begin('c', 'x')
  expect((await store.begin('a', 'y')).type, 'it was the oldest').toBe('fresh')
})
