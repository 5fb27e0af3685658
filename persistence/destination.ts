import type { FinishedGame } from '../ports/finished-game.ts'
import type { MakeCall } from '../ports/store-failure.ts'

export const DESTINATIONS = ['games', 'statistics', 'events'] as const
export type DestinationName = (typeof DESTINATIONS)[number]

/** Where finished games go. */
export interface Destination {
  readonly name: DestinationName
  /**
   * Resolves when all are safe. Safe to repeat, in any order; no game comes twice in one write. Every call of a store goes through
   * `makeCall`. @throws StoreUnavailable when it may be repeated unchanged, RecordRejected when one of them never will be taken; anything
   * else counts as the latter
   */
  write(games: readonly FinishedGame[], makeCall: MakeCall): Promise<void>
  /** Games of one write at most. */
  readonly batch: number
  /** Writes under way at once at most: what this destination may take of the process, whatever becomes of the others. */
  readonly lanes: number
}
