import type { Statistics } from '../game/statistics.ts'
import type { UserId } from '../protocol/ids.ts'
import type { GameResult } from './game-result.ts'
import type { AppliedResult } from './stats-store.ts'

/** A game of the game store, as the books would count it. */
export interface StoredResult {
  readonly result: GameResult
  /** By seat; null: a bot. */
  readonly names: readonly [x: string | null, o: string | null]
}

/** One game as both stores tell it; null: it is not there. */
export interface AuditedGame {
  readonly stored: StoredResult | null
  readonly applied: AppliedResult | null
}

/** All statistics and the ledger at one moment, beside the stored games. */
export interface Books {
  /** Every game of either side: in the order in which games were counted, those that never were last, by their end. */
  games(): AsyncIterable<AuditedGame>
  /** Every player's statistics, in no order. */
  players(): AsyncIterable<readonly [UserId, Statistics]>
  /** Takes games out of the ledger. */
  drop(games: readonly AppliedResult[]): Promise<void>
  /** Writes ledger entries anew, in their places. */
  rewrite(games: readonly AppliedResult[]): Promise<void>
  /** Adds ledger entries at the end. */
  append(games: readonly Omit<AppliedResult, 'appliedSeq'>[]): Promise<void>
  /** Sets statistics, also of players who have none; `names`: for those who are not known at all. */
  setPlayers(players: ReadonlyMap<UserId, Statistics>, names: ReadonlyMap<UserId, string>): Promise<void>
}

export interface StatsAudit {
  /**
   * Opens the books beside `stored`, each game of which comes once. All that `work` writes happens, or nothing. `willWrite`: writers wait until
   * `work` has ended; otherwise they go on unseen. @throws StoreUnavailable
   */
  open<T>(stored: AsyncIterable<StoredResult>, willWrite: boolean, work: (books: Books) => Promise<T>): Promise<T>
}
