import { crc32 } from 'node:zlib'
import { unreachable } from '../../kit/assert.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { Change, ShardId } from './ledger.ts'
import { shardOf } from './ledger-rules.ts'
import { LiveRecords } from './live-records.ts'
import { commitNext } from './memory-commit.ts'
import { dropResults, type Head, type MemoryStore, type StoredResult, type StoredShard } from './memory-store.ts'

type FlatChange = readonly [gameId: GameId, record: string, flags: number, result: string | null]
type Pairs = readonly (readonly [GameId, string])[]

/**
 * A line of the file ledger: what became of a change, so that replaying it onto a state that already has it does no harm. Leases are not
 * written: whoever replays is the only process left.
 */
export type Entry =
  | readonly ['own', ShardId, epoch: number, nonce: string, owner: string, floor: number]
  | readonly ['commit', ShardId, seq: number, changes: readonly FlatChange[]]
  | readonly ['void', GameId]
  | readonly ['forget', ShardId, readonly GameId[]]
  | readonly ['delivered', ShardId, ids: readonly string[]]
  | readonly ['remove', ShardId, deadAtMs: number]
  | readonly ['bind', key: string, GameId, untilMs: number]
  // A snapshot's lines:
  | readonly ['head', ShardId, Head]
  | readonly ['rooms', ShardId, Pairs]
  | readonly ['done', ShardId, Pairs]
  | readonly ['results', ShardId, readonly StoredResult[]]
  | readonly ['counter', lastResultId: number]

const CREATE = 1
const DONE = 2
/** Items of one line of a snapshot. */
const CHUNK = 500

export const commitEntry = (shard: ShardId, seq: number, changes: readonly Change[]): Entry => [
  'commit',
  shard,
  seq,
  changes.map(({ gameId, record, create, done, result }) => [
    gameId,
    record,
    (create ? CREATE : 0) | (done ? DONE : 0),
    result,
  ]),
]

/** A line with its checksum in front. */
export function encodeEntry(entry: Entry): string {
  const json = JSON.stringify(entry)
  return `${crc32(json).toString(16)} ${json}`
}

/** Null: the line was torn by a crash. */
export function decodeEntry(line: string): Entry | null {
  const space = line.indexOf(' ')
  const json = line.slice(space + 1)
  return space > 0 && crc32(json).toString(16) === line.slice(0, space) ? (JSON.parse(json) as Entry) : null
}

/** `nowMs`: games whose end has no time of its own ended now, as far as anybody knows. */
export function applyEntry(store: MemoryStore, entry: Entry, nowMs: number): void {
  switch (entry[0]) {
    case 'own': {
      const [, id, epoch, nonce, owner, floor] = entry
      Object.assign(shardIn(store, id).head, { epoch, nonce, owner, floor })
      return
    }
    case 'commit': {
      const [, id, seq, changes] = entry
      commitNext(store, shardIn(store, id), seq, changes.map(wholeChange), nowMs)
      return
    }
    case 'void': {
      const { rooms, done } = shardIn(store, shardOf(entry[1]))
      if (!rooms.has(entry[1]) && !done.has(entry[1])) done.set(entry[1], '')
      return
    }
    case 'forget':
      for (const gameId of entry[2]) shardIn(store, entry[1]).done.delete(gameId)
      return
    case 'delivered':
      dropResults(shardIn(store, entry[1]), entry[2])
      return
    case 'remove':
      shardIn(store, entry[1]).head.deadAtMs = entry[2]
      shardIn(store, entry[1]).done.clear()
      return
    case 'bind':
      store.binds.delete(entry[1])
      store.binds.set(entry[1], { gameId: entry[2], untilMs: entry[3] })
      return
    case 'head':
      Object.assign(shardIn(store, entry[1]).head, entry[2])
      return
    case 'rooms':
      for (const [gameId, record] of entry[2]) shardIn(store, entry[1]).rooms.set(gameId, record)
      return
    case 'done':
      for (const [gameId, record] of entry[2]) shardIn(store, entry[1]).done.set(gameId, record)
      return
    case 'results':
      shardIn(store, entry[1]).results.push(...entry[2])
      return
    case 'counter':
      store.lastResultId = entry[1]
      return
    default:
      unreachable(entry)
  }
}

/** The lines that build the store anew, at one moment. */
export function snapshotEntries(store: MemoryStore): Entry[] {
  const entries: Entry[] = [['counter', store.lastResultId]]
  for (const [key, { gameId, untilMs }] of store.binds) entries.push(['bind', key, gameId, untilMs])
  for (const [id, { head, rooms, done, results }] of store.shards) {
    entries.push(['head', id, { ...head }])
    for (const some of chunks([...rooms])) entries.push(['rooms', id, some])
    for (const some of chunks([...done])) entries.push(['done', id, some])
    for (const some of chunks(results)) entries.push(['results', id, some])
  }
  return entries
}

function shardIn(store: MemoryStore, id: ShardId): StoredShard {
  const known = store.shards.get(id)
  if (known) return known
  const nobody = { epoch: 0, nonce: '', owner: '', floor: 0, seq: 0, refused: [] }
  const head: Head = { ...nobody, leaseUntilMs: 0, runId: store.runId, graced: false, deadAtMs: null, endedMs: null }
  const shard: StoredShard = { head, rooms: new LiveRecords(), done: new Map(), results: [] }
  store.shards.set(id, shard)
  return shard
}

const wholeChange = ([gameId, record, flags, result]: FlatChange): Change => ({
  gameId,
  record,
  create: (flags & CREATE) !== 0,
  done: (flags & DONE) !== 0,
  result,
})

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK)
}
