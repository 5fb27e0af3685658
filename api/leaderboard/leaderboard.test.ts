import { expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { testPassage } from '../../ports/http/gate/test-gate.ts'
import { memoryAccountStore } from '../../ports/memory/account-store.ts'
import { memoryRankings } from '../../ports/memory/rankings.ts'
import { memoryStatsStore } from '../../ports/memory/stats-store.ts'
import type { Rankings } from '../../ports/rankings.ts'
import { StoreUnavailable } from '../../ports/store-failure.ts'
import { BEGUN_MS, testGame } from '../../ports/test-games.ts'
import type { UserId } from '../../protocol/ids.ts'
import { createLeaderboard } from './leaderboard.ts'
import { Leaderboard } from './schemas.ts'

const asking =
  (rankings: Pick<Rankings, 'page'>) =>
  (query = '') =>
    createLeaderboard(rankings, silentLog).app.request(`/leaderboard${query}`, {}, testPassage())

/** Ana beat bo, and each of five others drew once with the next. */
async function world() {
  const accounts = memoryAccountStore()
  const stats = memoryStatsStore(accounts)
  const rankings = memoryRankings(stats, accounts)
  const others = ['p1', 'p2', 'p3', 'p4', 'p5']
  for (const id of ['ana', 'bo', ...others] as UserId[]) {
    await accounts.ensureGuest(id, { displayName: `The ${id}`, region: null }, BEGUN_MS)
  }
  const draws = others
    .slice(1)
    .map((id, i) => testGame(i + 2, { players: [others[i]!, id], winner: null, mode: 'casual' }))
  await stats.apply([testGame(1), ...draws])
  await rankings.refresh()
  return { accounts, get: asking(rankings) }
}

test('[leaderboard] anybody sees who is best, and caches keep it for seconds', async () => {
  const { get } = await world()
  const response = await get()
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=10'])
  const { players, cursor } = Leaderboard.parse(await response.json())
  expect(cursor).toBeNull()
  expect(players.map(({ userId }) => userId)).toEqual(['ana', 'p1', 'p2', 'p3', 'p4', 'p5', 'bo'])
  expect(players[0]).toEqual({
    ...{ rank: 1, userId: 'ana', name: 'The ana', username: null, gamesPlayed: 1, gamesWon: 1 },
    ...{ winRate: 100, currentStreak: 1, bestStreak: 1, rating: 1662 },
  })
})

test('[leaderboard] pages hold everybody once, and the last one says so', async () => {
  const { get } = await world()
  const ranks: number[] = []
  let query = '?limit=3'
  for (const size of [3, 3, 1]) {
    const page = Leaderboard.strict().parse(await (await get(query)).json())
    expect(page.players).toHaveLength(size)
    ranks.push(...page.players.map(({ rank }) => rank))
    expect(page.cursor === null).toBe(size === 1)
    query = `?limit=3&cursor=${page.cursor}`
  }
  expect(ranks).toEqual([1, 2, 3, 4, 5, 6, 7])
  const whole = Leaderboard.parse(await (await get('?limit=7')).json())
  expect(whole.cursor, 'a page that ends with the last player').toBeNull()
  expect(await (await get('?cursor=9999999999')).json()).toEqual({ players: [], cursor: null })
})

test('[leaderboard] of a deleted account nothing is shown, from the moment of deletion on', async () => {
  const { get, accounts } = await world()
  await accounts.remove('ana' as UserId, BEGUN_MS)
  const text = await (await get('?limit=1')).text()
  expect(text).not.toMatch(/ana|Deleted/)
  expect(JSON.parse(text)).toMatchObject({ players: [{ rank: 2, userId: 'p1' }], cursor: '2' })
})

test.each([
  ['?limit=0', /^limit: /],
  ['?limit=101', /^limit: /],
  ['?limit=1.5', /^limit: /],
  ['?limit=many', /^limit: /],
  ['?cursor=', /^cursor: /],
  ['?cursor=-1', /^cursor: /],
  ['?cursor=1e3', /^cursor: /],
  ['?cursor=12345678901', /^cursor: /],
  ['?cursor=1%27;--', /^cursor: /],
])('[leaderboard] %s is refused', async (query, message) => {
  const response = await asking({ page: () => expect.fail('nothing was to be read') })(query)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } })
})

test('[leaderboard] a store that is down is UNAVAILABLE, with a time to come back', async () => {
  const response = await asking({ page: () => Promise.reject(new StoreUnavailable('down')) })()
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
})
