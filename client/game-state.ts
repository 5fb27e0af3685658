import type { GameId } from '../protocol/ids.ts'
import type { GameView, Seat, ServerMessage } from '../protocol/messages.ts'
import { boardCode, type Cells, cellsOf } from './board.ts'

type Message<Type extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: Type }>
/** Everything that the server says about one game. */
export type GameMessage = Extract<ServerMessage, { readonly gameId: GameId }>

/** One game as the server showed it at `version`. A new object for each change; never mixed from two histories. */
export interface GameState extends GameView {
  readonly gameId: GameId
  readonly version: number
  /** Who marked each cell, row by row; derived from `moves`. */
  readonly cells: Cells
  /** The seat that offers a rematch. The offer ends 60 s after it came, unless taken. */
  readonly offer: Seat | null
  /** `[before, after]` of each seat, once the game was rated. */
  readonly ratings: Message<'rated'>['ratings'] | null
  readonly watchers: number | null
}

/** `mayFall`: the next STATE answers our WATCH, so it holds even with a lower version. */
export interface Tracked {
  readonly state: GameState | null
  readonly mayFall: boolean
}

/** `resync`: something was missed or contradicts what we hold; only WATCH can tell. */
export interface Applied {
  readonly tracked: Tracked
  readonly resync: boolean
}

export const untracked: Tracked = { state: null, mayFall: false }

/** After the OK to WATCH: the STATE of that WATCH comes next. */
export const snapshotPromised = (tracked: Tracked): Tracked => ({ ...tracked, mayFall: true })

/** Folds one message in. Older ones are dropped, the next one is applied, anything else asks for a resync. Pure. */
export function applyMessage(tracked: Tracked, message: GameMessage): Applied {
  const { state } = tracked
  if (message.type === 'state') return applyState(tracked, message)
  if (state === null) return { tracked, resync: message.type === 'moved' || message.type === 'ended' }
  switch (message.type) {
    case 'moved':
      return message.version > state.version ? moveOn(tracked, state, message) : recall(tracked, state, message)
    case 'ended':
      return endOn(tracked, state, message)
    case 'undone':
      // Of version 0 nothing is left: WATCH says whether the game has come back.
      return { ...changed(tracked, undo(state, message.version)), resync: message.version === 0 }
    case 'presence':
      return changed(tracked, { ...state, players: withPresence(state.players, message) })
    case 'offer':
      return changed(tracked, { ...state, offer: message.seat })
    case 'rated':
      return changed(tracked, { ...state, ratings: message.ratings })
    case 'watchers':
      return changed(tracked, { ...state, watchers: message.count })
    case 'said':
      return kept(tracked)
  }
}

const kept = (tracked: Tracked): Applied => ({ tracked, resync: false })
const astray = (tracked: Tracked): Applied => ({ tracked, resync: true })
const changed = (tracked: Tracked, state: GameState): Applied => kept({ ...tracked, state })

function applyState(tracked: Tracked, { gameId, version, game }: Message<'state'>): Applied {
  const { state, mayFall } = tracked
  if (state !== null && version < state.version && !mayFall) return kept(tracked)
  const over = game.status !== 'active'
  const ours = state !== null && over ? { offer: state.offer, ratings: state.ratings } : { offer: null, ratings: null }
  const watchers = state?.watchers ?? null
  return kept({ state: { ...game, gameId, version, cells: cellsOf(game.moves), ...ours, watchers }, mayFall: false })
}

function moveOn(tracked: Tracked, state: GameState, message: Message<'moved'>): Applied {
  const { version, ply, cell, board, deadline } = message
  const next = version === state.version + 1 && ply === state.moves.length && state.status === 'active'
  if (!next || state.cells[cell] !== null) return astray(tracked)
  const moves = [...state.moves, cell]
  if (boardCode(moves) !== board) return astray(tracked)
  const turn = deadline === null ? null : ((moves.length % 2) as Seat)
  return changed(tracked, { ...state, version, moves, cells: cellsOf(moves), turn, deadline })
}

/** A move that we have already: the same one is a repeat, another one means that histories differ. */
const recall = (tracked: Tracked, state: GameState, { version, ply, cell, board }: Message<'moved'>): Applied =>
  ply === version - 2 && state.moves[ply] === cell && boardCode(state.moves.slice(0, ply + 1)) === board
    ? kept(tracked)
    : astray(tracked)

function endOn(tracked: Tracked, state: GameState, message: Message<'ended'>): Applied {
  const { version, status, reason, winner, line } = message
  if (version <= state.version) {
    const same = version === state.version && status === state.status && winner === state.winner
    return same ? kept(tracked) : astray(tracked)
  }
  if (version !== state.version + 1 || state.status !== 'active') return astray(tracked)
  return changed(tracked, { ...state, version, status, reason, winner, line, turn: null, deadline: null })
}

/** Takes back what came above `version`: version 1 is the opening and each move adds one, so `version - 1` moves stay. */
function undo(state: GameState, version: number): GameState {
  if (version >= state.version) return state
  const moves = state.moves.slice(0, Math.max(0, version - 1))
  const open = {
    status: 'active',
    reason: null,
    winner: null,
    line: null,
    deadline: null,
    offer: null,
    ratings: null,
  } as const
  return { ...state, ...open, version, moves, cells: cellsOf(moves), turn: (moves.length % 2) as Seat }
}

function withPresence(players: GameView['players'], { seat, connected }: Message<'presence'>): GameView['players'] {
  const [x, o] = players
  return seat === 0 ? [{ ...x, connected }, o] : [x, { ...o, connected }]
}
