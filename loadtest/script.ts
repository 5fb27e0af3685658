import { boardCode, CELL_COUNT, winnerLine } from '../game/rules.ts'
import { below, seededRandom } from '../kit/random.ts'

/** The moves of one game, known before it starts, so that the generator spends nothing on choosing. */
export interface Script {
  /** Cells in the order played; the game is over after the last of them. */
  readonly cells: readonly number[]
  /** The board code that MOVED must carry after each ply. */
  readonly boards: readonly number[]
}

/** Cuts an order of the nine cells off where the game ends. */
export function scriptOf(order: readonly number[]): Script {
  const cells: number[] = []
  const boards: number[] = []
  for (const cell of order) {
    cells.push(cell)
    boards.push(boardCode(cells))
    if (winnerLine(cells) !== null) break
  }
  return { cells, boards }
}

/** A draw of nine moves. It begins at the last cell: every board code on the way takes the same number of bytes. */
export const drawnGame: Script = scriptOf([8, 7, 6, 4, 5, 3, 1, 2, 0])

/** A game that its id decides: whoever meets it, and whenever, plays on by the same script. */
export function gameOfId(gameId: string): Script {
  const random = seededRandom(hashOf(gameId))
  const order = Array.from({ length: CELL_COUNT }, (_, cell) => cell)
  for (let i = order.length - 1; i > 0; i--) {
    const other = below(random, i + 1)
    const cell = order[i]!
    order[i] = order[other]!
    order[other] = cell
  }
  return scriptOf(order)
}

/** FNV-1a of the id's characters, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
