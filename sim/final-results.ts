import type { Statistics } from '../game/statistics.ts'
import { countInPlace } from '../ports/game-result.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { Databases } from './databases.ts'
import { coursesOf, type Truth } from './truth.ts'

/** A game that ended later than so long ago, in ms, may still be on its way. */
const DELIVERED_WITHIN_MS = 2_000

export interface FinalResultsOptions {
  /** Monotonic, as `GameTruth.endedAtMs`. */
  readonly nowMs: number
  readonly truth: Truth
  readonly databases: Databases
  readonly violation: (promise: string, text: string) => void
}

/** P7: each finished game is in each database once, and statistics are what a recomputation from the ledger gives. */
export async function checkResults({ nowMs, truth, databases, violation }: FinalResultsOptions): Promise<void> {
  const stored = new Map<GameId, string>()
  for await (const { gameId, room } of databases.games.all()) stored.set(gameId, room.moves.join(''))
  const counted = new Map<GameId, number>()
  const recomputed = new Map<UserId, Statistics>()
  for await (const result of databases.stats.results()) {
    counted.set(result.gameId, (counted.get(result.gameId) ?? 0) + 1)
    countInPlace(recomputed, result)
  }
  const published = new Set(databases.sink.events.map(({ data }) => data.gameId))
  const buried = new Set<string>()
  for (const { gameId, destination, reason } of await databases.deadLetters.list(1_000)) {
    buried.add(gameId)
    const game = truth.games.get(gameId as GameId)
    const rewritten = game !== undefined && (game.risk !== null || game.lost.length > 0)
    // A server whose clock is an hour ahead: a human decides.
    if (!rewritten && reason !== 'the game ends in the future') {
      violation('P7', `${gameId} is dead at ${destination}: ${reason}`)
    }
  }

  for (const game of truth.games.values()) {
    const { gameId, course } = game
    // What the store lost together with its owner, or never had at the end, may be anything that was ever committed.
    const courses = coursesOf(game)
    const moves = stored.get(gameId)
    if (moves !== undefined && !courses.some((one) => one.moves === moves)) {
      violation('P7', `${gameId} is stored as "${moves}", played as "${course.moves}"`)
    }
    const times = counted.get(gameId) ?? 0
    if (times > 1) violation('P7', `${gameId} was counted ${times} times`)
    // Its result is on its way.
    if (game.endedAtMs !== null && nowMs - game.endedAtMs < DELIVERED_WITHIN_MS) continue
    if (course.status === 'active' || game.risk !== null || courses.length > 1 || buried.has(gameId)) continue
    if (moves === undefined) violation('P7', `${gameId} is not in the games`)
    if (times === 0) violation('P7', `${gameId} was not counted`)
    if (!published.has(gameId)) violation('P7', `${gameId} was not published`)
  }
  for (const gameId of [...stored.keys(), ...counted.keys()]) {
    if (!truth.games.has(gameId)) violation('P7', `${gameId} is stored and was never played`)
  }
  for (const [userId, statistics] of recomputed) {
    const kept = await databases.stats.statsOf(userId)
    if (JSON.stringify(kept) !== JSON.stringify(statistics)) {
      violation('P7', `${userId} has ${JSON.stringify(kept)}, recomputed ${JSON.stringify(statistics)}`)
    }
  }
}
