import type { Result } from '../kit/result.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { GameRecord, RecordSignature } from '../protocol/record/types.ts'
import type { FinishedGame } from './finished-game.ts'
import type { MakeCall } from './store-failure.ts'

/** A finished game with the proof that it was played so. */
export interface SignedGame extends FinishedGame {
  readonly record: GameRecord
  readonly signature: RecordSignature
}

/** A game as the store gives it back. An open offer of a rematch is not kept. */
export type StoredGame = SignedGame

export interface HistoryPage {
  /** Newest first by creation; without their proofs. */
  readonly games: readonly FinishedGame[]
  /** Where the next page begins; null: this was the last one. Opaque, and good for this user alone. */
  readonly cursor: string | null
}

export interface PageWish {
  /** 1..HISTORY_LIMIT_MAX games. */
  readonly limit: number
  /** Of the page before; null for the first. */
  readonly cursor: string | null
}

/** Games of one answer of `history` at most. */
export const HISTORY_LIMIT_MAX = 100

/**
 * Finished games, the truth that the audit reads. What was put stays as it is: the first form of a game is kept.
 * Every call @throws StoreUnavailable when the store is down, throttles or is too slow.
 */
export interface GameStore {
  /**
   * Resolves when all are durable. Safe to repeat, in any order and by several writers: a game that is there is left alone. When it
   * fails, some may be stored. @throws RecordRejected when one of them never can be stored: too large, or the store holds the same game
   * with another course; the others may be stored or not, and may be put again without it. Each call that this takes is made by `makeCall`;
   * default: once.
   */
  put(games: readonly SignedGame[], makeCall?: MakeCall): Promise<void>
  get(gameId: GameId): Promise<StoredGame | null>
  /** A page of the games that `userId` played; bots have none. `bad_cursor`: the cursor is none of this user. */
  history(userId: UserId, page: PageWish): Promise<Result<HistoryPage, 'bad_cursor'>>
  /** Every game once, in no order, read page by page: for the audit. What is put meanwhile may be missing. */
  all(): AsyncIterable<StoredGame>
  /** Shows `userId` as `name` in all games stored so far: what remains of a deleted account. Records hold no names. Safe to repeat. */
  rename(userId: UserId, name: string): Promise<void>
}
