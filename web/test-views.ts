import type { GameState } from '../client/index.ts'
import { cellsOf } from '../client/index.ts'
import { seatOfPly } from '../game/rules.ts'
import type { GameId, UserId } from '../protocol/ids.ts'

const player = (name: string) => ({ id: name as UserId, name, rating: 1200, connected: true })

/** A game between Ana (X, us) and Bo after `moves`, as the client would hold it. */
export function aView(moves: readonly number[] = [], change: Partial<GameState> = {}): GameState {
  return {
    gameId: 'g1' as GameId,
    version: 1 + moves.length,
    mode: 'casual',
    players: [player('Ana'), player('Bo')],
    moves,
    cells: cellsOf(moves),
    turn: seatOfPly(moves.length),
    status: 'active',
    reason: null,
    winner: null,
    line: null,
    deadline: 30_000,
    createdAt: 0,
    you: 0,
    offer: null,
    ratings: null,
    watchers: null,
    ...change,
  }
}

/** The same, over. */
export const anOverView = (moves: readonly number[], change: Partial<GameState>): GameState =>
  aView(moves, { status: 'completed', turn: null, deadline: null, ...change })
