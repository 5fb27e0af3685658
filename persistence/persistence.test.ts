import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { silentLog } from '../kit/log.ts'
import { seededRandom } from '../kit/random.ts'
import { virtualClock } from '../kit/virtual-clock.ts'
import { memoryDeadLetters } from '../ports/memory/dead-letters.ts'
import { memoryEventSink } from '../ports/memory/event-sink.ts'
import { memoryGameStore } from '../ports/memory/game-store.ts'
import { memorySigner } from '../ports/memory/signer.ts'
import { memoryStatsStore } from '../ports/memory/stats-store.ts'
import { memoryTroubles } from '../ports/memory/troubles.ts'
import type { Rated, StatsStore } from '../ports/stats-store.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import { eventsDestination, gamesDestination, statisticsDestination } from './destinations.ts'
import { healthOf, showCounts } from './metrics.ts'
import { createPersistence } from './persistence.ts'
import { resultText, testOutbox } from './test-pipeline.ts'

/** The whole process on memory stores; statistics may be down. */
function world() {
  const clock = virtualClock()
  const results = testOutbox(clock)
  const [games, stats, sink] = [memoryGameStore(), memoryStatsStore(), memoryEventSink()]
  const troubles = memoryTroubles(clock)
  const told: Rated[] = []
  const state = { statisticsDown: false, silent: false }
  const shaky: Pick<StatsStore, 'apply'> = {
    async apply(batch) {
      if (state.statisticsDown) throw new StoreUnavailable('connection refused')
      return stats.apply(batch)
    },
  }
  const tell = async (rated: readonly Rated[]) => {
    if (state.silent) throw new Error('no bus')
    told.push(...rated)
  }
  const persistence = createPersistence({
    clock,
    random: seededRandom(3),
    log: silentLog,
    self: 'p1',
    outbox: results.outbox(),
    deadLetters: memoryDeadLetters(clock),
    troubles,
    destinations: [
      gamesDestination(games, memorySigner()),
      statisticsDestination(shaky, tell),
      eventsDestination(sink),
    ],
  })
  const finish = (count: number) => {
    for (let n = 0; n < count; n++) {
      const game = finishedGameOf({ mode: 'ranked', createdAtMs: clock.now() - 60_000 })
      results.add(n % 3, game.gameId, resultText(game))
    }
  }
  return { clock, results, games, stats, sink, troubles, told, state, persistence, finish }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
const counted = async (stats: StatsStore): Promise<number> => (await all(stats.results())).length

test('[P7] every game is stored, counted, told and published, and leaves the outbox', async () => {
  const { clock, finish, persistence, results, games, stats, sink, told } = world()
  finish(30)
  persistence.start()
  await clock.advance(2_000)
  expect(results.waiting()).toEqual([])
  const stored = await all(games.all())
  expect(stored).toHaveLength(30)
  expect(stored.every(({ signature }) => signature.signature !== '')).toBe(true)
  expect(await counted(stats)).toBe(30)
  expect(told).toHaveLength(30)
  expect(sink.events).toHaveLength(30)
  expect(JSON.stringify(sink.events), 'events hold no names').not.toContain('Name of')
})

test('[P7] a destination that is down holds up no other, is said to be down, and has everything when it is back', async () => {
  const { clock, finish, persistence, results, games, stats, troubles, state } = world()
  state.statisticsDown = true
  persistence.start()
  finish(20)
  await clock.advance(10_000)
  expect(await all(games.all())).toHaveLength(20)
  expect(results.waiting()).toHaveLength(20)
  expect(await troubles.raised()).toEqual(['statistics'])
  expect(persistence.counts.of.statistics).toMatchObject({ backlog: { count: 20 }, breaker: 'open' })
  expect(persistence.counts.of.games).toMatchObject({ backlog: { count: 0 }, breaker: 'closed' })

  state.statisticsDown = false
  await clock.advance(35_000)
  expect(await counted(stats)).toBe(20)
  expect(results.waiting()).toEqual([])
  expect(await troubles.raised()).toEqual([])
})

test('[P7] ratings that nobody was told of are told when the games come again', async () => {
  const { clock, finish, persistence, results, stats, told, state } = world()
  state.silent = true
  persistence.start()
  finish(1)
  await clock.advance(1_000)
  expect(await counted(stats)).toBe(1)
  expect(results.waiting(), 'not acknowledged').toHaveLength(1)
  state.silent = false
  await clock.advance(60_000)
  expect(told).toHaveLength(1)
  expect(results.waiting()).toEqual([])
  expect(await counted(stats)).toBe(1)
})

test('[METRICS] backlog, age, writes, failures and breakers, by destination; health says whether the outbox answers', async () => {
  const { clock, finish, persistence, state } = world()
  const { counts } = persistence
  expect(healthOf(counts, clock.monotonic(), '1.0.0').status).toBe('unavailable')
  state.statisticsDown = true
  finish(3)
  persistence.start()
  await clock.advance(10_000)
  const registry = new Registry()
  showCounts(registry, counts)
  const lines = (await registry.metrics()).split('\n')
  for (const line of [
    'oxo_results_written_total{destination="games"} 3',
    'oxo_results_waiting{destination="statistics"} 3',
    'oxo_results_waiting{destination="games"} 0',
    'oxo_destination_breaker{destination="statistics",phase="open"} 1',
    'oxo_destination_breaker{destination="games",phase="closed"} 1',
    'oxo_destination_unavailable_total{destination="statistics"} 10',
    'oxo_results_batch_seconds_count{destination="games"} 1',
    'oxo_dead_letters 0',
  ]) {
    expect(lines).toContain(line)
  }
  expect(counts.of.statistics.backlog.oldestMs).toBeGreaterThan(8_000)
  expect(healthOf(counts, clock.monotonic(), '1.0.0')).toEqual({
    status: 'ok',
    breakers: { games: 'closed', statistics: 'open', events: 'closed' },
    version: '1.0.0',
  })
  await persistence.stop()
  await clock.advance(5_000)
  expect(healthOf(counts, clock.monotonic(), '1.0.0').status).toBe('unavailable')
})
