import type { GameId } from '../../protocol/ids.ts'
import type { Change, CommitAnswer } from './ledger.ts'
import type { MemoryStore, StoredShard } from './memory-store.ts'

const NOBODY: readonly GameId[] = []

/** What follows the fence of a commit: the next batch is applied, the last one answered again. */
export function commitNext(
  store: MemoryStore,
  shard: StoredShard,
  seq: number,
  changes: readonly Change[],
  nowMs: number,
): CommitAnswer {
  const { head } = shard
  if (seq === head.seq) {
    // A repeat still writes, so that a durability wait covers the first one.
    store.writes += 1
    return { type: 'committed', refused: head.refused }
  }
  if (seq !== head.seq + 1) return { type: 'gap', seq: head.seq }
  store.writes += 1
  head.refused = applyChanges(store, shard, changes, nowMs)
  head.seq = seq
  return { type: 'committed', refused: head.refused }
}

/** Applies a batch; the ids of creations that came too late. Hot: one pass, no copies. */
function applyChanges(
  store: MemoryStore,
  shard: StoredShard,
  changes: readonly Change[],
  nowMs: number,
): readonly GameId[] {
  let refused: GameId[] | null = null
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i]!
    if (change.create && (shard.rooms.has(change.gameId) || shard.done.has(change.gameId))) {
      refused ??= []
      refused.push(change.gameId)
    } else if (change.done) {
      shard.head.endedMs = nowMs
      finish(store, shard, change)
    } else write(shard, change)
  }
  return refused ?? NOBODY
}

/** A finished game stays finished. A void gives way: this room was committed before, the store forgot it in a failover. */
function write({ rooms, done }: StoredShard, change: Change): void {
  const { gameId } = change
  if (!rooms.has(gameId)) {
    const finished = done.get(gameId)
    if (finished !== undefined) {
      if (finished !== '') return
      done.delete(gameId)
    }
  }
  rooms.set(gameId, change)
}

function finish(store: MemoryStore, shard: StoredShard, { gameId, record, result }: Change): void {
  const known = shard.done.get(gameId)
  shard.rooms.delete(gameId)
  shard.done.set(gameId, record)
  const first = known === undefined || known === ''
  if (first && result !== null) shard.results.push({ id: `${++store.lastResultId}`, gameId, result })
}
