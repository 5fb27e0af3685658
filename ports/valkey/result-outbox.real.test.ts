import { expect, test } from 'vitest'
import { startRedis } from '../../scripts/test-redis.ts'
import { OUTBOX_DESTINATIONS, resultOutboxContract } from '../result-outbox.contract.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'
import { resultsKey, valkeyResultOutbox } from './result-outbox.ts'

let valkey: Valkey

resultOutboxContract('valkey', async () => {
  const redis = await startRedis()
  valkey = await connectValkey(redis.url, { name: 'contract', commandTimeoutMs: 20_000 })
  return {
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
      await redis.stop()
    },
  }
})

test('valkey: [O1] a foreign entry is read like any other, without a game', async () => {
  await valkey.xadd(resultsKey(9), '*', 'colour', 'red')
  await valkey.xadd(resultsKey(9), '*', 'result', 'r', 'game', 'g1')
  const outbox = valkeyResultOutbox(valkey, { shards: async () => [9], destinations: ['games'], reader: 'a' })
  expect(await outbox.read('games', 9)).toMatchObject([
    { gameId: '', result: '' },
    { gameId: 'g1', result: 'r' },
  ])
})
