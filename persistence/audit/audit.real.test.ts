import { describe, expect, test } from 'vitest'
import { NO_GAMES, type Statistics } from '../../game/statistics.ts'
import type { FinishedGame } from '../../ports/finished-game.ts'
import { memoryStatsStore } from '../../ports/memory/stats-store.ts'
import { postgresStatsAudit } from '../../ports/postgres/stats-audit.ts'
import { postgresStatsStore } from '../../ports/postgres/stats-store.ts'
import { testDatabase } from '../../ports/postgres/test-database.ts'
import type { Books, StatsAudit } from '../../ports/stats-audit.ts'
import type { AppliedResult, StatsStore } from '../../ports/stats-store.ts'
import { BEGUN_MS, testGame, testGameId } from '../../ports/test-games.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type AuditOptions, auditStatistics } from './audit.ts'
import type { Difference } from './difference.ts'

const [ana, bo] = ['ana', 'bo'] as UserId[] as [UserId, UserId]
const PEOPLE = ['ana', 'bo', 'cy', 'di']

/** More than a page, and every kind of game. */
const GAMES = Array.from({ length: 1_200 }, (_, i) => {
  const players = [PEOPLE[i % 4]!, PEOPLE[(i + 1 + (i % 3)) % 4]!] as const
  const winner = ([0, 1, null, 0] as const)[(i * 7) % 4]!
  if (i % 50 === 1) return testGame(i + 1, { players: [players[0], 'bot-2'], mode: 'bot' })
  if (i % 50 === 2) return testGame(i + 1, { players, status: 'aborted', reason: 'lost' })
  return testGame(i + 1, { players, winner, mode: (['ranked', 'casual', 'private'] as const)[i % 3]! })
})

type Stats = StatsStore & StatsAudit

const kinds: Record<string, () => Promise<Stats>> = { memory: async () => memoryStatsStore() }
for (const kind of ['embedded', 'server'] as const) {
  const store = testDatabase(kind)
  kinds[kind] = async () => {
    const database = await store.emptied()
    return { ...postgresStatsStore(database), ...postgresStatsAudit(database) }
  }
}

async function* each<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items
}

async function audited(stats: Stats, games: readonly FinishedGame[], options: Partial<AuditOptions> = {}) {
  const found: Difference[] = []
  const summary = await auditStatistics({
    ...{ games: each(games), audit: stats, settledUntilMs: Number.POSITIVE_INFINITY, repair: false },
    report: (difference) => found.push(difference),
    ...options,
  })
  expect(summary.differences).toBe(found.length)
  return { found, summary }
}

const kindsOf = (found: readonly Difference[]) => new Set(found.map(({ difference }) => difference))

/** Breaks the books as nothing of ours does. */
const breaking = (stats: Stats, work: (books: Books) => Promise<void>) => stats.open(each([]), true, work)

const changed = async (stats: Stats, userId: UserId, change: (statistics: Statistics) => Statistics) => {
  const statistics = (await stats.statsOf(userId))!
  await breaking(stats, (books) => books.setPlayers(new Map([[userId, change(statistics)]]), new Map()))
}

const rewritten = async (stats: Stats, n: number, change: (entry: AppliedResult) => AppliedResult) => {
  for await (const entry of stats.results()) {
    if (entry.gameId === testGameId(n)) return breaking(stats, (books) => books.rewrite([change(entry)]))
  }
  throw new Error(`no game ${n}`)
}

