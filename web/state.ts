import type { GameState } from '../client/game-state.ts'
import type { Seat } from '../game/rules.ts'
import { unreachable } from '../kit/assert.ts'
import type { GoodbyeReason, QueueMode, ServiceLevel } from '../protocol/messages.ts'
import {
  canPlay,
  type Game,
  isOurs,
  isRunning,
  type Said,
  withAsked,
  withoutSaid,
  withSaid,
  withShown,
  withView,
} from './game.ts'
import type { Provider } from './providers.ts'
import type { Ask } from './refusals.ts'

export type Connection =
  | { readonly kind: 'connecting' | 'unreached' | 'open' | 'lost' | 'away' | 'replaced' | 'stopped' }
  | { readonly kind: 'leaving'; readonly reason: GoodbyeReason; readonly retryAfterMs: number }

/** A place in the queue. `sinceMs`: when we entered it, by the server's clock. */
export interface Queue {
  readonly mode: QueueMode
  readonly sinceMs: number
  readonly online: number | null
  readonly botOffered: boolean
}

export type Screen =
  | { readonly kind: 'starting' | 'home' }
  | { readonly kind: 'invited' | 'inviting'; readonly code: string }
  | { readonly kind: 'queue'; readonly queue: Queue }
  | { readonly kind: 'game'; readonly game: Game }

export interface PageState {
  readonly connection: Connection
  /** Does the machine itself say that it has no network? The socket notices later. */
  readonly offline: boolean
  readonly level: ServiceLevel
  /** Our own name; null until the server said it. */
  readonly name: string | null
  /** Do we play with an account? A guest otherwise. */
  readonly account: boolean
  readonly providers: readonly Provider[]
  readonly screen: Screen
  /** What we have asked for and wait for. */
  readonly asking: Ask | null
  /** The game that we went away from: it does not come back by itself. */
  readonly leftId: string | null
  readonly error: string | null
}

/** What the server tells of us when a socket opens. */
export interface Welcome {
  readonly name: string
  readonly account: boolean
  readonly level: ServiceLevel
  readonly queue: Queue | null
  /** A game of ours, or the one that the address names, will follow. */
  readonly gameFollows: boolean
}

export type PageEvent =
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'network'; readonly offline: boolean }
  | ({ readonly type: 'welcome' } & Welcome)
  | { readonly type: 'providers'; readonly providers: readonly Provider[] }
  | { readonly type: 'asking'; readonly ask: Ask | null }
  | { readonly type: 'queued' | 'queue'; readonly queue: Queue }
  | { readonly type: 'inviting'; readonly code: string }
  | { readonly type: 'game'; readonly view: GameState; readonly nowMs: number }
  | { readonly type: 'move-asked'; readonly cell: number }
  | { readonly type: 'move-refused' }
  | { readonly type: 'shown'; readonly gameId: string; readonly plies: number }
  | { readonly type: 'offer'; readonly gameId: string; readonly seat: Seat | null }
  | { readonly type: 'said'; readonly gameId: string; readonly said: Said }
  | { readonly type: 'unsaid'; readonly gameId: string; readonly saidId: number }
  | { readonly type: 'home' }
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'dismissed' }

/** `notice`: what the player is told first. */
export const startState = (invite: string | null, notice: string | null = null): PageState => ({
  connection: { kind: 'connecting' },
  offline: false,
  level: 'full',
  name: null,
  account: false,
  providers: [],
  screen: invite === null ? { kind: 'starting' } : { kind: 'invited', code: invite },
  asking: null,
  leftId: null,
  error: notice,
})

