import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeValkey, connectValkey } from '../../ports/valkey/connect.ts'
import type { GameId } from '../../protocol/ids.ts'
import { startRedis, startRedisCluster, type TestCluster, type TestRedis } from '../../scripts/test-redis.ts'
import { ledgerContract } from './ledger.contract.ts'
import type { ShardId } from './ledger.ts'
import { LedgerUnknown } from './ledger.ts'
import { BIND_MS, TOMBSTONE_MS } from './ledger-rules.ts'
import { valkeyBench } from './test-valkey-bench.ts'
import { shardKeys, valkeyLedger } from './valkey-ledger.ts'

const claimant = { owner: 'a.1', nonce: 'a', leaseMs: 60_000 }
const fence = { epoch: 1, nonce: 'a' }
let lastShard = 0xff00_0000
const newShard = () => ++lastShard as ShardId
const gameOf = (shard: ShardId) => `${shard.toString(16).padStart(8, '0')}-0000-8000-8000-000000000001` as GameId

let redis: TestRedis
let cluster: TestCluster
beforeAll(async () => {
  ;[redis, cluster] = await Promise.all([startRedis(), startRedisCluster(3)])
}, 30_000)
afterAll(async () => {
  await Promise.all([redis?.stop(), cluster?.stop()])
})

ledgerContract('valkey', async () => {
  const valkey = await connectValkey(redis.url, { name: 'contract', commandTimeoutMs: 20_000 })
  return valkeyBench(valkey, async () => closeValkey(valkey))
})

ledgerContract('valkey cluster', async () => {
  const valkey = await connectValkey(cluster.url, { name: 'contract', commandTimeoutMs: 20_000 })
  return valkeyBench(valkey, async () => closeValkey(valkey))
})

async function connected<T>(url: string, run: (valkey: Awaited<ReturnType<typeof connectValkey>>) => Promise<T>) {
  const valkey = await connectValkey(url, { name: 'test' })
  try {
    return await run(valkey)
  } finally {
    closeValkey(valkey)
  }
}

test('valkey: [P1] scripts that the store forgot are sent again, and known from then on', () =>
  connected(redis.url, async (valkey) => {
    const ledger = valkeyLedger(valkey)
    const shard = newShard()
    await ledger.open(shard, claimant)
    await valkey.script('FLUSH', 'SYNC')
    const batch = [{ gameId: gameOf(shard), record: 'x', create: true, done: false, result: null }]
    expect(await ledger.commit(shard, fence, 1, batch)).toEqual({ type: 'committed', refused: [] })
    expect(await ledger.commit(shard, fence, 2, [])).toEqual({ type: 'committed', refused: [] })
    expect(await ledger.find(gameOf(shard))).toEqual({ type: 'live', record: 'x' })
  }))

test('valkey: [L10] [L11] bindings and tombstones end by themselves; live shards do not', () =>
  connected(redis.url, async (valkey) => {
    const ledger = valkeyLedger(valkey)
    const shard = newShard()
    await ledger.open(shard, claimant)
    expect(await valkey.pttl(shardKeys(shard).head)).toBe(-1)
    await ledger.remove(shard, fence)
    await ledger.bind(`key-${shard}`, gameOf(shard))
    const [tombstoneMs, bindMs] = [await valkey.pttl(shardKeys(shard).head), await valkey.pttl(`{b:key-${shard}}`)]
    expect(tombstoneMs).toBeGreaterThan(TOMBSTONE_MS - 60_000)
    expect(tombstoneMs).toBeLessThanOrEqual(TOMBSTONE_MS)
    expect(bindMs).toBeGreaterThan(BIND_MS - 60_000)
    expect(bindMs).toBeLessThanOrEqual(BIND_MS)
  }))

test('valkey: [P1] without the replicas asked for the outcome is unknown; the repeat is answered when one is there', async () => {
  const replica = await startRedis(['--replicaof', '127.0.0.1', String(redis.port)])
  try {
    await connected(redis.url, async (valkey) => {
      const [one, two] = [1, 2].map((commitReplicas) => valkeyLedger(valkey, { commitReplicas, waitMs: 50 })) as [
        ReturnType<typeof valkeyLedger>,
        ReturnType<typeof valkeyLedger>,
      ]
      const shard = newShard()
      await expect.poll(() => one.open(shard, claimant).catch(() => null), { timeout: 5_000 }).not.toBeNull()
      await expect(two.commit(shard, fence, 1, [])).rejects.toBeInstanceOf(LedgerUnknown)
      expect(await one.commit(shard, fence, 1, [])).toEqual({ type: 'committed', refused: [] })
      await valkey.script('FLUSH', 'SYNC')
      expect(await one.commit(shard, fence, 2, [])).toEqual({ type: 'committed', refused: [] })
    })
  } finally {
    await replica.stop()
  }
})

