import type { Clock } from '../../kit/clock.ts'
import { decodeRecord, recordHead, type StoredRoom } from '../../ports/room-record.ts'
import { type GameId, shardOf } from '../../protocol/ids.ts'
import type { Gate } from '../shard/gate.ts'
import type { ShardId, ShardLedger } from '../shard/ledger.ts'
import type { HostedRoom, Subscriber } from './hosted.ts'

const NOWHERE: readonly string[] = []

/** A room in memory. `stored`: what the store holds of it now; `subscribers` hear of it from now on. */
export function hostRoom(
  clock: Clock,
  gate: Gate,
  gameId: GameId,
  { room, match }: StoredRoom,
  stored: HostedRoom['stored'],
  subscribers: Subscriber[],
): HostedRoom {
  return {
    gameId,
    gate,
    head: recordHead(room, match),
    match,
    room,
    result: null,
    dirtySeq: 0,
    createdSeq: 0,
    stored,
    subscribers,
    presence: [NOWHERE, NOWHERE],
    dueMs: clock.monotonic() + room.turnMs,
    slot: 0,
  }
}

/** Makes a room of a record that the store holds already; null: it cannot be read. */
export function hostRecord(
  clock: Clock,
  gate: Gate,
  gameId: GameId,
  record: string,
  subscribers: Subscriber[],
): HostedRoom | null {
  const decoded = decodeRecord(record)
  if (!decoded.ok) return null
  const stored = decoded.value.room.status === 'active' ? 'live' : 'done'
  return hostRoom(clock, gate, gameId, decoded.value, stored, subscribers)
}

/** Loads finished games back from the ledger, each at most once at a time. */
export function createRevival(
  clock: Clock,
  ledger: ShardLedger,
  gateOf: (shard: ShardId) => Gate | undefined,
  audience: (gameId: GameId) => Subscriber[],
) {
  const loading = new Map<GameId, Promise<HostedRoom | null>>()

  async function load(gameId: GameId): Promise<HostedRoom | null> {
    const shard = shardOf(gameId)
    const gate = shard === null ? undefined : gateOf(shard as ShardId)
    if (gate === undefined) return null
    const found = await ledger.find(gameId)
    // Its shard was taken at this moment.
    if (found?.type === 'live') throw new Error('not loaded yet')
    return found?.type === 'done' ? hostRecord(clock, gate, gameId, found.record, audience(gameId)) : null
  }

  return (gameId: GameId): Promise<HostedRoom | null> => {
    const running = loading.get(gameId)
    if (running) return running
    const started = load(gameId).finally(() => loading.delete(gameId))
    loading.set(gameId, started)
    return started
  }
}
