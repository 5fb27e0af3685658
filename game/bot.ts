import { assert, unreachable } from '../kit/assert.ts'
import { pick, type Random } from '../kit/random.ts'
import { type BotLevel, type Room, turnOf } from './room.ts'
import { ALL_CELLS, cellsIn, cellsOf, lineIn, otherSeat, seatOfPly } from './rules.ts'
import { bestCells } from './solver.ts'

/** How often level 2 picks a cell that neither wins nor blocks, relative to the others: centre, corners, edges. */
const PREFERENCE = [2, 1, 2, 1, 4, 1, 2, 1, 2] as const

/** The level of the bot whose move it is; null when a person is to move or the game is over. */
export function botToMove(room: Room): BotLevel | null {
  const seat = turnOf(room)
  return seat === null ? null : (room.players[seat].botLevel ?? null)
}

/** The cell that the bot to move plays. Ask only when `botToMove` names a level. */
export function botMove(room: Room, random: Random): number {
  const level = botToMove(room)
  assert(level !== null, 'a bot is to move')
  return botCell(room.moves, level, random)
}

/** The cell that a bot of `level` plays after `moves`, of a game that is not over. */
export function botCell(moves: readonly number[], level: BotLevel, random: Random): number {
  switch (level) {
    case 1:
      return pick(random, freeCells(moves))
    case 2:
      return pick(random, alertCells(moves))
    case 3:
      return pick(random, bestCells(moves))
    default:
      return unreachable(level)
  }
}

const freeCells = (moves: readonly number[]): number[] => cellsIn(ALL_CELLS & ~(cellsOf(moves, 0) | cellsOf(moves, 1)))

/** Wins, else blocks, else all free cells, each as often as it is preferred. */
function alertCells(moves: readonly number[]): readonly number[] {
  const seat = seatOfPly(moves.length)
  const free = freeCells(moves)
  const completing = (set: number) => free.filter((cell) => lineIn(set | (1 << cell)) !== null)
  const wins = completing(cellsOf(moves, seat))
  if (wins.length > 0) return wins
  const blocks = completing(cellsOf(moves, otherSeat(seat)))
  if (blocks.length > 0) return blocks
  return free.flatMap((cell) => new Array<number>(PREFERENCE[cell]!).fill(cell))
}