test('valkey cluster: [P1] replicas are waited for on the primary that wrote', () =>
  connected(cluster.url, async (valkey) => {
    const [plain, replicated] = [valkeyLedger(valkey), valkeyLedger(valkey, { commitReplicas: 1, waitMs: 1 })]
    for (const shard of Array.from({ length: 6 }, newShard)) {
      await expect(replicated.open(shard, claimant), 'no node of this cluster has a replica').rejects.toThrow('0 of 1')
      expect(await plain.commit(shard, fence, 1, []), 'the primary has it').toEqual({ type: 'committed', refused: [] })
    }
    expect(valkey).toBeInstanceOf(Cluster)
  }))

test('valkey: [P1] out of memory, a replica and a lost connection leave the outcome unknown; a foreign key does not', async () => {
  const own = await startRedis()
  try {
    await connected(own.url, async (valkey) => {
      const ledger = valkeyLedger(valkey)
      const shard = newShard()
      const big = [{ gameId: gameOf(shard), record: 'x', create: true, done: false, result: null }]
      await ledger.open(shard, claimant)
      await valkey.call('CONFIG', 'SET', 'maxmemory', '1')
      await expect(ledger.commit(shard, fence, 1, big)).rejects.toBeInstanceOf(LedgerUnknown)
      await valkey.call('CONFIG', 'SET', 'maxmemory', '0')
      expect(await ledger.commit(shard, fence, 1, big), 'repeated').toEqual({ type: 'committed', refused: [] })

      const foreign = newShard()
      await ledger.open(foreign, claimant)
      await valkey.set(shardKeys(foreign).rooms, 'not a hash')
      const broken = await ledger.commit(foreign, fence, 1, big).catch((error: unknown) => error)
      expect(broken).toMatchObject({ message: expect.stringContaining('WRONGTYPE') })
      expect(broken).not.toBeInstanceOf(LedgerUnknown)

      await own.kill()
      await expect(ledger.commit(shard, fence, 2, [])).rejects.toBeInstanceOf(LedgerUnknown)
      await own.start()
      await expect
        .poll(() => ledger.renew([{ shard, fence, seq: 1 }], 1).catch(() => null), { timeout: 5_000 })
        .toMatchObject([{ type: 'missing' }])
    })
    const other = new Redis(own.url)
    await other.replicaof('127.0.0.1', '1')
    await connected(own.url, async (valkey) => {
      await expect(valkeyLedger(valkey).open(newShard(), claimant)).rejects.toBeInstanceOf(LedgerUnknown)
    })
    other.disconnect()
  } finally {
    await own.stop()
  }
})

test('valkey: a store that evicts is refused at start, in one line', async () => {
  const own = await startRedis(['--maxmemory-policy', 'allkeys-lru'])
  try {
    await expect(connectValkey(own.url, { name: 'test' })).rejects.toThrow(/noeviction/)
  } finally {
    await own.stop()
  }
})

test('valkey: a user of the ACL who may run the ledger and no more, over a URL with its password', async () => {
  const own = await startRedis()
  try {
    const admin = new Redis(own.url)
    const rules = ['on', '>s3cr@t', '~{s:*', '~{b:*', '+@all', '-@dangerous', '+info', '-@admin']
    await admin.call('ACL', 'SETUSER', 'oxo', ...rules)
    admin.disconnect()
    await connected(own.url.replace('redis://', 'redis://oxo:s3cr%40t@'), async (valkey) => {
      const shard = newShard()
      expect(await valkeyLedger(valkey).open(shard, claimant)).toMatchObject({ type: 'opened' })
      expect(await valkeyLedger(valkey).take(shard, { type: 'expired' }, claimant)).toMatchObject({ type: 'taken' })
      await expect(valkey.set('elsewhere', 1)).rejects.toThrow(/NOPERM/)
    })
  } finally {
    await own.stop()
  }
})
