import type { EndReason, Mode, Player, Status } from '../game/room.ts'
import type { Seat } from '../game/rules.ts'
import { afterGame, NO_GAMES, type Statistics } from '../game/statistics.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type GameId, isGameId, isUserId, type UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'

/** A finished game as statistics know it: the ledger's row, without when it was applied and what that did. */
export interface GameResult {
  readonly gameId: GameId
  /** By seat; a bot has an id too. */
  readonly players: readonly [UserId, UserId]
  readonly mode: Mode
  readonly status: Exclude<Status, 'active'>
  readonly reason: EndReason
  readonly winner: Seat | null
  readonly moves: number
  /** ms since the Unix epoch. */
  readonly createdAtMs: number
  readonly endedAtMs: number
  /** In both players' statistics: neither a bot's game nor an annulled one. */
  readonly counted: boolean
  /** In both players' ratings: ranked games that count. */
  readonly rated: boolean
}

/** Ratings before and after a rated game, by seat, exact. */
export type RatingChange = readonly [
  x: readonly [before: number, after: number],
  o: readonly [before: number, after: number],
]

/** As sets, complete by their types: records come from a store, not from the compiler. */
const MODES = { casual: 1, ranked: 1, bot: 1, private: 1 } as const satisfies Record<Mode, 1>
const STATUSES = { completed: 1, forfeited: 1, aborted: 1 } as const satisfies Record<Exclude<Status, 'active'>, 1>
const REASONS = { line: 1, board_full: 1, resign: 1, timeout: 1, lost: 1 } as const satisfies Record<EndReason, 1>

const NAME_LENGTH_MAX = 128
/** 9999-12-31, where dates of the stores end. */
const INSTANT_MAX_MS = 253_402_300_799_999

/** What a store may keep of the game. The error says why it never can be kept: somebody else's record, or a broken one. */
export function gameResult({ gameId, room }: FinishedGame): Result<GameResult, string> {
  const { mode, players, status, reason, winner, moves, createdAtMs, endedAtMs } = room
  if (!isGameId(gameId)) return err('not a game id of ours')
  if (status === 'active' || reason === null) return err('the game is not over')
  if (!(Object.hasOwn(MODES, mode) && Object.hasOwn(STATUSES, status) && Object.hasOwn(REASONS, reason)))
    return err('not a mode or an end of ours')
  if (!players.every(isPlayer)) return err('not a player of ours')
  if (players[0].id === players[1].id) return err('a player against themselves')
  if (![createdAtMs, endedAtMs].every((atMs) => Number.isSafeInteger(atMs) && atMs >= 0 && atMs <= INSTANT_MAX_MS))
    return err('not an instant')
  if (winner !== null && winner !== 0 && winner !== 1) return err('not a winner')
  const counted = status !== 'aborted' && players.every(isHuman)
  return ok({
    gameId,
    players: [players[0].id, players[1].id],
    mode,
    status,
    reason,
    winner,
    moves: moves.length,
    createdAtMs,
    endedAtMs,
    counted,
    rated: counted && mode === 'ranked',
  })
}

export const isHuman = (player: Player): boolean => player.botLevel === undefined

const isPlayer = ({ id, name }: Player): boolean =>
  isUserId(id) && typeof name === 'string' && name.length <= NAME_LENGTH_MAX && !name.includes('\0')

/** Counts the game in its players' statistics, in place; absent ones have no games yet. The ratings that it changed, else null. */
export function countInPlace(table: Map<UserId, Statistics>, result: GameResult): RatingChange | null {
  if (!result.counted) return null
  const [x, o] = result.players
  const before = [table.get(x) ?? NO_GAMES, table.get(o) ?? NO_GAMES] as const
  const after = afterGame(before, result)
  table.set(x, after[0])
  table.set(o, after[1])
  if (!result.rated) return null
  return [
    [before[0].rating.rating, after[0].rating.rating],
    [before[1].rating.rating, after[1].rating.rating],
  ]
}
