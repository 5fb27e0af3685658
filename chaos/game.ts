import type { GameStatus } from '../protocol/messages.ts'

/** One's own game as last seen. */
export interface Game {
  readonly id: string
  readonly seat: 0 | 1
  moves: number[]
  version: number
  status: GameStatus
}

const CELLS = [0, 1, 2, 3, 4, 5, 6, 7, 8]

export const mayMove = ({ status, moves, seat }: Game): boolean => status === 'active' && moves.length % 2 === seat
export const freeCells = ({ moves }: Game): number[] => CELLS.filter((cell) => !moves.includes(cell))
