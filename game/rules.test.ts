import { expect, test } from 'vitest'
import { boardCode, cellsIn, isCell, LINES, marksOf, otherSeat, seatOfPly, winnerLine } from './rules.ts'

test('[R1] the cells are the integers 0..8, row by row', () => {
  const candidates = [-1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 8.5, 9, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]
  expect(candidates.filter(isCell)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(cellsIn(0b100_010_001)).toEqual([0, 4, 8])
})

test('[R2] even plies are X, odd plies are O', () => {
  expect([0, 1, 2, 3, 8].map(seatOfPly)).toEqual([0, 1, 0, 1, 0])
  expect([otherSeat(0), otherSeat(1)]).toEqual([1, 0])
  expect(marksOf([4, 0, 8])).toEqual([2, 0, 0, 0, 1, 0, 0, 0, 1])
})

test('[R3] the lines are three rows, three columns and two diagonals', () => {
  const straight = []
  for (let a = 0; a < 9; a++)
    for (let b = a + 1; b < 9; b++) for (let c = b + 1; c < 9; c++) if (isStraight([a, b, c])) straight.push([a, b, c])
  expect([...LINES].sort()).toEqual(straight.sort())
})

test('[R3] only the last move completes a line', () => {
  expect(winnerLine([])).toBeNull()
  expect(winnerLine([0, 3, 1, 4])).toBeNull()
  expect(winnerLine([0, 3, 1, 4, 2])).toEqual([0, 1, 2])
  expect(winnerLine([0, 2, 1, 4, 8, 6])).toEqual([2, 4, 6])
})

test('[R3] of two lines at once the first in the order of rows, columns, diagonals counts', () => {
  expect(winnerLine([1, 4, 2, 5, 3, 7, 6, 8, 0])).toEqual([0, 1, 2])
  expect(winnerLine([0, 1, 8, 3, 6, 5, 2, 7, 4])).toEqual([0, 4, 8])
})

test('[R5] the board code sums mark * 3^cell', () => {
  expect(boardCode([])).toBe(0)
  expect(boardCode([0])).toBe(1)
  expect(boardCode([0, 8])).toBe(1 + 2 * 6_561)
  expect(boardCode([4, 0, 2])).toBe(81 + 2 + 9)
  expect(boardCode([0, 1, 2, 4, 3, 5, 7, 6, 8])).toBe(1 + 2 * 3 + 9 + 27 + 2 * 81 + 2 * 243 + 2 * 729 + 2_187 + 6_561)
})

/** By coordinates, unlike the table under test: the middle cell is the midpoint, at king's distance 1 from both ends. */
function isStraight([a, b, c]: readonly [number, number, number]): boolean {
  const rows = [a, b, c].map((cell) => Math.floor(cell / 3))
  const columns = [a, b, c].map((cell) => cell % 3)
  const evenly = ([p, q, r]: readonly number[]) => q! - p! === r! - q! && Math.abs(q! - p!) <= 1
  return evenly(rows) && evenly(columns)
}
