import { assert } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import {
  type Change,
  type Claimant,
  COMMIT_CHANGES_MAX,
  type CommitAnswer,
  type Fence,
  LedgerUnknown,
  type OpenAnswer,
  type RenewAnswer,
  type Renewal,
  type Settled,
  type ShardId,
  type ShardImage,
  type ShardLedger,
} from './ledger.ts'
import { BIND_MS, shardOf, storeIsBehind } from './ledger-rules.ts'
import { LiveRecords } from './live-records.ts'
import { commitNext } from './memory-commit.ts'
import {
  dropResults,
  findShard,
  type Head,
  holds,
  type MemoryStore,
  memoryStore,
  type StoredResult,
  type StoredShard,
} from './memory-store.ts'
import { takeShard } from './memory-take.ts'

export interface MemoryLedgerOptions {
  /** Run id of a store of its own. */
  readonly runId?: string
  /** A store that several nodes share; see memory-store.ts for its snapshots, failovers and restarts. */
  readonly store?: MemoryStore
}

export type MemoryLedger = ShardLedger & {
  readonly store: MemoryStore
  /** The shard's undelivered results, oldest first. */
  results(shard: ShardId): readonly StoredResult[]
  /** Drops results that every destination has. */
  deliver(shard: ShardId, ids: readonly string[]): Promise<void>
}

/** The ledger in this process: every call changes the store at once and answers in a microtask. The store's clock is `clock.now`. */
export function memoryLedger(clock: Clock, options: MemoryLedgerOptions = {}): MemoryLedger {
  const store = options.store ?? memoryStore(options.runId)
  const find = (shard: ShardId) => findShard(store, shard, clock.now())
  return {
    store,
    results: (shard) => find(shard)?.results ?? [],
    async deliver(shard, ids) {
      const held = find(shard)
      if (held) dropResults(held, ids)
    },
    open: async (shard, claimant) => openShard(store, shard, claimant, clock.now()),
    take: async (shard, proof, claimant) => takeShard(store, shard, proof, claimant, clock.now()),
    async renew(renewals, leaseMs) {
      const nowMs = clock.now()
      return renewals.map((renewal) => renewLease(store, renewal, leaseMs, nowMs))
    },
    async release(shard, fence) {
      const held = find(shard)
      if (held && holds(held.head, fence)) held.head.leaseUntilMs = 0
    },
    commit: async (shard, fence, seq, changes) => commitBatch(store, find(shard), fence, seq, changes, clock.now()),
    settle: async (gameId) => settleGame(store, find(shardOf(gameId)), gameId),
    find: async (gameId) => findGame(find(shardOf(gameId)), gameId),
    load: async (shard) => imageOf(find(shard), clock.now()),
    remove: async (shard, fence) => removeShard(find(shard), fence, clock.now()),
    bind: async (key, gameId) => bindKey(store, key, null, gameId, clock.now()),
    bound: async (key) => boundTo(store, key, clock.now()),
    async forget(shard, fence, gameIds) {
      const held = find(shard)
      if (held && holds(held.head, fence)) for (const gameId of gameIds) held.done.delete(gameId)
    },
    rebind: async (key, voided, gameId) => bindKey(store, key, voided, gameId, clock.now()),
  }
}

function openShard(store: MemoryStore, id: ShardId, claimant: Claimant, nowMs: number): OpenAnswer {
  const { owner, nonce, leaseMs } = claimant
  const existing = findShard(store, id, nowMs)
  if (existing) {
    if (!holds(existing.head, { epoch: 1, nonce })) return { type: 'exists' }
    existing.head.leaseUntilMs = nowMs + leaseMs // the same claim again: its answer was lost
    existing.head.runId = store.runId
    return { type: 'opened', epoch: 1, runId: store.runId }
  }
  const head: Head = {
    epoch: 1,
    nonce,
    owner,
    leaseUntilMs: nowMs + leaseMs,
    seq: 0,
    runId: store.runId,
    floor: 1,
    graced: false,
    refused: [],
    deadAtMs: null,
    endedMs: null,
  }
  store.shards.set(id, { head, rooms: new LiveRecords(), done: new Map(), results: [] })
  return { type: 'opened', epoch: 1, runId: store.runId }
}

