import { startRedis } from '../../scripts/test-redis.ts'
import { OUTBOX_DESTINATIONS, resultOutboxContract } from '../result-outbox.contract.ts'
import { closeValkey, connectValkey } from './connect.ts'
import { resultsKey, valkeyResultOutbox } from './result-outbox.ts'

resultOutboxContract('valkey', async () => {
  const redis = await startRedis()
  const valkey = await connectValkey(redis.url, { name: 'contract', commandTimeoutMs: 20_000 })
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
