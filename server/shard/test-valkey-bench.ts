import type { Valkey } from '../../ports/valkey/connect.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { LedgerBench } from './ledger.contract.ts'
import type { ShardId } from './ledger.ts'
import { shardKeys, valkeyLedger } from './valkey-ledger.ts'

/** The hooks of the contract over a real store: a shard's keys are dumped, restored and deleted. */
export function valkeyBench(valkey: Valkey, close: () => Promise<void>): LedgerBench {
  const keysOf = (shard: ShardId) => Object.values(shardKeys(shard))
  const lose = async (shard: ShardId) => {
    await valkey.del(keysOf(shard))
  }
  return {
    ledger: valkeyLedger(valkey),
    close,
    lose,
    async results(shard) {
      const entries = await valkey.xrange(shardKeys(shard).results, '-', '+')
      return entries.map(([, fields]) => ({ gameId: fields[1] as GameId, result: fields[3]! }))
    },
    async snapshot(shard) {
      const dumps: [string, Buffer][] = []
      for (const key of keysOf(shard)) {
        const dump = await valkey.dumpBuffer(key)
        if (dump) dumps.push([key, dump])
      }
      return async () => {
        await lose(shard)
        for (const [key, dump] of dumps) await valkey.restore(key, 0, dump)
        if (dumps.length > 0) await valkey.hset(shardKeys(shard).head, 'run', 'a-run-before')
      }
    },
  }
}
