import type { Clock } from '../../kit/clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { GameWatch } from '../gateway/fanout.ts'

/**
 * A game that neither an owner nor the registry has known for so long is lost, in ms: a living owner puts its games back, and says its routes
 * again, long before.
 */
export const VANISHED_AFTER_MS = 10_000
/** Finished games are kept for longer than this: one that is not found any sooner was lost, in ms. */
const KEPT_MS = 300_000

/** Notices that games which sockets here watch are in no store any more, so that nobody looks at them for ever. */
export function createVanished(clock: Clock, vanished: (gameId: GameId) => void) {
  /** Since when nobody knows the game, monotonic ms; null: nobody has said anything. */
  const missingSinceMs = new Map<GameId, number | null>()
  /** When a game was first seen to be over. */
  const overSinceMs = new WeakMap<GameWatch, number>()

  return {
    /** Whether it would be a loss if nobody knew the game now. Asked at every look at what is watched. */
    matters(watch: GameWatch): boolean {
      if (watch.version === 0) return false
      if (!watch.over) return true
      const nowMs = clock.monotonic()
      const sinceMs = overSinceMs.get(watch) ?? nowMs
      overSinceMs.set(watch, sinceMs)
      // Who came to a finished game may have come just before it was dropped.
      return !watch.late && nowMs - sinceMs < KEPT_MS
    },
    isDoubtful: (gameId: GameId): boolean => missingSinceMs.has(gameId),
    /** It was asked for, and nobody could say. */
    unknown(gameId: GameId): void {
      if (!missingSinceMs.has(gameId)) missingSinceMs.set(gameId, null)
    },
    /** Nobody knows it now. */
    missing(gameId: GameId): void {
      const nowMs = clock.monotonic()
      const sinceMs = missingSinceMs.get(gameId) ?? nowMs
      missingSinceMs.set(gameId, sinceMs)
      if (nowMs - sinceMs < VANISHED_AFTER_MS) return
      missingSinceMs.delete(gameId)
      vanished(gameId)
    },
    /** Games that nobody here watches any more are of no interest. */
    prune(isWatched: (gameId: GameId) => boolean): void {
      for (const gameId of missingSinceMs.keys()) if (!isWatched(gameId)) missingSinceMs.delete(gameId)
    },
    /** Somebody knows it, or nobody here watches it. */
    settled: (gameId: GameId): void => void missingSinceMs.delete(gameId),
  }
}
