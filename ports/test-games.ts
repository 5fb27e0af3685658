import type { EndReason, Mode, Player, Status } from '../game/room.ts'
import type { Seat } from '../game/rules.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'

export const BEGUN_MS = 1_700_000_000_000
/** Each game of tests takes as long. */
export const GAME_MS = 45_000

export interface TestGame {
  readonly mode?: Mode
  /** By seat. */
  readonly players?: readonly [string, string]
  readonly winner?: Seat | null
  readonly status?: Exclude<Status, 'active'>
  readonly reason?: EndReason
  readonly endedAtMs?: number
}

const X_WINS = [0, 3, 1, 4, 2]
const O_WINS = [8, 3, 0, 4, 1, 5]
const NOBODY_WINS = [0, 1, 2, 4, 3, 5, 7, 6, 8]

export const testGameId = (n: number): GameId => `5eed0000-0000-8000-8000-${n.toString(16).padStart(12, '0')}` as GameId

/** The n-th game: ranked, won by ana (X) against bo, unless told otherwise. */
export function testGame(n: number, game: TestGame = {}): FinishedGame {
  const { mode = 'ranked', players = ['ana', 'bo'], winner = 0, status = 'completed' } = game
  const moves = winner === null ? NOBODY_WINS : winner === 0 ? X_WINS : O_WINS
  const endedAtMs = game.endedAtMs ?? BEGUN_MS + n * 60_000
  const createdAtMs = endedAtMs - GAME_MS
  const room: FinishedGame['room'] = {
    mode,
    players: [player(players[0]), player(players[1])],
    turnMs: 30_000,
    createdAtMs,
    version: moves.length + 2,
    moves,
    movedAtMs: moves.map((_, ply) => createdAtMs + 1_000 * (ply + 1)),
    status,
    reason: game.reason ?? (winner === null ? 'board_full' : 'line'),
    winner: status === 'aborted' ? null : winner,
    line: winner === null ? null : winner === 0 ? [0, 1, 2] : [3, 4, 5],
    deadlineMs: null,
    endedAtMs,
    offer: null,
  }
  return { gameId: testGameId(n), room, match: null }
}

const player = (id: string): Player => ({
  id: id as UserId,
  name: `The ${id}`,
  rating: id.startsWith('bot-') ? null : 1500,
  ...(id.startsWith('bot-') ? { botLevel: 3 } : {}),
})
