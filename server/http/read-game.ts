import type { Clock } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { GameStore, SignedGame } from '../../ports/game-store.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { type GameId, isGameId } from '../../protocol/ids.ts'
import type { GameSnapshot, GamesService } from './games-service.ts'

/** Where finished games are kept for good. */
export type FinishedGames = Pick<GameStore, 'get'>

/** A game, and the proof that it was played so once the store has it. */
export interface ReadGame extends GameSnapshot {
  readonly proof: Pick<SignedGame, 'record' | 'signature'> | null
}

export interface ReadGameDeps {
  readonly games: Pick<GamesService, 'game'>
  /** Null: none is kept here. */
  readonly finished: FinishedGames | null
  readonly clock: Clock
}

/** A reader waits so long for the store of finished games, ms; then what its shard has is the answer. */
export const FINISHED_MS = 1_000
const RETRY_AFTER_MS = 1_000
const OUT_OF_REACH = refusal('UNAVAILABLE', 'finished games are out of reach', { retryAfterMs: RETRY_AFTER_MS })

/**
 * The game as its shard has it while it runs, and as the store has it once it is over: also when the shard has forgotten it or cannot be asked.
 * A store that is down or slow delays by `FINISHED_MS` at most, and makes a game that no shard knows UNAVAILABLE, not NOT_FOUND.
 */
export async function readGame(deps: ReadGameDeps, gameId: string): Promise<Result<ReadGame, Refusal>> {
  const live = await deps.games.game(gameId)
  const elsewhere = live.ok ? live.value.room.status !== 'active' : MAY_BE_OVER.includes(live.error.code)
  const stored = elsewhere && isGameId(gameId) ? await finishedGame(deps, gameId) : null
  if (stored !== null && stored !== 'out_of_reach') {
    const { room, match, record, signature } = stored
    return ok({ gameId: stored.gameId, room, match, proof: { record, signature } })
  }
  if (live.ok) return ok({ ...live.value, proof: null })
  return stored === 'out_of_reach' ? err(OUT_OF_REACH) : live
}

const MAY_BE_OVER: readonly string[] = ['NOT_FOUND', 'UNAVAILABLE']

/** Null: the store has no such game, or there is no store. */
async function finishedGame(
  { finished, clock }: ReadGameDeps,
  gameId: GameId,
): Promise<SignedGame | 'out_of_reach' | null> {
  if (finished === null) return null
  return new Promise((resolve) => {
    const cancel = clock.after(FINISHED_MS, () => resolve('out_of_reach'))
    finished
      .get(gameId)
      .catch(() => 'out_of_reach' as const)
      .then(resolve)
      .finally(cancel)
  })
}
