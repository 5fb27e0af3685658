import type { GameId } from '../../protocol/ids.ts'
import type { Fence, ShardId } from './ledger.ts'
import { TOMBSTONE_MS } from './ledger-rules.ts'
import type { LiveRecords } from './live-records.ts'

/** Why `graced`: the store failed over and the living owner has not come back yet. `deadAtMs`: a tombstone since then. */
export interface Head {
  epoch: number
  nonce: string
  owner: string
  leaseUntilMs: number
  seq: number
  runId: string
  floor: number
  graced: boolean
  refused: readonly GameId[]
  deadAtMs: number | null
  /** When a game of the shard ended last; null: none has. */
  endedMs: number | null
}

export interface StoredResult {
  readonly id: string
  readonly gameId: GameId
  readonly result: string
}

/** A record of the empty string in `done` is a void: the game will never exist. */
export interface StoredShard {
  readonly head: Head
  readonly rooms: LiveRecords
  readonly done: Map<GameId, string>
  readonly results: StoredResult[]
}

/**
 * What the memory ledgers of several nodes share: the one "process" of the store. A new `runId` stands for a restart or a failover.
 * `binds` is in the order of its ends, so that old ones leave from the front.
 */
export interface MemoryStore {
  runId: string
  /** Commits that wrote something, repeats too: those for which a durability wait has something to wait for. */
  writes: number
  lastResultId: number
  readonly shards: Map<ShardId, StoredShard>
  readonly binds: Map<string, { readonly gameId: GameId; readonly untilMs: number }>
}

export type StoreSnapshot = Readonly<MemoryStore>

export const memoryStore = (runId = 'run-1'): MemoryStore => ({
  runId,
  writes: 0,
  lastResultId: 0,
  shards: new Map(),
  binds: new Map(),
})

/** A copy that later changes do not touch: what a lagging replica or a disk holds. */
export const snapshotStore = (store: MemoryStore): StoreSnapshot => ({
  runId: store.runId,
  writes: store.writes,
  lastResultId: store.lastResultId,
  shards: new Map(Array.from(store.shards, ([id, shard]) => [id, copyShard(shard)])),
  binds: new Map(store.binds),
})

/** The store becomes what `snapshot` holds, under a new run id: a failover to a replica that lagged, or a restart from disk. */
export function restoreStore(store: MemoryStore, snapshot: StoreSnapshot, runId: string): void {
  store.runId = runId
  store.lastResultId = snapshot.lastResultId
  store.shards.clear()
  store.binds.clear()
  for (const [id, shard] of snapshot.shards) store.shards.set(id, copyShard(shard))
  for (const [key, bind] of snapshot.binds) store.binds.set(key, bind)
}

/** The store restarts with nothing. */
export const wipeStore = (store: MemoryStore, runId: string): void => restoreStore(store, memoryStore(), runId)

/** The shard, unless it never existed or its tombstone has expired. */
export function findShard(store: MemoryStore, id: ShardId, nowMs: number): StoredShard | null {
  const shard = store.shards.get(id)
  if (shard === undefined) return null
  const { deadAtMs } = shard.head
  if (deadAtMs === null || nowMs - deadAtMs < TOMBSTONE_MS) return shard
  store.shards.delete(id)
  return null
}

/** Is `fence` the one of the shard's owner? */
export const holds = (head: Head, fence: Fence): boolean =>
  head.epoch === fence.epoch && head.nonce === fence.nonce && head.deadAtMs === null

export function dropResults(shard: StoredShard, ids: readonly string[]): void {
  const dropped = new Set(ids)
  const kept = shard.results.filter(({ id }) => !dropped.has(id))
  shard.results.splice(0, shard.results.length, ...kept)
}

const copyShard = (shard: StoredShard): StoredShard => ({
  head: { ...shard.head },
  rooms: shard.rooms.copy(),
  done: new Map(shard.done),
  results: [...shard.results],
})
