import { expect, test } from 'vitest'
import { startRedis } from '../../scripts/test-redis.ts'
import { closeValkey, connectValkey } from './connect.ts'
import { valkeyStoreLife } from './store-life.ts'
import { testStore } from './test-stores.ts'

const cluster = testStore('cluster')

test('valkey: [P1] a restart is another life; until then it is the same one', async () => {
  const redis = await startRedis()
  const valkey = await connectValkey(redis.url, { name: 'test' })
  try {
    const life = valkeyStoreLife(valkey)
    const first = await life.current()
    expect(first).toMatch(/^\w{40}$/)
    expect(await life.current()).toBe(first)
    await redis.kill()
    await expect(life.current()).rejects.toThrow()
    await redis.start()
    await expect.poll(() => life.current().catch(() => first), { timeout: 5_000 }).not.toBe(first)
  } finally {
    closeValkey(valkey)
    await redis.stop()
  }
})

test('valkey cluster: [P1] the life of all primaries', async () => {
  const life = await valkeyStoreLife(cluster.valkey()).current()
  expect(new Set(life.split(' ')).size).toBe(3)
})
