import type { LedgerBench } from './ledger.contract.ts'
import type { MemoryLedger } from './memory-ledger.ts'
import type { Head } from './memory-store.ts'

/** The hooks of the contract over a ledger whose shards are in this process. */
export function memoryBench(ledger: MemoryLedger, close: () => Promise<void> = async () => {}): LedgerBench {
  const { shards } = ledger.store
  return {
    ledger,
    close,
    results: async (shard) => ledger.results(shard).map(({ gameId, result }) => ({ gameId, result })),
    async snapshot(shard) {
      const now = shards.get(shard)
      if (!now) return async () => void shards.delete(shard)
      const head: Head = { ...now.head, runId: 'a-run-before' }
      const then = { head, rooms: now.rooms.copy(), done: new Map(now.done), results: [...now.results] }
      return async () => void shards.set(shard, then)
    },
    async lose(shard) {
      shards.delete(shard)
    },
  }
}