function renewLease(store: MemoryStore, renewal: Renewal, leaseMs: number, nowMs: number): RenewAnswer {
  const { runId } = store
  const head = findShard(store, renewal.shard, nowMs)?.head
  if (!head) return { type: 'missing', runId }
  if (head.deadAtMs !== null) return { type: 'fenced' }
  if (storeIsBehind(head, renewal.fence, renewal.seq)) return { type: 'behind', seq: head.seq, runId }
  if (!holds(head, renewal.fence)) return { type: 'fenced' }
  head.leaseUntilMs = nowMs + leaseMs
  head.runId = runId
  head.graced = false
  return { type: 'renewed', runId }
}

function commitBatch(
  store: MemoryStore,
  shard: StoredShard | null,
  fence: Fence,
  seq: number,
  changes: readonly Change[],
  nowMs: number,
): CommitAnswer {
  assert(changes.length <= COMMIT_CHANGES_MAX, `a commit of ${changes.length} changes`)
  if (!shard || !holds(shard.head, fence)) return { type: 'fenced' }
  return commitNext(store, shard, seq, changes, nowMs)
}

function findGame(shard: StoredShard | null, gameId: GameId): Settled | null {
  const live = shard?.rooms.get(gameId)
  if (live !== undefined) return { type: 'live', record: live }
  const record = shard?.done.get(gameId)
  if (record === undefined) return null
  return record === '' ? { type: 'void' } : { type: 'done', record }
}

/** While a failover leaves open what the owner had committed, nothing can be declared void. */
function settleGame(store: MemoryStore, shard: StoredShard | null, gameId: GameId): Settled {
  const found = findGame(shard, gameId)
  if (found) return found
  if (shard && shard.head.deadAtMs === null) {
    if (shard.head.graced || shard.head.runId !== store.runId) throw new LedgerUnknown('failover: owner not heard yet')
    shard.done.set(gameId, '')
  }
  return { type: 'void' }
}

function imageOf(shard: StoredShard | null, nowMs: number): ShardImage {
  if (!shard) return { seq: 0, rooms: new Map(), done: new Map(), doneAgeMs: null }
  const done = new Map([...shard.done].filter(([, record]) => record !== ''))
  const { seq, endedMs } = shard.head
  return { seq, rooms: new Map(shard.rooms), done, doneAgeMs: endedMs === null ? null : Math.max(0, nowMs - endedMs) }
}

function removeShard(shard: StoredShard | null, fence: Fence, nowMs: number): boolean {
  if (!shard || shard.head.epoch !== fence.epoch || shard.head.nonce !== fence.nonce) return false
  if (shard.head.deadAtMs !== null) return true
  if (shard.rooms.size > 0 || shard.results.length > 0) return false
  shard.head.deadAtMs = nowMs
  shard.done.clear()
  return true
}

function bindKey(store: MemoryStore, key: string, voided: GameId | null, gameId: GameId, nowMs: number): GameId {
  for (const [old, { untilMs }] of store.binds) {
    if (untilMs > nowMs) break
    store.binds.delete(old)
  }
  const bound = store.binds.get(key)
  if (bound && bound.untilMs > nowMs && bound.gameId !== voided) return bound.gameId
  store.binds.delete(key)
  store.binds.set(key, { gameId, untilMs: nowMs + BIND_MS })
  return gameId
}

function boundTo(store: MemoryStore, key: string, nowMs: number): GameId | null {
  const bound = store.binds.get(key)
  return bound && bound.untilMs > nowMs ? bound.gameId : null
}
