import type { Seat } from '../protocol/messages.ts'

export type Cells = readonly (Seat | null)[]

/** Who marked each of the 9 cells, row by row, after these moves. */
export function cellsOf(moves: readonly number[]): Cells {
  const cells = new Array<Seat | null>(9).fill(null)
  moves.forEach((cell, ply) => {
    cells[cell] = (ply % 2) as Seat
  })
  return cells
}

/** The board in one integer, as in MOVED: the sum of mark * 3^cell, mark 1 for X and 2 for O. */
export const boardCode = (moves: readonly number[]): number =>
  moves.reduce((sum, cell, ply) => sum + ((ply % 2) + 1) * 3 ** cell, 0)
