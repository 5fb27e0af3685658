import { shownRating } from '../../game/rating.ts'
import { type Statistics, winRateOf } from '../../game/statistics.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { AccountStore } from '../account-store.ts'
import type { RankedPlayer, Rankings } from '../rankings.ts'
import type { StatsAudit } from '../stats-audit.ts'

type Ranked = Omit<RankedPlayer, 'name' | 'username'>

/** Ranks of this process alone, made from its statistics; who has no account is not among them. */
export function memoryRankings(stats: StatsAudit, accounts: Pick<AccountStore, 'get'>): Rankings {
  let ranked: readonly Ranked[] = []

  async function activeAccount(userId: UserId) {
    const account = await accounts.get(userId)
    return account?.state === 'active' ? account : null
  }

  return {
    async page(afterRank, limit) {
      const page: RankedPlayer[] = []
      for (const place of ranked.slice(afterRank)) {
        if (page.length === limit) break
        const account = await activeAccount(place.userId)
        if (account !== null) page.push({ ...place, name: account.displayName, username: account.username })
      }
      return page
    },
    async refresh() {
      const players: [UserId, Statistics][] = []
      await stats.open(nothing(), false, async (books) => {
        for await (const [userId, statistics] of books.players()) {
          if (statistics.gamesPlayed > 0 && (await activeAccount(userId))) players.push([userId, statistics])
        }
      })
      ranked = players.sort(inOrder).map(([userId, statistics], i) => place(i + 1, userId, statistics))
      return 'refreshed'
    },
  }
}

const inOrder = ([idA, a]: [UserId, Statistics], [idB, b]: [UserId, Statistics]): number =>
  b.rating.rating - a.rating.rating || b.gamesWon - a.gamesWon || (idA < idB ? -1 : 1)

const place = (rank: number, userId: UserId, statistics: Statistics): Ranked => ({
  rank,
  userId,
  gamesPlayed: statistics.gamesPlayed,
  gamesWon: statistics.gamesWon,
  winRate: winRateOf(statistics)!,
  currentStreak: statistics.currentStreak,
  bestStreak: statistics.bestStreak,
  rating: shownRating(statistics.rating),
})

async function* nothing() {}
