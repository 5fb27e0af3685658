import { afterAll, expect, test } from 'vitest'
import { startRedis, startRedisCluster } from '../../scripts/test-redis.ts'
import { OUTBOX_DESTINATIONS, type OutboxBench, resultOutboxContract } from '../result-outbox.contract.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'
import { resultsKey, valkeyResultOutbox } from './result-outbox.ts'

let single: Valkey

async function bench(store: {
  readonly url: string
  stop(): Promise<void>
}): Promise<OutboxBench & { valkey: Valkey }> {
  const valkey = await connectValkey(store.url, { name: 'contract', commandTimeoutMs: 20_000 })
  return {
    valkey,
    outbox: (reader, shards, claimMs) =>
      valkeyResultOutbox(valkey, { shards: async () => shards, destinations: OUTBOX_DESTINATIONS, reader, claimMs }),
    async add(shard, gameId, result) {
      await valkey.xadd(resultsKey(shard), '*', 'game', gameId, 'result', result)
    },
    async waiting(shard) {
      return (await valkey.xrange(resultsKey(shard), '-', '+')).map(([, fields]) => fields[1]!)
    },
    async close() {
      closeValkey(valkey)
      await store.stop()
    },
  }
}

resultOutboxContract('valkey cluster', async () => bench(await startRedisCluster(3)))

const redis = startRedis()
resultOutboxContract('valkey', async () => {
  const opened = await bench(await redis)
  single = opened.valkey
  return { ...opened, close: async () => {} }
})
afterAll(async () => {
  closeValkey(single)
  await (await redis).stop()
})

test('valkey: [O1] a foreign entry is read like any other, without a game', async () => {
  await single.xadd(resultsKey(9), '*', 'colour', 'red')
  await single.xadd(resultsKey(9), '*', 'result', 'r', 'game', 'g1')
  const outbox = valkeyResultOutbox(single, { shards: async () => [9], destinations: ['games'], reader: 'a' })
  expect(await outbox.read('games', 9)).toMatchObject([
    { gameId: '', result: '' },
    { gameId: 'g1', result: 'r' },
  ])
})

test('valkey: [P7] a result that too few replicas have is not read', async () => {
  const options = { shards: async () => [11], destinations: ['games'], reader: 'a' }
  await single.xadd(resultsKey(11), '*', 'game', 'g1', 'result', 'r')
  const outbox = valkeyResultOutbox(single, { ...options, replicas: 1, waitMs: 20 })
  await expect(outbox.read('games', 9)).rejects.toThrow(/0 of 1 replicas/)
  expect(await valkeyResultOutbox(single, { ...options, claimMs: 0 }).read('games', 9)).toHaveLength(1)
})

test('valkey: [O5] readers that are long gone are forgotten, those that hold something are not', async () => {
  const key = resultsKey(10)
  const open = (reader: string, readerGoneMs?: number) =>
    valkeyResultOutbox(single, {
      ...{ shards: async () => [10], destinations: ['games'], reader },
      ...(readerGoneMs !== undefined && { readerGoneMs }),
    })
  await single.xadd(key, '*', 'game', 'g1', 'result', 'r')
  await open('holder').read('games', 9)
  await single.xadd(key, '*', 'game', 'g2', 'result', 'r')
  await open('idler').ack('games', await open('idler').read('games', 9))
  const readers = async () => ((await single.xinfo('CONSUMERS', key, 'games')) as string[][]).map(([, name]) => name)
  await open('b').backlog()
  expect(await readers()).toEqual(['holder', 'idler'])
  await open('b', -1).backlog()
  expect(await readers()).toEqual(['holder'])
})
