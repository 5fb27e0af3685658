import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Statistics } from '../../game/statistics.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Tables, UserStatsTable } from './tables.ts'

/** Somebody made one of these players' rows at this moment. Begin again: nothing is locked and nothing was written. */
export class RowsAppeared extends Error {
  override readonly name = 'RowsAppeared'
}

/**
 * The statistics of these players, locked until the transaction ends. Locks are taken in id order by everybody, so that two writers wait for each
 * other but never in a circle. Who has no row gets one, and one in `users` if there is none, with the name given. @throws RowsAppeared
 */
export async function lockPlayers(
  tx: Transaction<Tables>,
  names: ReadonlyMap<UserId, string>,
): Promise<Map<UserId, Statistics>> {
  const ids = [...names.keys()].sort()
  const { rows } = await sql<Selectable<UserStatsTable>>`
    select * from user_stats where user_id = any(${ids}::text[]) order by user_id for update`.execute(tx)
  const found = new Map(rows.map((row) => [row.user_id, statisticsOf(row)]))
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length === 0) return found

  await sql`
    insert into users (user_id, display_name)
    select * from unnest(${missing}::text[], ${missing.map((id) => names.get(id)!)}::text[])
    on conflict (user_id) do nothing`.execute(tx)
  const { rows: made } = await sql<Selectable<UserStatsTable>>`
    insert into user_stats (user_id) select * from unnest(${missing}::text[])
    on conflict (user_id) do nothing returning *`.execute(tx)
  if (made.length < missing.length) throw new RowsAppeared('players were made by another writer')
  for (const row of made) found.set(row.user_id, statisticsOf(row))
  return found
}

/** Writes the statistics of players whose rows are locked, or whom nobody else writes. */
export async function writePlayers(db: Kysely<Tables>, players: ReadonlyMap<UserId, Statistics>): Promise<void> {
  if (players.size === 0) return
  const all = [...players.values()]
  const counts = (of: (player: Statistics) => number): number[] => all.map(of)
  await sql`
    update user_stats s set
      games_played = v.games_played, games_won = v.games_won, games_lost = v.games_lost, games_drawn = v.games_drawn,
      current_streak = v.current_streak, best_streak = v.best_streak, total_playtime = v.total_playtime,
      rating = v.rating, rating_deviation = v.rating_deviation, volatility = v.volatility, rated_at = v.rated_at,
      updated_at = now()
    from unnest(
      ${[...players.keys()]}::text[],
      ${counts((p) => p.gamesPlayed)}::int[], ${counts((p) => p.gamesWon)}::int[],
      ${counts((p) => p.gamesLost)}::int[], ${counts((p) => p.gamesDrawn)}::int[],
      ${counts((p) => p.currentStreak)}::int[], ${counts((p) => p.bestStreak)}::int[],
      ${counts((p) => p.totalPlaytimeMs)}::bigint[],
      ${counts((p) => p.rating.rating)}::float8[], ${counts((p) => p.rating.deviation)}::float8[],
      ${counts((p) => p.rating.volatility)}::float8[], ${all.map((p) => isoOrNull(p.ratedAtMs))}::timestamptz[]
    ) as v (user_id, games_played, games_won, games_lost, games_drawn, current_streak, best_streak, total_playtime,
      rating, rating_deviation, volatility, rated_at)
    where s.user_id = v.user_id`.execute(db)
}

export const statisticsOf = (row: Omit<Selectable<UserStatsTable>, 'user_id' | 'updated_at'>): Statistics => ({
  gamesPlayed: row.games_played,
  gamesWon: row.games_won,
  gamesLost: row.games_lost,
  gamesDrawn: row.games_drawn,
  currentStreak: row.current_streak,
  bestStreak: row.best_streak,
  totalPlaytimeMs: row.total_playtime,
  rating: { rating: row.rating, deviation: row.rating_deviation, volatility: row.volatility },
  ratedAtMs: row.rated_at?.getTime() ?? null,
})

const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())
