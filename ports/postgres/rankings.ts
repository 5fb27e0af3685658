import { sql } from 'kysely'
import type { Rankings } from '../rankings.ts'
import { askingOf } from './failure.ts'
import type { Database } from './open.ts'

/** Of PostgreSQL's advisory locks, the one of whoever refreshes: any number that nobody else uses. */
export const REFRESH_LOCK = 7_236_450_101
/** What a refresh may take, ms: 100,000 players take some 5 s. */
const REFRESH_TIMEOUT_MS = 120_000

/** The materialized view, with names and standing out of `users`. To refresh it: a database that was opened for jobs, as the view's owner. */
export function postgresRankings(database: Database): Rankings {
  const { db } = database
  const ask = askingOf(database)
  return {
    page: (afterRank, limit) =>
      ask(async () => {
        const rows = await db
          .selectFrom('global_leaderboard as ranked')
          .innerJoin('users', 'users.user_id', 'ranked.user_id')
          .select(['ranked.rank', 'ranked.user_id as userId', 'users.display_name as name', 'users.username'])
          .select(['ranked.games_played as gamesPlayed', 'ranked.games_won as gamesWon', 'ranked.win_rate as winRate'])
          .select(['ranked.current_streak as currentStreak', 'ranked.best_streak as bestStreak', 'ranked.rating'])
          .where('ranked.rank', '>', afterRank)
          .where('users.is_active', '=', true)
          .orderBy('ranked.rank')
          .limit(limit)
          .execute()
        return rows
      }),
    refresh: () =>
      ask(() =>
        db.transaction().execute(async (tx) => {
          const { rows } = await sql<{ mine: boolean }>`
            select pg_try_advisory_xact_lock(${sql.lit(REFRESH_LOCK)}) as mine`.execute(tx)
          if (!rows[0]!.mine) return 'busy'
          await sql`set local statement_timeout = ${sql.lit(REFRESH_TIMEOUT_MS)}`.execute(tx)
          await sql`refresh materialized view concurrently global_leaderboard`.execute(tx)
          return 'refreshed'
        }),
      ),
  }
}
