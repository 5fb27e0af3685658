import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { EndReason, Mode, Status } from '../../game/room.ts'
import type { Seat } from '../../game/rules.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { Role } from '../account-store.ts'
import type { Scope } from '../http/gate/access.ts'

/** An instant: read as a Date, written as a Date or as ISO 8601. */
type Instant = ColumnType<Date, Date | string, Date | string>
/** The same; when left out of a new row, the instant of its transaction. */
type InstantOfWrite = ColumnType<Date, Date | string | undefined, Date | string>

/** An account, or a guest who has finished a game (without email and username). */
export interface UsersTable {
  user_id: UserId
  email: string | null
  username: string | null
  display_name: string
  avatar_url: string | null
  social_provider: string | null
  social_id: string | null
  created_at: InstantOfWrite
  updated_at: InstantOfWrite
  last_login: Instant | null
  is_active: Generated<boolean>
  region: string | null
  role: Generated<Role>
  /** Then nothing personal is left, and `is_active` is false. */
  deleted_at: Instant | null
}

/** Secrets of one-time codes. */
export interface SecondFactorsTable {
  user_id: UserId
  secret: string
  /** Time step of the last accepted code. */
  last_step: number | null
  /** Codes tried since `window_at`. */
  tries: Generated<number>
  window_at: InstantOfWrite
}

/** One row a player, changed only together with the ledger. */
export interface UserStatsTable {
  user_id: UserId
  games_played: Generated<number>
  games_won: Generated<number>
  games_lost: Generated<number>
  games_drawn: Generated<number>
  current_streak: Generated<number>
  best_streak: Generated<number>
  /** ms */
  total_playtime: Generated<number>
  updated_at: InstantOfWrite
  rating: Generated<number>
  rating_deviation: Generated<number>
  volatility: Generated<number>
  /** End of the last rated game. */
  rated_at: Instant | null
}

/** The ledger: a finished game is counted when it is here. */
export interface GameResultsTable {
  game_id: GameId
  applied_seq: GeneratedAlways<number>
  applied_at: InstantOfWrite
  player_x: UserId
  player_o: UserId
  mode: Mode
  status: Exclude<Status, 'active'>
  reason: EndReason
  winner: Seat | null
  moves: number
  created_at: Instant
  ended_at: Instant
  counted: boolean
  rated: boolean
  x_rating_before: number | null
  x_rating_after: number | null
  o_rating_before: number | null
  o_rating_after: number | null
}

/** Of a materialized view: as old as its last refresh. */
export interface GlobalLeaderboardView {
  rank: number
  user_id: UserId
  username: string | null
  display_name: string
  games_played: number
  games_won: number
  /** Percent, two decimals. */
  win_rate: number
  current_streak: number
  best_streak: number
  rating: number
}

/** API keys by the SHA-256 of their secrets. */
export interface ApiKeysTable {
  secret_hash: Uint8Array
  key_id: string
  user_id: UserId
  name: string
  prefix: string
  scopes: Scope[]
  created_at: Date
  expires_at: Date
}

export interface Tables {
  users: UsersTable
  second_factors: SecondFactorsTable
  user_stats: UserStatsTable
  game_results: GameResultsTable
  api_keys: ApiKeysTable
  global_leaderboard: GlobalLeaderboardView
}
