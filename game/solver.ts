import { ALL_CELLS, CELL_COUNT, cellsIn, cellsOf, codeOfSets, lineIn, otherSeat, seatOfPly } from './rules.ts'

const UNKNOWN = 127
/** By board code as the side to move sees it (own cells 1, the other's 2). Filled as positions are asked for: 5,478 at most. */
const known = new Int8Array(3 ** CELL_COUNT).fill(UNKNOWN)

/**
 * How the game ends from here with best play of both, for the side to move: 0 a draw, positive a win, negative a
 * loss. The size is 1 + the cells left free at the end: an earlier win is better, an earlier loss worse.
 */
function score(own: number, other: number): number {
  const code = codeOfSets(own, other)
  const seen = known[code]!
  if (seen !== UNKNOWN) return seen
  const free = cellsIn(ALL_CELLS & ~(own | other))
  let best = free.length === 0 ? 0 : -UNKNOWN
  if (lineIn(other) !== null) best = -(1 + free.length)
  else for (const cell of free) best = Math.max(best, -score(other, own | (1 << cell)))
  known[code] = best
  return best
}

/** Every cell that perfect play may choose after `moves`, ascending: it wins soonest, else draws, else loses latest. */
export function bestCells(moves: readonly number[]): readonly number[] {
  const seat = seatOfPly(moves.length)
  const own = cellsOf(moves, seat)
  const other = cellsOf(moves, otherSeat(seat))
  const target = score(own, other)
  return cellsIn(ALL_CELLS & ~(own | other)).filter((cell) => -score(other, own | (1 << cell)) === target)
}
