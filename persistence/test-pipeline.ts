import { openRoom } from '../game/room.ts'
import { silentLog } from '../kit/log.ts'
import { seededRandom } from '../kit/random.ts'
import { type VirtualClock, virtualClock } from '../kit/virtual-clock.ts'
import type { FinishedGame } from '../ports/finished-game.ts'
import { memoryDeadLetters } from '../ports/memory/dead-letters.ts'
import { memoryResultOutbox, outboxGroups, type WaitingResult } from '../ports/memory/result-outbox.ts'
import { recordHead, resultOf } from '../ports/room-record.ts'
import { finishedGameOf, type GameWish } from '../ports/test-finished-games.ts'
import { newCounts } from './counts.ts'
import { DESTINATIONS, type Destination, type DestinationName } from './destination.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

/** A result as a server sends it. */
export const resultText = ({ room, match }: FinishedGame): string => resultOf({ head: recordHead(room, match), room })

/** Shards in memory, whose results pipelines read. */
export function testOutbox(clock: VirtualClock) {
  const shards = new Map<number, WaitingResult[]>()
  let lastId = 0
  const source = {
    runId: () => 'run-1',
    shards: () => shards.keys(),
    results: (shard: number) => shards.get(shard) ?? [],
    async deliver(shard: number, ids: readonly string[]) {
      const kept = (shards.get(shard) ?? []).filter(({ id }) => !ids.includes(id))
      shards.set(shard, kept)
    },
  }
  return {
    source,
    groups: outboxGroups(DESTINATIONS),
    add(shard: number, gameId: string, result: string): void {
      shards.set(shard, [...source.results(shard), { id: `${++lastId}`, gameId, result }])
    },
    waiting: (): string[] => [...shards.values()].flat().map(({ gameId }) => gameId),
    outbox() {
      return memoryResultOutbox(source, clock, this.groups)
    },
  }
}

export interface Attempt {
  readonly atMs: number
  readonly gameIds: readonly string[]
}

/** One pipeline on a virtual clock. `write` decides what becomes of each attempt. */
export function testPipeline(
  write: (games: readonly FinishedGame[]) => Promise<void>,
  { name = 'games' as DestinationName, batch = 100, lanes = 1, lettersMax = 100 } = {},
) {
  const clock = virtualClock()
  const source = testOutbox(clock)
  const deadLetters = memoryDeadLetters(clock, lettersMax)
  const attempts: Attempt[] = []
  const counts = newCounts()
  const destination: Destination = {
    name,
    batch,
    lanes,
    write: (games, makeCall) =>
      makeCall(() => {
        attempts.push({ atMs: clock.monotonic(), gameIds: games.map(({ gameId }) => gameId) })
        return write(games)
      }),
  }
  const boot = (): Pipeline => {
    const random = seededRandom(1)
    const outbox = source.outbox()
    return createPipeline({ clock, random, log: silentLog, outbox, deadLetters, destination, counts })
  }
  return {
    clock,
    deadLetters,
    attempts,
    counts: counts.of[name],
    waiting: source.waiting,
    add: source.add,
    boot,
    /** So many games of one shard wait. */
    async fill(count: number, wish: GameWish = {}): Promise<FinishedGame[]> {
      const createdAtMs = clock.now() - 60_000
      const games = Array.from({ length: count }, () => finishedGameOf({ createdAtMs, ...wish }))
      for (const game of games) source.add(7, game.gameId, resultText(game))
      return games
    },
    /** What `name` has not acknowledged. */
    async lacking(): Promise<number> {
      const backlog = await source.outbox().backlog()
      return backlog.find(({ destination: of }) => of === name)!.count
    },
  }
}

/** A room that has just begun. */
export function activeResult(createdAtMs: number): string {
  const [x, o] = finishedGameOf({ createdAtMs }).room.players
  const room = openRoom({ mode: 'casual', players: [x, o], turnMs: 30_000 }, createdAtMs)
  return resultOf({ head: recordHead(room, null), room })
}
