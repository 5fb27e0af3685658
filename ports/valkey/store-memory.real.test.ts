import { expect, test } from 'vitest'
import { shareOf, valkeyStoreMemory } from './store-memory.ts'
import { testStore } from './test-stores.ts'

const store = testStore('single')

test('a store without a limit may take what its machine has; with one, its share grows with what it holds', async () => {
  const memory = valkeyStoreMemory(store.valkey())
  const unlimited = await memory.share()
  expect(unlimited).toBeGreaterThan(0)
  expect(unlimited).toBeLessThan(0.5)
  const valkey = store.valkey()
  if ('nodes' in valkey) throw new Error('a single store')
  await valkey.config('SET', 'maxmemory', 16 * 1024 * 1024)
  const empty = await memory.share()
  await valkey.set('filler', 'x'.repeat(6 * 1024 * 1024))
  expect((await memory.share()) - empty).toBeGreaterThan(0.3)
})

test.each([
  ['used_memory:80\r\nmaxmemory:100\r\ntotal_system_memory:1000', 0.8],
  ['used_memory:80\r\nmaxmemory:0\r\ntotal_system_memory:1000', 0.08],
  ['used_memory:80\r\nused_memory_rss:900', 0],
])('the share as the store says it: %j', (info, share) => {
  expect(shareOf(info)).toBe(share)
})
