import { otherSeat, type Seat, seatOfPly } from '../game/rules.ts'
import type { GameView } from '../protocol/messages.ts'

/** How a game stands for whoever looks at this page. */
export interface Standing {
  readonly state: 'your-turn' | 'their-turn' | 'won' | 'lost' | 'drawn' | 'annulled' | 'watching'
  /** A few words, large. */
  readonly headline: string
  /** Why, or what to do; may be empty. */
  readonly detail: string
}

export const symbolOf = (seat: Seat): 'X' | 'O' => (seat === 0 ? 'X' : 'O')

export function standingOf(view: GameView): Standing {
  return view.status === 'active' ? running(view) : over(view)
}

function running(view: GameView): Standing {
  const turn = view.turn ?? seatOfPly(view.moves.length)
  const waiting = `Waiting for ${view.players[turn].name}.`
  if (view.you === null) return { state: 'watching', headline: `${symbolOf(turn)} to move`, detail: waiting }
  if (turn !== view.you) return { state: 'their-turn', headline: 'Their turn', detail: waiting }
  return { state: 'your-turn', headline: 'Your turn', detail: `You are ${symbolOf(view.you)}. Choose a free cell.` }
}

function over(view: GameView): Standing {
  const { you, winner } = view
  if (view.status === 'aborted') {
    return { state: 'annulled', headline: 'Game annulled', detail: 'The game was lost on our side. It does not count.' }
  }
  if (winner === null) {
    return { state: you === null ? 'watching' : 'drawn', headline: 'A draw', detail: 'The board is full.' }
  }
  const detail = reasonFor(view, winner)
  if (you === null) return { state: 'watching', headline: `${symbolOf(winner)} won`, detail }
  if (you === winner) return { state: 'won', headline: 'You won', detail }
  return { state: 'lost', headline: 'You lost', detail }
}

function reasonFor(view: GameView, winner: Seat): string {
  const loser = otherSeat(winner)
  const who = loser === view.you ? 'You' : view.players[loser].name
  if (view.reason === 'resign') return `${who} resigned.`
  if (view.reason === 'timeout') return `${who} ran out of time.`
  return `Three ${symbolOf(winner)} in a row.`
}

export const cellName = (cell: number): string => `row ${Math.floor(cell / 3) + 1}, column ${(cell % 3) + 1}`

/** For those who listen: the last move, then how the game stands. */
export function spoken(view: GameView): string {
  const { state, headline, detail } = standingOf(view)
  const last = view.moves.at(-1)
  if (last === undefined) return `${headline}. ${detail}`
  const seat = seatOfPly(view.moves.length - 1)
  const who = seat === view.you ? 'You' : view.players[seat].name
  const standing = state === 'your-turn' ? `${headline}.` : `${headline}. ${detail}`
  return `${who} played ${symbolOf(seat)} on ${cellName(last)}. ${standing}`
}

/** The browser tab's title. */
export function titleOf(view: GameView | null): string {
  return view === null ? 'Oxo: live tic-tac-toe' : `${standingOf(view).headline} · Oxo`
}
