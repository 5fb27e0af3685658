import type { UserId } from '../protocol/ids.ts'

/** Players of one page at most. */
export const RANKINGS_LIMIT_MAX = 100

/** A player's place among all. Whoever has finished a game that counts has one. */
export interface RankedPlayer {
  /** From 1; by rating, then games won. Gaps are players who left since the ranks were made. */
  readonly rank: number
  readonly userId: UserId
  /** As they are now. */
  readonly name: string
  readonly username: string | null
  readonly gamesPlayed: number
  readonly gamesWon: number
  /** Percent, two decimals. */
  readonly winRate: number
  readonly currentStreak: number
  readonly bestStreak: number
  /** A whole number, as players see it. */
  readonly rating: number
}

/**
 * All players by rating, as they stood at the last refresh; but who is deleted or banned since then is not shown. Every call
 * @throws StoreUnavailable when the store is down or too slow.
 */
export interface Rankings {
  /** The first `limit` players behind a rank (0: from the top), best first. */
  page(afterRank: number, limit: number): Promise<readonly RankedPlayer[]>
  /** Makes the ranks anew, while others read the former ones. `busy`: somebody else does so at this moment, and nothing was done. */
  refresh(): Promise<'refreshed' | 'busy'>
}
