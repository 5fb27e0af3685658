import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import type { AccountStore } from './account-store.ts'
import type { Rankings } from './rankings.ts'
import type { StatsStore } from './stats-store.ts'
import { BEGUN_MS, testGame } from './test-games.ts'

export interface RankedStores {
  readonly rankings: Rankings
  /** What is ranked, and who is. */
  readonly stats: StatsStore
  readonly accounts: AccountStore
}

/** What every Rankings promises. `newStores` gives empty ones. */
export function rankingsContract(name: string, newStores: () => Promise<RankedStores>): void {
  /** Players with accounts, p1 who won most to the last who lost most, ranked. */
  async function ranked(people: number) {
    const stores = await newStores()
    const ids = Array.from({ length: people }, (_, i) => `p${i + 1}` as UserId)
    for (const id of ids) await stores.accounts.ensureGuest(id, { displayName: `The ${id}`, region: null }, BEGUN_MS)
    const pairs = ids.slice(1).map((loser, i) => testGame(i + 1, { players: [ids[i]!, loser], mode: 'casual' }))
    await stores.stats.apply(ids.length === 1 ? [] : [...pairs, testGame(900, { players: [ids[0]!, ids.at(-1)!] })])
    expect(await stores.rankings.refresh()).toBe('refreshed')
    const shown = async (afterRank = 0, limit = 100) =>
      (await stores.rankings.page(afterRank, limit)).map(({ rank, userId }) => [rank, userId])
    return { ...stores, shown }
  }

  describe(`${name} as Rankings`, () => {
    test('[leaderboard] ranks by rating, then games won, then id; with what the statistics say', async () => {
      const { rankings, accounts } = await ranked(4)
      await accounts.updateProfile('p1' as UserId, { username: 'first', displayName: 'Now Ana' }, BEGUN_MS)
      expect(await rankings.page(0, 100)).toEqual([
        {
          ...{ rank: 1, userId: 'p1', name: 'Now Ana', username: 'first', gamesPlayed: 2, gamesWon: 2 },
          ...{ winRate: 100, currentStreak: 2, bestStreak: 2, rating: 1662 },
        },
        {
          ...{ rank: 2, userId: 'p2', name: 'The p2', username: null, gamesPlayed: 2, gamesWon: 1 },
          ...{ winRate: 50, currentStreak: 1, bestStreak: 1, rating: 1500 },
        },
        expect.objectContaining({ rank: 3, userId: 'p3' }),
        expect.objectContaining({ rank: 4, userId: 'p4', gamesWon: 0, winRate: 0, rating: 1338 }),
      ])
    })

    test('[leaderboard] pages hold everybody once', async () => {
      const { shown } = await ranked(7)
      const pages = [await shown(0, 3), await shown(3, 3), await shown(6, 3)]
      expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
      expect(pages.flat()).toEqual(await shown())
      expect(pages.flat().map(([rank]) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(await shown(7)).toEqual([])
    })

    test('[leaderboard] is as old as its last refresh', async () => {
      const { stats, rankings, shown } = await ranked(3)
      const before = await shown()
      for (let n = 10; n < 20; n++) await stats.apply([testGame(n, { players: ['p3', 'p1'] })])
      expect(await shown()).toEqual(before)
      await rankings.refresh()
      expect((await shown())[0]).toEqual([1, 'p3'])
    })

    test('[leaderboard] who is deleted or banned is gone at once, and has no rank any more after a refresh', async () => {
      const { accounts, rankings, shown } = await ranked(4)
      await accounts.remove('p1' as UserId, BEGUN_MS)
      await accounts.setBanned('p3' as UserId, true, BEGUN_MS)
      const left = [
        [2, 'p2'],
        [4, 'p4'],
      ]
      expect(await shown()).toEqual(left)
      expect(await shown(0, 1), 'the page is filled nevertheless').toEqual(left.slice(0, 1))
      await rankings.refresh()
      expect(await shown()).toEqual([
        [1, 'p2'],
        [2, 'p4'],
      ])
    })

    test('[leaderboard] nobody is on it without a game that counts', async () => {
      const { stats, rankings, shown } = await ranked(1)
      await stats.apply([testGame(1, { players: ['p1', 'bot-1'], mode: 'bot' })])
      await rankings.refresh()
      expect(await shown()).toEqual([])
    })
  })
}
