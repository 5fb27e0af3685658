import type { Redis } from 'ioredis'
import { decide, evolve, openRoom, type Player, type Room } from '../game/room.ts'
import { seatOfPly } from '../game/rules.ts'
import { below, pick, type Random } from '../kit/random.ts'
import { recordHead, resultOf } from '../ports/room-record.ts'
import { resultsKey } from '../ports/valkey/result-outbox.ts'
import { gameIdOf, type UserId } from '../protocol/ids.ts'

/** Records that differ; ids of games and shards are fresh each time. */
const RECORDS = 20_000
const PLAYERS = 20_000
/** Entries of one pipeline. */
const CHUNK = 2_000
const GAME_AGE_MS = 60_000

/** Puts `count` results of ranked games, played at random, into the outboxes of `shards`, as a commit would. */
export async function fillOutbox(
  redis: Redis,
  shards: readonly number[],
  count: number,
  random: Random,
  nowMs: number,
): Promise<void> {
  const records = Array.from({ length: Math.min(count, RECORDS) }, () => playedResult(random, nowMs - GAME_AGE_MS))
  for (let from = 0; from < count; from += CHUNK) {
    const pipeline = redis.pipeline()
    for (let n = from; n < Math.min(count, from + CHUNK); n++) {
      const shard = shards[n % shards.length]!
      pipeline.xadd(resultsKey(shard), '*', 'game', gameIdOf(shard, random), 'result', records[n % records.length]!)
    }
    await pipeline.exec()
  }
}

/** How many results wait there. */
export async function waitingIn(redis: Redis, shards: readonly number[]): Promise<number> {
  const lengths = await Promise.all(shards.map((shard) => redis.xlen(resultsKey(shard))))
  return lengths.reduce((sum, length) => sum + length, 0)
}

function playedResult(random: Random, beganMs: number): string {
  const x = below(random, PLAYERS)
  const o = (x + 1 + below(random, PLAYERS - 1)) % PLAYERS
  let room: Room = openRoom({ mode: 'ranked', players: [player(x), player(o)], turnMs: 30_000 }, beganMs)
  while (room.status === 'active') {
    const ply = room.moves.length
    const free = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !room.moves.includes(cell))
    const move = { type: 'move', seat: seatOfPly(ply), ply, cell: pick(random, free) } as const
    const decided = decide(room, move, beganMs + 2_000 * (ply + 1))
    if (!decided.ok) throw new Error(decided.error)
    room = decided.value.reduce(evolve, room)
  }
  return resultOf({ head: recordHead(room, null), room })
}

/** Names as long as real ones. */
const player = (n: number): Player => ({
  id: `bench-player-${String(n).padStart(9, '0')}` as UserId,
  name: `Quiet Otter ${n}`,
  rating: 1500,
})
