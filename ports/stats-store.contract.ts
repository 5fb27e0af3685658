import { describe, expect, test } from 'vitest'
import { NEW_RATING } from '../game/rating.ts'
import { NO_GAMES, type Statistics } from '../game/statistics.ts'
import type { UserId } from '../protocol/ids.ts'
import type { AccountStore } from './account-store.ts'
import { countInPlace } from './game-result.ts'
import type { AppliedResult, StatsStore } from './stats-store.ts'
import { BEGUN_MS, GAME_MS, testGame, testGameId } from './test-games.ts'

const ana = 'ana' as UserId
const bo = 'bo' as UserId

export interface StatsStores {
  readonly stats: StatsStore
  /** The accounts of the same players. */
  readonly accounts: Pick<AccountStore, 'remove'>
}

/** What every StatsStore promises. `newStores` gives empty ones. */
export function statsStoreContract(name: string, newStores: () => Promise<StatsStores>): void {
  const newStore = async () => (await newStores()).stats
  const countsOf = async (store: StatsStore, userId: UserId) => {
    const stats = (await store.statsOf(userId)) ?? expect.fail(`no statistics of ${userId}`)
    return [stats.gamesPlayed, stats.gamesWon, stats.gamesLost, stats.gamesDrawn]
  }

  describe(`${name} as StatsStore`, () => {
    test('[P7] a game counts once, however often it comes', async () => {
      const store = await newStore()
      const games = [testGame(1), testGame(2, { winner: 1 }), testGame(3, { winner: null })]
      const rated = await store.apply(games)
      const before = await store.statsOf(ana)
      expect(await store.apply(games.toReversed())).toHaveLength(3)
      expect(await store.apply([games[1]!, games[1]!, games[0]!])).toHaveLength(2)
      expect(await countsOf(store, ana)).toEqual([3, 1, 1, 1])
      expect(await countsOf(store, bo)).toEqual([3, 1, 1, 1])
      expect(await store.statsOf(ana)).toEqual(before)
      expect((await collected(store)).map(({ gameId }) => gameId)).toEqual(rated.map(({ gameId }) => gameId))
    })

    test('[P7] a game twice in one batch is one', async () => {
      const store = await newStore()
      expect(await store.apply([testGame(1), testGame(1)])).toHaveLength(1)
      expect(await countsOf(store, ana)).toEqual([1, 1, 0, 0])
    })

    test('[stats] wins in a row make a streak, a draw or a loss ends it, the best one stays', async () => {
      const store = await newStore()
      const winners = [0, 0, 0, null, 0, 1] as const
      await store.apply(winners.map((winner, i) => testGame(i + 1, { winner, mode: 'casual' })))
      expect(await store.statsOf(ana)).toEqual({
        ...NO_GAMES,
        ...{ gamesPlayed: 6, gamesWon: 4, gamesLost: 1, gamesDrawn: 1 },
        ...{ currentStreak: 0, bestStreak: 3, totalPlaytimeMs: 6 * GAME_MS },
      })
      expect(await store.statsOf(bo)).toMatchObject({ gamesWon: 1, gamesLost: 4, currentStreak: 1, bestStreak: 1 })
    })

    test('[stats] a resignation and a timeout count as the game that they ended', async () => {
      const store = await newStore()
      const forfeit = { status: 'forfeited', winner: 1 } as const
      await store.apply([testGame(1, { ...forfeit, reason: 'resign' }), testGame(2, { ...forfeit, reason: 'timeout' })])
      expect(await countsOf(store, bo)).toEqual([2, 2, 0, 0])
    })

    test('[rating] ranked games rate, casual and private ones only count', async () => {
      const store = await newStore()
      expect(await store.apply([testGame(1, { mode: 'casual' }), testGame(2, { mode: 'private' })])).toEqual([])
      expect(await store.statsOf(ana)).toMatchObject({ gamesPlayed: 2, rating: NEW_RATING, ratedAtMs: null })
      expect(await store.apply([testGame(3)])).toEqual([
        {
          gameId: testGameId(3),
          appliedSeq: expect.any(Number),
          players: [ana, bo],
          ratings: [
            [1500, 1662],
            [1500, 1338],
          ],
        },
      ])
    })

    test('[stats] games against bots and annulled ones are kept and never counted', async () => {
      const store = await newStore()
      const games = [
        testGame(1, { mode: 'bot', players: ['ana', 'bot-3'] }),
        testGame(2, { status: 'aborted', reason: 'lost' }),
      ]
      expect(await store.apply(games)).toEqual([])
      expect(await store.statsOf(ana)).toEqual(NO_GAMES)
      expect(await store.statsOf(bo)).toEqual(NO_GAMES)
      expect(await store.statsOf('bot-3' as UserId)).toBeNull()
      expect(await collected(store)).toMatchObject([
        { gameId: testGameId(1), counted: false, rated: false, ratings: null },
        { gameId: testGameId(2), counted: false, rated: false, ratings: null },
      ])
    })

    test('[rating] repeats are answered with what the game did then, not now', async () => {
      const store = await newStore()
      const [first] = await store.apply([testGame(1)])
      await store.apply([testGame(2)])
      expect(await store.apply([testGame(1)])).toEqual([first])
      const among = await store.apply([testGame(3), testGame(1)])
      expect(among).toHaveLength(2)
      expect(among).toContainEqual(first)
    })

    test('[rating] streaks and ratings are those of the ledger, game by game', async () => {
      const store = await newStore()
      const people = ['ana', 'bo', 'cy', 'di']
      const games = Array.from({ length: 40 }, (_, i) => {
        const [x, o] = [people[i % 4]!, people[(i + 1 + (i % 3)) % 4]!]
        return testGame(i + 1, { players: [x, o], winner: ([0, 1, null, 0] as const)[(i * 7) % 4]! })
      })
      for (let i = 0; i < games.length; i += 10) await store.apply(games.slice(i, i + 10))
      await expectReplayed(store, people)
    })

    test('[P7] writers at once, each with all games in another order: counted once, ratings by the ledger', async () => {
      const store = await newStore()
      const people = Array.from({ length: 12 }, (_, i) => `p${i}`)
      const games = Array.from({ length: 120 }, (_, i) => {
        const [x, o] = [people[(i * 5) % 12]!, people[(i * 5 + 1 + (i % 11)) % 12]!]
        return testGame(i + 1, { players: [x, o], winner: ([0, 1, null] as const)[i % 3]! })
      })
      const stride = (step: number) => games.map((_, i) => games[(i * step) % games.length]!)
      const writers = [games, games.toReversed(), stride(7), stride(49)].map(async (order) => {
        for (let i = 0; i < order.length; i += 15) await store.apply(order.slice(i, i + 15))
      })
      await Promise.all(writers)
      expect(await collected(store)).toHaveLength(games.length)
      await expectReplayed(store, people)
    })

    test('[stats] one record that never can be counted: refused, and nothing of its batch is counted', async () => {
      const store = await newStore()
      for (const bad of [
        testGame(2, { players: ['ana', 'ana'] }),
        testGame(2, { players: ['ana', 'no such id'] }),
        testGame(2, { endedAtMs: Number.NaN }),
        { ...testGame(2), gameId: 'g2' as ReturnType<typeof testGameId> },
      ]) {
        await expect(store.apply([testGame(1), bad])).rejects.toThrow(
          expect.objectContaining({ name: 'RecordRejected' }),
        )
      }
      expect(await store.statsOf(ana)).toBeNull()
      expect(await collected(store)).toEqual([])
    })

    test('[stats] nobody is known who has finished nothing; no games are no work', async () => {
      const store = await newStore()
      expect(await store.apply([])).toEqual([])
      expect(await store.statsOf(ana)).toBeNull()
    })

    test('[stats] of a deleted account nothing is told; its games stay, and count for the other', async () => {
      const { stats, accounts } = await newStores()
      await stats.apply([testGame(1)])
      await accounts.remove(ana, BEGUN_MS)
      expect(await stats.statsOf(ana)).toBeNull()
      expect(await countsOf(stats, bo)).toEqual([1, 0, 1, 0])
      expect(await collected(stats)).toMatchObject([{ gameId: testGameId(1), players: [ana, bo] }])
      expect(await stats.apply([testGame(2)]), 'a game that was under way').toHaveLength(1)
      expect(await stats.statsOf(ana)).toBeNull()
    })

    test('[stats] a large batch is one, and the ledger is read back in its order', async () => {
      const store = await newStore()
      const games = Array.from({ length: 2_100 }, (_, i) => testGame(i + 1, { players: [`p${i % 300}`, `q${i % 7}`] }))
      expect(await store.apply(games)).toHaveLength(2_100)
      expect((await collected(store)).map(({ gameId }) => gameId)).toEqual(games.map(({ gameId }) => gameId))
    })
  })

  /** Ledger and statistics agree: the fold over the one is the other. */
  async function expectReplayed(store: StatsStore, people: readonly string[]): Promise<void> {
    const table = new Map<UserId, Statistics>()
    const ledger = await collected(store)
    expect(ledger.map(({ appliedSeq }) => appliedSeq)).toEqual(ledger.map((r) => r.appliedSeq).sort((a, b) => a - b))
    for (const entry of ledger) expect(entry.ratings).toEqual(countInPlace(table, entry))
    for (const id of people as readonly UserId[]) expect(await store.statsOf(id)).toEqual(table.get(id))
  }
}

async function collected(store: StatsStore): Promise<AppliedResult[]> {
  const all: AppliedResult[] = []
  for await (const entry of store.results()) all.push(entry)
  return all
}