/** The only place where the page changes. */
export function reduce(state: PageState, event: PageEvent): PageState {
  switch (event.type) {
    case 'connection':
      return { ...state, connection: connectionAfter(state.connection, event.connection) }
    case 'network':
      return { ...state, offline: event.offline }
    case 'welcome':
      return welcomed(state, event)
    case 'providers':
      return { ...state, providers: event.providers }
    case 'asking':
      return { ...state, asking: event.ask, error: event.ask === null ? state.error : null }
    case 'queued':
      return state.screen.kind === 'queue' ? state : queued(state, event.queue)
    case 'queue':
      return state.screen.kind === 'queue' || state.asking === 'find' ? queued(state, event.queue) : state
    case 'inviting':
      return inRunningGame(state) ? state : { ...state, screen: { kind: 'inviting', code: event.code } }
    case 'game':
      return withGame(state, event.view, event.nowMs)
    case 'move-asked':
      return inGame(state, null, (game) => (canPlay(game, event.cell) ? withAsked(game, event.cell) : game))
    case 'move-refused':
      return inGame(state, null, (game) => ({ ...game, asked: null }))
    case 'shown':
      return inGame(state, event.gameId, (game) => withShown(game, event.plies))
    case 'offer':
      return inGame(state, event.gameId, (game) => ({ ...game, offer: event.seat }))
    case 'said':
      return inGame(state, event.gameId, (game) => withSaid(game, event.said))
    case 'unsaid':
      return inGame(state, event.gameId, (game) => withoutSaid(game, event.saidId))
    case 'home':
      return { ...state, screen: { kind: 'home' }, leftId: gameOf(state)?.view.gameId ?? state.leftId, error: null }
    case 'failed':
      return { ...state, error: event.text, screen: state.screen.kind === 'starting' ? { kind: 'home' } : state.screen }
    case 'dismissed':
      return { ...state, error: null }
    default:
      return unreachable(event)
  }
}

export const gameOf = ({ screen }: PageState): Game | null => (screen.kind === 'game' ? screen.game : null)

/** The query of the page's address: what a reload brings back. Null: as it is. */
export function addressOf({ screen }: PageState): string | null {
  if (screen.kind === 'starting') return null
  if (screen.kind === 'invited') return `?invite=${encodeURIComponent(screen.code)}`
  return screen.kind === 'game' ? `?game=${encodeURIComponent(screen.game.view.gameId)}` : ''
}

/** Do we play, with the game still running? Then nothing else takes the screen. */
export function inRunningGame(state: PageState): boolean {
  const game = gameOf(state)
  return game !== null && isOurs(game) && isRunning(game)
}

const queued = (state: PageState, queue: Queue): PageState =>
  inRunningGame(state) ? state : { ...state, screen: { kind: 'queue', queue } }

/** A goodbye explains the loss that follows it. */
function connectionAfter(before: Connection, now: Connection): Connection {
  if (before.kind === 'leaving' && now.kind === 'lost') return before
  return before.kind === 'unreached' && now.kind === 'connecting' ? before : now
}

function inGame(state: PageState, gameId: string | null, change: (game: Game) => Game): PageState {
  const game = gameOf(state)
  if (game === null || (gameId !== null && game.view.gameId !== gameId)) return state
  return { ...state, screen: { kind: 'game', game: change(game) } }
}

function welcomed(state: PageState, { name, account, level, queue, gameFollows }: Welcome): PageState {
  const known = { ...state, name, account, level, connection: { kind: 'open' } as const }
  if (queue !== null && !inRunningGame(state)) return { ...known, screen: { kind: 'queue', queue } }
  if (gameFollows) return known
  if (state.screen.kind === 'starting') return { ...known, screen: { kind: 'home' } }
  if (state.screen.kind === 'queue') {
    return { ...known, screen: { kind: 'home' }, error: 'Your place in the queue was lost. Please start again.' }
  }
  return known
}

/** A running game of ours always takes the screen; any other only where nothing else is under way. */
function withGame(state: PageState, view: GameState, nowMs: number): PageState {
  const current = gameOf(state)
  const isCurrent = current?.view.gameId === view.gameId
  const isFree = (state.screen.kind === 'starting' || state.screen.kind === 'home') && view.gameId !== state.leftId
  const isOwn = view.you !== null && view.status === 'active'
  if (!isCurrent && !isOwn && !isFree) return state
  return {
    ...state,
    screen: { kind: 'game', game: withView(current, view, nowMs) },
    error: isCurrent ? state.error : null,
  }
}
