import type { EventSink, PlatformEvent } from '../ports/event-sink.ts'
import type { FinishedGame } from '../ports/finished-game.ts'
import type { GameStore, SignedGame } from '../ports/game-store.ts'
import { signGame } from '../ports/sign-games.ts'
import type { Signer } from '../ports/signer.ts'
import type { Rated, StatsStore } from '../ports/stats-store.ts'
import { RecordRejected, StoreUnavailable } from '../ports/store-failure.ts'
import type { Destination } from './destination.ts'

/** Finished games, signed: the truth that audits read. */
export const gamesDestination = (store: Pick<GameStore, 'put'>, signer: Signer): Destination => ({
  name: 'games',
  batch: 500,
  lanes: 2,
  async write(games, makeCall) {
    const signed: SignedGame[] = []
    for (const game of games) {
      const vouched = await signGame(game, signer)
      if (!vouched.ok) throw new RecordRejected(vouched.error)
      signed.push(vouched.value)
    }
    await store.put(signed, makeCall)
  },
})

/** Counts and ratings; `tell` spreads new ratings before the games are acknowledged, so that nobody who dies in between keeps them back. */
export const statisticsDestination = (
  store: Pick<StatsStore, 'apply'>,
  tell: (rated: readonly Rated[]) => Promise<void>,
): Destination => ({
  name: 'statistics',
  batch: 500,
  lanes: 2,
  async write(games, makeCall) {
    const rated = await makeCall(() => store.apply(games))
    try {
      await tell(rated)
    } catch (error) {
      throw new StoreUnavailable('new ratings reached nobody', { cause: error })
    }
  },
})

export const eventsDestination = (sink: EventSink): Destination => ({
  name: 'events',
  batch: 500,
  lanes: 1,
  write: (games, makeCall) => makeCall(() => sink.publish(games.map(finishedEvent))),
})

function finishedEvent({ gameId, room, match }: FinishedGame): PlatformEvent {
  const { mode, players, status, reason, winner, moves, turnMs, createdAtMs, endedAtMs } = room
  return {
    id: `game_finished:${gameId}`,
    type: 'game_finished',
    atMs: endedAtMs,
    data: {
      gameId,
      mode,
      players: players.map(({ id, rating, botLevel }) =>
        botLevel === undefined ? { userId: id, rating } : { botLevel },
      ),
      status,
      reason,
      winner,
      moves,
      turnMs,
      createdAtMs,
      match,
    },
  }
}
