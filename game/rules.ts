/** 0 is X and moves first, 1 is O. */
export type Seat = 0 | 1
/** Three cells in ascending order. */
export type Line = readonly [number, number, number]
/** What a board code counts per cell: 0 free, 1 X, 2 O. */
export type Mark = 0 | 1 | 2

/** Cells of the board, numbered 0..8 row by row. */
export const CELL_COUNT = 9
/** A set of cells is a bit mask: bit n stands for cell n. This one holds all nine. */
export const ALL_CELLS = 0b111_111_111

/** Rows, columns, diagonals. A move that completes two lines reports the first of them in this order. */
export const LINES: readonly Line[] = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]

const setOf = (cells: readonly number[]): number => cells.reduce((set, cell) => set | (1 << cell), 0)
const everySet = Array.from({ length: ALL_CELLS + 1 }, (_, set) => set)

/** By set: the first line in it. A table, because every move of every game asks. */
const lineBySet: readonly (Line | null)[] = everySet.map(
  (set) => LINES.find((line) => (setOf(line) & ~set) === 0) ?? null,
)
/** By set: the sum of 3^cell over its cells. */
const weightBySet = Uint16Array.from(everySet, (set) => cellsIn(set).reduce((sum, cell) => sum + 3 ** cell, 0))

export const otherSeat = (seat: Seat): Seat => (seat === 0 ? 1 : 0)
/** Who makes move number `ply`. */
export const seatOfPly = (ply: number): Seat => (ply % 2 === 0 ? 0 : 1)
export const isCell = (cell: number): boolean => Number.isInteger(cell) && cell >= 0 && cell < CELL_COUNT

/** The set of cells that a seat holds after `moves`. */
export function cellsOf(moves: readonly number[], seat: Seat): number {
  let set = 0
  for (let ply: number = seat; ply < moves.length; ply += 2) set |= 1 << moves[ply]!
  return set
}

/** The cells of a set, ascending. */
export function cellsIn(set: number): number[] {
  const cells: number[] = []
  for (let cell = 0; cell < CELL_COUNT; cell++) if ((set & (1 << cell)) !== 0) cells.push(cell)
  return cells
}

/** The line that a set of cells contains, if any. */
export const lineIn = (set: number): Line | null => lineBySet[set]!

/** The line that the last move completed, if any. */
export const winnerLine = (moves: readonly number[]): Line | null => lineIn(cellsOf(moves, seatOfPly(moves.length + 1)))

/** The board as one number in 0..19682: the sum of mark * 3^cell, the first set being marked 1, the second 2. */
export const codeOfSets = (first: number, second: number): number => weightBySet[first]! + 2 * weightBySet[second]!

/** The board after `moves` as one number: the sum of mark * 3^cell. */
export const boardCode = (moves: readonly number[]): number => codeOfSets(cellsOf(moves, 0), cellsOf(moves, 1))

/** The board after `moves`, a mark per cell. */
export function marksOf(moves: readonly number[]): Mark[] {
  const marks = new Array<Mark>(CELL_COUNT).fill(0)
  moves.forEach((cell, ply) => {
    marks[cell] = seatOfPly(ply) === 0 ? 1 : 2
  })
  return marks
}
