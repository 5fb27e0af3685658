import type { VirtualClock } from '../kit/virtual-clock.ts'
import { DESTINATIONS } from '../persistence/destination.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { GameStore } from '../ports/game-store.ts'
import { memoryDeadLetters } from '../ports/memory/dead-letters.ts'
import { memoryEventSink } from '../ports/memory/event-sink.ts'
import { memoryGameStore } from '../ports/memory/game-store.ts'
import { type OutboxGroups, outboxGroups, type ResultSource } from '../ports/memory/result-outbox.ts'
import { memoryStatsStore } from '../ports/memory/stats-store.ts'
import { memoryTroubles } from '../ports/memory/troubles.ts'
import type { Signer } from '../ports/signer.ts'
import type { ShardId } from '../server/shard/ledger.ts'
import type { SimStore } from './store.ts'

/** Nothing here verifies a signature: a real one would cost more than all writing. */
const SIGNER: Signer = {
  sign: async () => ({ keyId: 'sim', signature: '' }),
  publicKeys: async () => [],
}

/** Where finished games go in the end, and what waits for it: shared by all writers. */
export function createDatabases(clock: VirtualClock, store: SimStore) {
  const { ledger, memory } = store
  /** Results that left the outbox: by game, each different one. */
  const delivered = new Map<string, Set<string>>()
  const results: ResultSource = {
    runId: () => memory.runId,
    shards: () => memory.shards.keys(),
    results: (shard) => ledger.results(shard as ShardId),
    async deliver(shard, ids) {
      const leaving = new Set(ids)
      for (const { id, gameId, result } of ledger.results(shard as ShardId)) {
        if (leaving.has(id)) delivered.set(gameId, (delivered.get(gameId) ?? new Set()).add(result))
      }
      await ledger.deliver(shard as ShardId, ids)
    },
  }
  const groups: OutboxGroups = outboxGroups(DESTINATIONS)
  const games: GameStore = memoryGameStore()
  const deadLetters: DeadLetters = memoryDeadLetters(clock)
  return {
    results,
    groups,
    games,
    stats: memoryStatsStore(),
    sink: memoryEventSink(),
    signer: SIGNER,
    deadLetters,
    troubles: memoryTroubles(clock),
    health: { down: false, outOfMemory: false },
    /** All forms of a game's result that there ever were, waiting ones included. */
    resultsOf(gameId: string, shard: number): readonly string[] {
      const waiting = ledger.results(shard as ShardId).filter((entry) => entry.gameId === gameId)
      return [...(delivered.get(gameId) ?? []), ...waiting.map(({ result }) => result)]
    },
  }
}
export type Databases = ReturnType<typeof createDatabases>
