import type { GameId, InviteCode, UserId } from '../protocol/ids.ts'
import type { BotLevel, QueueMode, ServerMessage } from '../protocol/messages.ts'
import type { OxoError } from './errors.ts'
import type { Unsubscribe } from './events.ts'
import type { GameState } from './game-state.ts'
import type { GameStore } from './games.ts'
import type { ConnectionStatus } from './link.ts'

type Announced = Exclude<ServerMessage['type'], 'ok' | 'error' | 'pong'>

/** What `on` tells: the server's messages, the connection's status, and errors that answer no request. */
export type OxoEvents = {
  readonly [Type in Announced]: Extract<ServerMessage, { readonly type: Type }>
} & { readonly connection: ConnectionStatus; readonly error: OxoError }

export type Welcome = OxoEvents['welcome']

/**
 * A player's connection to the platform. Every request settles once: with the server's OK, or with an `OxoError`. Lost
 * connections and UNAVAILABLE are repeated behind the scenes until `giveUpMs` has passed; quick chat alone is not.
 */
export interface Oxo {
  /** Connects, and keeps connected until `close`. @throws OxoError after `giveUpMs`, while attempts go on, or when refused */
  connect(): Promise<Welcome>
  /**
   * Ends the session at the platform, on every server, then closes; `all`: every session of the user. `connect` begins a new guest. @throws
   * OxoError when it could not: nothing is known to have changed, and repeating is safe
   */
  logout(options?: { readonly all?: boolean }): Promise<void>
  /**
   * An access token that is good now, for REST. `renew`: a fresh one, which tells others the name that the profile has now. @throws OxoError when
   * none can be had
   */
  accessToken(options?: { readonly renew?: boolean }): Promise<string>
  /** Ends the connection; requests that wait get CLOSED. `connect` starts it again. */
  close(): void
  status(): ConnectionStatus
  /** Who we are, once welcome. */
  userId(): UserId | null
  /** Calls `listener` for each event; game views are up to date when it is called. */
  on<Name extends keyof OxoEvents>(name: Name, listener: (event: OxoEvents[Name]) => void): Unsubscribe
  /** Enters the queue, or starts a game against a bot. The new gameId, or null: queued, the game comes by a `state` event. */
  find(mode: 'bot', options?: { readonly level?: BotLevel }): Promise<GameId>
  find(mode: QueueMode): Promise<GameId | null>
  /** Leaves the queue. */
  cancel(): Promise<void>
  /** Follows a game as player or spectator, also over reconnects. Its state now. */
  watch(gameId: GameId): Promise<GameState>
  unwatch(gameId: GameId): Promise<void>
  /** Plays `cell`, 0..8 row by row, as the next move of the game as we see it. The state that shows it. */
  move(gameId: GameId, cell: number): Promise<GameState>
  resign(gameId: GameId): Promise<void>
  /** Offers a rematch, or accepts the other's offer: then the new gameId. */
  rematch(gameId: GameId): Promise<GameId | null>
  /** Opens a private game. */
  invite(): Promise<InviteCode>
  accept(code: string): Promise<GameId>
  /** Says one of the fixed phrases 0..15 to everyone who watches. Never repeated. */
  say(gameId: GameId, phrase: number): Promise<void>
  /** Round trip in ms. */
  ping(): Promise<number>
  /** The live view of one game. */
  game(gameId: GameId): GameStore
  /** The server's clock, in ms since the Unix epoch: what deadlines are measured by. */
  serverNow(): number
}
