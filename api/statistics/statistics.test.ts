import { describe, expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { testPassage } from '../../ports/http/gate/test-gate.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { memoryStatsStore } from '../../ports/memory/stats-store.ts'
import type { StatsStore } from '../../ports/stats-store.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { BEGUN_MS, GAME_MS, testGame } from '../../ports/test-games.ts'
import type { UserId } from '../../protocol/ids.ts'
import { createStatistics } from './statistics.ts'

const asking = (stats: Pick<StatsStore, 'statsOf'>) => (userId: string) =>
  createStatistics(stats, silentLog).app.request(`/users/${userId}/stats`, {}, testPassage())

describe('GET /users/{userId}/stats', () => {
  test('[stats] tells anybody what the games add up to, ratings as whole numbers', async () => {
    const store = memoryStatsStore()
    await store.apply([testGame(1), testGame(2, { mode: 'private' }), testGame(3, { winner: 1, mode: 'casual' })])
    const response = await asking(store)('ana')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      userId: 'ana',
      ...{ gamesPlayed: 3, gamesWon: 2, gamesLost: 1, gamesDrawn: 0, winRate: 66.67 },
      ...{ currentStreak: 0, bestStreak: 2, totalPlaytimeMs: 3 * GAME_MS },
      ...{ rating: 1662, ratingDeviation: 290, ratedAt: new Date(BEGUN_MS + 60_000).toISOString() },
    })
  })

  test('[stats] whoever played nothing but bots is known and has zeros', async () => {
    const store = memoryStatsStore()
    await store.apply([testGame(1, { mode: 'bot', players: ['ana', 'bot-1'] })])
    expect(await (await asking(store)('ana')).json()).toMatchObject({
      ...{ gamesPlayed: 0, winRate: null, rating: 1500, ratingDeviation: 350, ratedAt: null },
    })
  })

  test('[stats] a deleted account is nobody, though its games stay', async () => {
    const accounts = memoryAccountStore()
    const store = memoryStatsStore(accounts)
    await store.apply([testGame(1)])
    expect((await asking(store)('ana')).status).toBe(200)
    await accounts.remove('ana' as UserId, BEGUN_MS)
    const response = await asking(store)('ana')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect((await asking(store)('bo')).status).toBe(200)
  })

  test.each(['nobody', 'no%20id', 'x'.repeat(65), 'bot-1'])('[stats] %s is nobody: NOT_FOUND', async (userId) => {
    const response = await asking(memoryStatsStore())(userId)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  test('[stats] a store that is down is UNAVAILABLE, with a time to come back', async () => {
    const down = { statsOf: () => Promise.reject(new StoreUnavailable('down')) }
    const response = await asking(down)('ana')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  })
})
