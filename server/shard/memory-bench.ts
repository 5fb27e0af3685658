import type { LedgerBench } from './ledger.contract.ts'
import type { MemoryLedger } from './memory-ledger.ts'

/** The hooks of the contract over a ledger whose shards are in this process. */
export function memoryBench(ledger: MemoryLedger, close: () => Promise<void> = async () => {}): LedgerBench {
  const { shards } = ledger.store
  return {
    ledger,
    close,
    results: async (shard) => ledger.results(shard).map(({ gameId, result }) => ({ gameId, result })),
    async snapshot(shard) {
      const { head, rooms, done, results } = shards.get(shard)!
      const copy = {
        head: { ...head, runId: 'a-run-before' },
        rooms: new Map(rooms),
        done: new Map(done),
        results: [...results],
      }
      return async () => {
        shards.set(shard, copy)
      }
    },
    async lose(shard) {
      shards.delete(shard)
    },
  }
}