for (const [kind, empty] of Object.entries(kinds)) {
  describe(`audit of statistics (${kind})`, () => {
    const filled = async (games: readonly FinishedGame[] = GAMES) => {
      const stats = await empty()
      for (let at = 0; at < games.length; at += 500) await stats.apply(games.slice(at, at + 500))
      return stats
    }

    /** The breach is found, the repair finds it too and mends it, and then nothing is left. */
    const expectFoundAndMended = async (stats: Stats, games: readonly FinishedGame[]): Promise<Difference[]> => {
      const { found } = await audited(stats, games)
      expect(found.length).toBeGreaterThan(0)
      expect(await audited(stats, games, { repair: true })).toMatchObject({ found, summary: { repaired: true } })
      expect((await audited(stats, games)).found).toEqual([])
      return found
    }

    test('[audit] finds nothing in what was counted, in whatever order the games are stored', async () => {
      const stats = await filled()
      const { found, summary } = await audited(stats, GAMES.toReversed())
      expect(found).toEqual([])
      expect(summary).toEqual({ games: GAMES.length, players: 4, differences: 0, repaired: false })
    })

    test('[audit] a stored game that was never counted', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      const found = await expectFoundAndMended(stats, GAMES.slice(0, 11))
      expect(found[0]).toEqual({ difference: 'not_counted', gameId: testGameId(11) })
      expect(kindsOf(found)).toEqual(new Set(['not_counted', 'statistics']))
      expect(await stats.apply([GAMES[10]!])).toEqual([])
    })

    test('[audit] a counted game that is not stored', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      const found = await expectFoundAndMended(stats, GAMES.slice(0, 9))
      expect(found[0]).toEqual({ difference: 'not_stored', gameId: testGameId(10), appliedSeq: expect.any(Number) })
    })

    test('[audit] a game counted as another one', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      await rewritten(stats, 1, (entry) => ({ ...entry, winner: 1 }))
      expect(await expectFoundAndMended(stats, GAMES.slice(0, 10))).toEqual([
        { difference: 'result', gameId: testGameId(1), field: 'winner', expected: 0, found: 1 },
      ])
    })

    test('[audit] a rating of the ledger that does not follow from the games before it', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      await rewritten(stats, 4, (entry) => ({ ...entry, ratings: [entry.ratings![0], [1500, 1500.1]] }))
      const found = await expectFoundAndMended(stats, GAMES.slice(0, 10))
      expect(found).toMatchObject([{ difference: 'ratings', gameId: testGameId(4), found: [{}, [1500, 1500.1]] }])
    })

    test.each(['gamesWon', 'gamesLost', 'gamesDrawn', 'currentStreak', 'bestStreak', 'totalPlaytimeMs'] as const)(
      '[audit] %s of a player that is not what the games add up to',
      async (field) => {
        const stats = await filled(GAMES.slice(0, 10))
        const played = field.startsWith('games') ? 1 : 0
        await changed(stats, ana, (s) => ({ ...s, gamesPlayed: s.gamesPlayed + played, [field]: s[field] + 1 }))
        const found = await expectFoundAndMended(stats, GAMES.slice(0, 10))
        expect(found).toContainEqual(expect.objectContaining({ difference: 'statistics', userId: ana, field }))
        expect(found).toHaveLength(1 + played)
      },
    )

    test('[audit] rating, deviation, volatility and date of a player', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      const rating = { rating: 1501.25, deviation: 99, volatility: 0.07 }
      await changed(stats, bo, (s) => ({ ...s, rating, ratedAtMs: BEGUN_MS }))
      const found = await expectFoundAndMended(stats, GAMES.slice(0, 10))
      const fields = found.map((difference) => ('field' in difference ? difference.field : ''))
      expect(fields.sort()).toEqual(['deviation', 'ratedAtMs', 'rating', 'volatility'])
    })

    test('[audit] statistics of somebody who played nothing', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      const ghost = new Map([['ghost' as UserId, { ...NO_GAMES, gamesPlayed: 1, gamesWon: 1 }]])
      await breaking(stats, (books) => books.setPlayers(ghost, new Map()))
      expect(await expectFoundAndMended(stats, GAMES.slice(0, 10))).toHaveLength(2)
    })

    test('[audit] players who are not there at all are made anew, with their names', async () => {
      const stats = await empty()
      const found = await expectFoundAndMended(stats, GAMES)
      expect(kindsOf(found)).toEqual(new Set(['not_counted', 'no_statistics']))
      const asCounted = await filled()
      for (const id of [ana, bo]) expect(await stats.statsOf(id)).toEqual(await asCounted.statsOf(id))
    })

    test('[audit] a stored record that never can be counted is named', async () => {
      const stats = await filled(GAMES.slice(0, 10))
      const { found } = await audited(stats, [...GAMES.slice(0, 10), testGame(99, { players: ['ana', 'ana'] })])
      expect(found).toEqual([
        { difference: 'not_countable', gameId: testGameId(99), why: 'a player against themselves' },
      ])
    })

    test('[audit] games that may be on their way are no difference, and the rest still adds up', async () => {
      const [onlyStored, onlyCounted] = [testGame(2_000), testGame(2_001)]
      const stats = await filled([...GAMES.slice(0, 10), onlyCounted])
      const settledUntilMs = onlyStored.room.endedAtMs - 1
      const stored = [...GAMES.slice(0, 10), onlyStored]
      expect((await audited(stats, stored, { settledUntilMs })).found).toEqual([])
      expect((await audited(stats, stored)).found.length).toBeGreaterThan(2)
    })
  })
}
