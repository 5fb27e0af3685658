import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Statistics } from '../../game/statistics.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Tables, UserStatsTable } from './tables.ts'

/** These players have no rows yet. Nothing was written. */
export class RowsMissing extends Error {
  override readonly name = 'RowsMissing'
  readonly ids: readonly UserId[]
  constructor(ids: readonly UserId[]) {
    super(`${ids.length} players have no rows`)
    this.ids = ids
  }
}

/**
 * The statistics of these players (sorted), locked until the transaction ends. Everybody takes locks in id order, so that writers wait for each
 * other but never in a circle. @throws RowsMissing
 */
export async function lockPlayers(tx: Transaction<Tables>, ids: readonly UserId[]): Promise<Map<UserId, Statistics>> {
  const { rows } = await sql<Selectable<UserStatsTable>>`
    select * from user_stats where user_id = any(${ids}::text[]) order by user_id for update`.execute(tx)
  const found = new Map(rows.map((row) => [row.user_id, statisticsOf(row)]))
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length > 0) throw new RowsMissing(missing)
  return found
}

/**
 * Gives players (sorted) rows without games, and a name if they are not known at all. By itself rather than with their first game: rows that
 * two writers make at the same moment would have to be waited for out of id order.
 */
export const makePlayers = (
  db: Kysely<Tables>,
  ids: readonly UserId[],
  names: ReadonlyMap<UserId, string>,
): Promise<void> => db.transaction().execute((tx) => insertPlayers(tx, ids, names))

/** The same as a part of a transaction that nobody else writes players beside. */
export async function insertPlayers(
  tx: Transaction<Tables>,
  ids: readonly UserId[],
  names: ReadonlyMap<UserId, string>,
): Promise<void> {
  await sql`
    insert into users (user_id, display_name)
    select * from unnest(${ids}::text[], ${ids.map((id) => names.get(id) ?? id)}::text[])
    on conflict (user_id) do nothing`.execute(tx)
  await sql`
    insert into user_stats (user_id) select * from unnest(${ids}::text[])
    on conflict (user_id) do nothing`.execute(tx)
}

/**
 * Writes the statistics of players whose rows are locked, or whom nobody else writes. Their ids are there twice: joined alone, some hundred of them
 * among 100,000 look to the planner as if reading the whole table were cheaper.
 */
export async function writePlayers(db: Kysely<Tables>, players: ReadonlyMap<UserId, Statistics>): Promise<void> {
  if (players.size === 0) return
  const ids = [...players.keys()]
  const all = [...players.values()]
  const counts = (of: (player: Statistics) => number): number[] => all.map(of)
  await sql`
    update user_stats s set
      games_played = v.games_played, games_won = v.games_won, games_lost = v.games_lost, games_drawn = v.games_drawn,
      current_streak = v.current_streak, best_streak = v.best_streak, total_playtime = v.total_playtime,
      rating = v.rating, rating_deviation = v.rating_deviation, volatility = v.volatility, rated_at = v.rated_at,
      updated_at = now()
    from unnest(
      ${ids}::text[],
      ${counts((p) => p.gamesPlayed)}::int[], ${counts((p) => p.gamesWon)}::int[],
      ${counts((p) => p.gamesLost)}::int[], ${counts((p) => p.gamesDrawn)}::int[],
      ${counts((p) => p.currentStreak)}::int[], ${counts((p) => p.bestStreak)}::int[],
      ${counts((p) => p.totalPlaytimeMs)}::bigint[],
      ${counts((p) => p.rating.rating)}::float8[], ${counts((p) => p.rating.deviation)}::float8[],
      ${counts((p) => p.rating.volatility)}::float8[], ${all.map((p) => isoOrNull(p.ratedAtMs))}::timestamptz[]
    ) as v (user_id, games_played, games_won, games_lost, games_drawn, current_streak, best_streak, total_playtime,
      rating, rating_deviation, volatility, rated_at)
    where s.user_id = v.user_id and s.user_id = any(${ids}::text[])`.execute(db)
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
