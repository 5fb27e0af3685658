import { expect, test } from 'vitest'
import { idempotencyStoreContract } from '../idempotency-store.contract.ts'
import { RUNNING_MS } from '../idempotency-store.ts'
import { valkeyIdempotencyStore } from './idempotency-store.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')
idempotencyStoreContract('valkey', async () => valkeyIdempotencyStore(() => single.valkey()))

test('valkey: [bounded] runs and answers end by themselves', async () => {
  const store = valkeyIdempotencyStore(() => single.valkey())
  await store.begin('k', 'a')
  const runningMs = await single.valkey().pttl('idem:{k}')
  expect(runningMs).toBeGreaterThan(0)
  expect(runningMs).toBeLessThanOrEqual(RUNNING_MS)
  await store.finish('k', 'a', 'answer', 5_000)
  const keptMs = await single.valkey().pttl('idem:{k}')
  expect(keptMs).toBeGreaterThan(0)
  expect(keptMs).toBeLessThanOrEqual(5_000)
})
