import { shownRating } from '../game/rating.ts'
import type { Statistics } from '../game/statistics.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'
import type { GameResult, RatingChange } from './game-result.ts'

/** What a ranked game did to its players' ratings: whole numbers, as they go to the players. */
export interface Rated {
  readonly gameId: GameId
  /** Ratings that a greater one gives are newer. */
  readonly appliedSeq: number
  /** By seat, as `ratings`. */
  readonly players: readonly [UserId, UserId]
  readonly ratings: RatingChange
}

/** A game in the ledger: it was counted once, as the `appliedSeq`-th or so (gaps are allowed, order is not). */
export interface AppliedResult extends GameResult {
  readonly appliedSeq: number
  /** Exact; null unless the game is rated. */
  readonly ratings: RatingChange | null
}

/**
 * Statistics and ratings of all players, each finished game counted once (P7). Every call @throws StoreUnavailable when the store is down,
 * refuses for load or left its answer unknown; the call may be repeated.
 */
export interface StatsStore {
  /**
   * Counts those games that were not counted before, all or none, in the order given. Safe to repeat, in any order and by several writers at
   * once. Answers for every ranked game of `games`, also for one that was counted before: its players may not have been told. A game
   * twice among `games` is one. @throws RecordRejected when one of them never can be counted; nothing was.
   */
  apply(games: readonly FinishedGame[]): Promise<readonly Rated[]>
  /** Null: no such user is known here, or the account is deleted. */
  statsOf(userId: UserId): Promise<Statistics | null>
  /** The ledger in the order in which games were counted, read page by page. */
  results(): AsyncIterable<AppliedResult>
}

/** Null unless the game is rated. */
export const ratedOf = ({
  gameId,
  appliedSeq,
  players,
  ratings,
}: Pick<AppliedResult, 'gameId' | 'appliedSeq' | 'players' | 'ratings'>): Rated | null =>
  ratings && { gameId, appliedSeq, players, ratings: [shown(ratings[0]), shown(ratings[1])] }

const shown = ([before, after]: readonly [number, number]): readonly [number, number] => [
  shownRating({ rating: before }),
  shownRating({ rating: after }),
]
