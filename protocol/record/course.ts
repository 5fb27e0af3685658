import type { Seat } from '../messages.ts'
import type { RecordFacts } from './types.ts'

/** Where a record is wrong, and why; `key`: nothing is known to be wrong, but who signed it is unknown. */
export type RecordFault =
  | { readonly place: 'format' | 'header' | 'ending' | 'signature' | 'key'; readonly why: string }
  | { readonly place: 'ply'; readonly ply: number; readonly why: string }

const CELLS = 9
const LINES: readonly (readonly [number, number, number])[] = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]

/** The first ply that the rules forbid, or an ending that does not follow from the plies; null: a game as it can be played. */
export function courseFault({ plies, ending }: Pick<RecordFacts, 'plies' | 'ending'>): RecordFault | null {
  const owners: (Seat | null)[] = new Array(CELLS).fill(null)
  let winner: Seat | null = null
  for (const [ply, { cell }] of plies.entries()) {
    if (winner !== null) return { place: 'ply', ply, why: 'a move after the game was won' }
    if (owners[cell] === undefined) return { place: 'ply', ply, why: `there is no cell ${cell}` }
    if (owners[cell] !== null) return { place: 'ply', ply, why: `cell ${cell} was taken` }
    const seat: Seat = ply % 2 === 0 ? 0 : 1
    owners[cell] = seat
    if (LINES.some((line) => line.every((at) => owners[at] === seat))) winner = seat
  }
  return endingFollows(plies.length, winner, ending)
    ? null
    : { place: 'ending', why: 'it does not follow from the moves' }
}

function endingFollows(plies: number, line: Seat | null, { status, reason, winner }: RecordFacts['ending']): boolean {
  if (line !== null) return status === 'completed' && reason === 'line' && winner === line
  if (plies === CELLS) return status === 'completed' && reason === 'board_full' && winner === null
  switch (status) {
    case 'completed':
      return false
    case 'aborted':
      return reason === 'lost' && winner === null
    case 'forfeited':
      // Whoever was to move lost by the clock; anyone may resign.
      return winner !== null && (reason === 'resign' || (reason === 'timeout' && winner === (plies + 1) % 2))
  }
}
