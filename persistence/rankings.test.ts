import { expect, test } from 'vitest'
import { type Log, silentLog } from '../kit/log.ts'
import { seededRandom } from '../kit/random.ts'
import { virtualClock } from '../kit/virtual-clock.ts'
import { memoryAccountStore } from '../ports/memory/account-store.ts'
import { memoryDeadLetters } from '../ports/memory/dead-letters.ts'
import { memoryRankings } from '../ports/memory/rankings.ts'
import { memoryStatsStore } from '../ports/memory/stats-store.ts'
import { memoryTroubles } from '../ports/memory/troubles.ts'
import type { Rankings } from '../ports/rankings.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import type { UserId } from '../protocol/ids.ts'
import { statisticsDestination } from './destinations.ts'
import { createPersistence } from './persistence.ts'
import { REFRESH_PAUSE_MS } from './rankings.ts'
import { resultText, testOutbox } from './test-pipeline.ts'

/** A writer of statistics and the rankings of its players; `answer` is what becomes of each refresh. */
async function world({ staleAtStart = false } = {}) {
  const clock = virtualClock()
  const results = testOutbox(clock)
  const accounts = memoryAccountStore()
  const stats = memoryStatsStore(accounts)
  const memory = memoryRankings(stats, accounts)
  for (const id of ['ana', 'ben'] as UserId[]) await accounts.ensureGuest(id, { displayName: id, region: null }, 0)
  const state = { answer: async (): ReturnType<Rankings['refresh']> => memory.refresh() }
  const askedMs: number[] = []
  const rankings = {
    async refresh() {
      askedMs.push(clock.monotonic())
      return state.answer()
    },
  }
  const warned: string[] = []
  const log: Log = { ...silentLog, warn: (event) => void warned.push(event) }
  const persistence = createPersistence({
    ...{ clock, log, random: seededRandom(3), self: 'p1', outbox: results.outbox() },
    ...{ deadLetters: memoryDeadLetters(clock), troubles: memoryTroubles(clock) },
    destinations: [statisticsDestination(stats, async () => {})],
    ranked: { rankings, staleAtStart },
  })
  const finish = () => {
    const game = finishedGameOf({ createdAtMs: clock.now() - 60_000 })
    results.add(7, game.gameId, resultText(game))
  }
  const shown = async () => (await memory.page(0, 1)).map(({ gamesPlayed }) => gamesPlayed)
  return { clock, finish, persistence, shown, state, askedMs, warned }
}

test('[leaderboard] a game is shown seconds after a quiet time, then at most a minute late', async () => {
  const { clock, finish, persistence, shown, askedMs } = await world()
  persistence.start()
  await clock.advance(300_000)
  expect(askedMs, 'nothing was counted').toEqual([])
  finish()
  await clock.advance(3_000)
  expect(await shown()).toEqual([1])
  for (let i = 0; i < 10; i++) {
    finish()
    await clock.advance(1_000)
  }
  expect(await shown()).toEqual([1])
  await clock.advance(REFRESH_PAUSE_MS)
  expect(await shown()).toEqual([11])
  expect(askedMs).toHaveLength(2)
  expect(askedMs[1]! - askedMs[0]!).toBeGreaterThanOrEqual(REFRESH_PAUSE_MS)
  await clock.advance(300_000)
  expect(askedMs, 'nothing more was counted').toHaveLength(2)
})

test('[leaderboard] what was counted before the process began is shown too, where it may have been', async () => {
  const { clock, persistence, askedMs } = await world({ staleAtStart: true })
  persistence.start()
  await clock.advance(300_000)
  expect(askedMs).toHaveLength(1)
})

test('[leaderboard] a refresh that fails is logged and counted, tried again a minute later, and no writer waits', async () => {
  const { clock, finish, persistence, shown, state, askedMs, warned } = await world()
  const { answer } = state
  state.answer = () => Promise.reject(new StoreUnavailable('canceling statement due to statement timeout'))
  persistence.start()
  finish()
  await clock.advance(REFRESH_PAUSE_MS)
  expect([warned, persistence.counts.rankings]).toEqual([['rankings_not_refreshed'], { refreshed: 0, failed: 1 }])
  expect(persistence.counts.of.statistics).toMatchObject({ written: 1, breaker: 'closed' })
  state.answer = answer
  await clock.advance(5_000)
  expect(await shown()).toEqual([1])
  expect(askedMs[1]! - askedMs[0]!).toBeGreaterThanOrEqual(REFRESH_PAUSE_MS)
  expect(persistence.counts.rankings).toEqual({ refreshed: 1, failed: 1 })
})

test('[leaderboard] while another process refreshes this one leaves it alone, and has its own games shown later', async () => {
  const { clock, finish, persistence, shown, state } = await world()
  const { answer } = state
  state.answer = async () => 'busy'
  persistence.start()
  finish()
  await clock.advance(5_000)
  expect(await shown()).toEqual([])
  state.answer = answer
  await clock.advance(REFRESH_PAUSE_MS)
  expect(await shown()).toEqual([1])
})

test('[leaderboard] one refresh at a time; games counted meanwhile wait for the next; writers go on', async () => {
  const { clock, finish, persistence, shown, state, askedMs } = await world()
  const { answer } = state
  let end = () => {}
  state.answer = async () => {
    const refreshed = await answer()
    await new Promise<void>((resolve) => {
      end = resolve
    })
    return refreshed
  }
  persistence.start()
  finish()
  await clock.advance(3_000)
  finish()
  await clock.advance(300_000)
  expect(askedMs).toHaveLength(1)
  expect(persistence.counts.of.statistics.written).toBe(2)
  end()
  await clock.advance(REFRESH_PAUSE_MS + 2_000)
  expect(askedMs).toHaveLength(2)
  expect(await shown()).toEqual([2])
  await persistence.stop()
  finish()
  await clock.advance(300_000)
  expect(askedMs).toHaveLength(2)
})
