import type { GameId } from '../../protocol/ids.ts'
import type { Change } from './ledger.ts'
import type { MemoryStore, StoredShard } from './memory-store.ts'

const NOBODY: readonly GameId[] = []

/** Applies a fenced batch; the ids of creations that came too late. Hot: one pass, no copies. */
export function applyChanges(store: MemoryStore, shard: StoredShard, changes: readonly Change[]): readonly GameId[] {
  let refused: GameId[] | null = null
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i]!
    if (change.create && (shard.rooms.has(change.gameId) || shard.done.has(change.gameId))) {
      refused ??= []
      refused.push(change.gameId)
    } else if (change.done) finish(store, shard, change)
    else write(shard, change)
  }
  return refused ?? NOBODY
}

/** A finished game stays finished. A void gives way: this room was committed before, the store forgot it in a failover. */
function write({ rooms, done }: StoredShard, { gameId, record }: Change): void {
  if (!rooms.has(gameId)) {
    const finished = done.get(gameId)
    if (finished !== undefined) {
      if (finished !== '') return
      done.delete(gameId)
    }
  }
  rooms.set(gameId, record)
}

function finish(store: MemoryStore, shard: StoredShard, { gameId, record, result }: Change): void {
  const known = shard.done.get(gameId)
  shard.rooms.delete(gameId)
  shard.done.set(gameId, record)
  const first = known === undefined || known === ''
  if (first && result !== null) shard.results.push({ id: `${++store.lastResultId}`, gameId, result })
}
