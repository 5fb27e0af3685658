import type { GameState } from '../client/game-state.ts'
import { marksOf, type Seat, seatOfPly } from '../game/rules.ts'

/** A phrase on show beside its speaker; `id` tells two equal ones apart. Seat null: a spectator. */
export interface Said {
  readonly id: number
  readonly seat: Seat | null
  readonly phrase: number
}

/** A game as this page has it: what the server said, and what is only ours to show. */
export interface Game {
  readonly view: GameState
  /** How many moves are on show: a bot's answer waits a moment, so that one sees who played what. */
  readonly shown: number
  /** Our move that the server has not answered yet. */
  readonly asked: { readonly ply: number; readonly cell: number } | null
  /** The longest turn seen, in ms: what a full time bar stands for. */
  readonly turnMs: number
  /** Who offers a rematch, while the offer stands. */
  readonly offer: Seat | null
  readonly said: readonly Said[]
}

export const isOurs = ({ view }: Game): boolean => view.you !== null
export const isRunning = ({ view }: Game): boolean => view.status === 'active'

const opened = (view: GameState, nowMs: number): Game => ({
  view,
  shown: view.moves.length,
  asked: null,
  turnMs: turnLeftMs(view, nowMs),
  offer: view.offer,
  said: [],
})

/** Takes in what the server says of this game or of another. `nowMs`: the server's clock. */
export function withView(game: Game | null, view: GameState, nowMs: number): Game {
  if (game === null || game.view.gameId !== view.gameId) return opened(view, nowMs)
  const { asked } = game
  const answered = asked !== null && (view.moves.length > asked.ply || view.turn !== view.you)
  return {
    ...game,
    view,
    shown: shownOf(game, view),
    asked: answered ? null : asked,
    turnMs: Math.max(game.turnMs, turnLeftMs(view, nowMs)),
  }
}

/** A bot answers in the same instant: its new move stays hidden until `withShown`. */
function shownOf(game: Game, view: GameState): number {
  const played = view.moves.length
  if (played === game.view.moves.length) return game.shown
  const botMoved = view.mode === 'bot' && played > 0 && seatOfPly(played - 1) !== view.you
  return botMoved ? played - 1 : played
}

/** Turns take whole seconds, and the server's clock is known to less than half of one. */
const turnLeftMs = ({ deadline }: GameState, nowMs: number): number =>
  1000 * Math.round(Math.max(0, (deadline ?? nowMs) - nowMs) / 1000)

export const isHolding = (game: Game): boolean => game.shown < game.view.moves.length
/** Shows the first `plies` moves, and what is on show already. */
export const withShown = (game: Game, plies: number): Game => ({
  ...game,
  shown: Math.min(game.view.moves.length, Math.max(game.shown, plies)),
})

/** May we play this cell now? By the truth, not by what is on show: it is the server that will be asked. */
export const canPlay = ({ view, asked }: Game, cell: number): boolean =>
  view.status === 'active' &&
  view.you !== null &&
  view.turn === view.you &&
  asked === null &&
  !view.moves.includes(cell)

/** Our move, on its way. Whoever moves has seen enough: nothing stays hidden. */
export const withAsked = (game: Game, cell: number): Game => ({
  ...game,
  shown: game.view.moves.length,
  asked: { ply: game.view.moves.length, cell },
})

/** The game as shown: with a move held back it is still running, and still that side's turn. */
export function shownView(game: Game): GameState {
  const { view, shown } = game
  if (!isHolding(game)) return view
  const before = { status: 'active', reason: null, winner: null, line: null } as const
  return { ...view, ...before, moves: view.moves.slice(0, shown), turn: seatOfPly(shown) }
}

/** One phrase a speaker is on show: a newer one takes the place of the last. */
export const withSaid = (game: Game, said: Said): Game => ({
  ...game,
  said: [...game.said.filter(({ seat }) => seat !== said.seat), said],
})

export const withoutSaid = (game: Game, id: number): Game => ({
  ...game,
  said: game.said.filter((one) => one.id !== id),
})

/** Who watches beside the players; WATCHERS counts the players' own sockets too. */
export const spectatorsOf = ({ watchers, players, mode }: GameState): number =>
  Math.max(0, (watchers ?? 0) - players.filter(({ connected }) => connected).length + (mode === 'bot' ? 1 : 0))

export type CellMark = 'X' | 'O' | ''

/** The nine marks after a list of moves. */
export const cellMarks = (moves: readonly number[]): readonly CellMark[] =>
  marksOf(moves).map((mark) => (['', 'X', 'O'] as const)[mark])
