import type { ErrorCode, ErrorDetails } from './errors.ts'
import type { GameId, UserId } from './ids.ts'

/** 0 is X and moves first, 1 is O. */
export type Seat = 0 | 1
export type Mode = 'casual' | 'ranked' | 'bot' | 'private'
/** Modes that FIND takes. */
export type QueueMode = 'casual' | 'ranked'
export type BotLevel = 1 | 2 | 3
export type GameStatus = 'active' | 'completed' | 'forfeited' | 'aborted'
export type EndReason = 'line' | 'board_full' | 'resign' | 'timeout' | 'lost'
export type Line = readonly [number, number, number]
export type ServiceLevel = 'full' | 'limited' | 'emergency' | 'maintenance'
/** On what promise P1 rests: see docs/ARCHITECTURE.md, "Durability". */
export type Durability = 'process' | 'disk' | 'replicated' | 'sync'
export type GoodbyeReason = 'draining' | 'cut_off' | 'maintenance'

export type ClientMessage =
  | { readonly type: 'find'; readonly rid: number; readonly mode: QueueMode }
  | { readonly type: 'find'; readonly rid: number; readonly mode: 'bot'; readonly level: BotLevel }
  | { readonly type: 'cancel'; readonly rid: number }
  | { readonly type: 'watch'; readonly rid: number; readonly gameId: string }
  | { readonly type: 'unwatch'; readonly rid: number; readonly gameId: string }
  | {
      readonly type: 'move'
      readonly rid: number
      readonly gameId: string
      readonly ply: number
      readonly cell: number
    }
  | { readonly type: 'resign'; readonly rid: number; readonly gameId: string }
  | { readonly type: 'rematch'; readonly rid: number; readonly gameId: string }
  | { readonly type: 'invite'; readonly rid: number }
  | { readonly type: 'accept'; readonly rid: number; readonly code: string }
  | { readonly type: 'ping'; readonly clientTime: number }
  | { readonly type: 'auth'; readonly rid: number; readonly jwt: string }
  | { readonly type: 'say'; readonly rid: number; readonly gameId: string; readonly phrase: number }

export interface PlayerView {
  readonly id: UserId
  readonly name: string
  readonly rating: number | null
  readonly connected: boolean
}

/** The full snapshot in STATE. `moves` are cells in the order played; instants are ms since the Unix epoch. */
export interface GameView {
  readonly mode: Mode
  readonly players: readonly [PlayerView, PlayerView]
  readonly moves: readonly number[]
  readonly turn: Seat | null
  readonly status: GameStatus
  readonly reason: EndReason | null
  readonly winner: Seat | null
  readonly line: Line | null
  readonly deadline: number | null
  readonly createdAt: number
  readonly you: Seat | null
}

export interface WelcomeInfo {
  readonly name: string
  readonly games: readonly GameId[]
  readonly queue: QueueMode | null
  readonly protocol: 1
  readonly server: string
  readonly level: ServiceLevel
  readonly durability: Durability
}

export type ServerMessage =
  | { readonly type: 'welcome'; readonly userId: UserId; readonly serverTime: number; readonly info: WelcomeInfo }
  | { readonly type: 'ok'; readonly rid: number; readonly value?: string }
  | {
      readonly type: 'error'
      readonly rid: number | null
      readonly code: ErrorCode
      readonly message: string
      readonly details?: ErrorDetails
    }
  | { readonly type: 'state'; readonly gameId: GameId; readonly version: number; readonly game: GameView }
  | {
      readonly type: 'moved'
      readonly gameId: GameId
      readonly version: number
      readonly ply: number
      readonly cell: number
      readonly board: number
      readonly deadline: number | null
    }
  | {
      readonly type: 'ended'
      readonly gameId: GameId
      readonly version: number
      readonly status: GameStatus
      readonly reason: EndReason
      readonly winner: Seat | null
      readonly line: Line | null
    }
  | { readonly type: 'presence'; readonly gameId: GameId; readonly seat: Seat; readonly connected: boolean }
  | {
      readonly type: 'queue'
      readonly mode: QueueMode
      readonly waitedMs: number
      readonly width: number | null
      readonly online: number
      readonly botOffered: boolean
    }
  | { readonly type: 'goodbye'; readonly reason: GoodbyeReason; readonly retryAfterMs: number }
  | { readonly type: 'offer'; readonly gameId: GameId; readonly seat: Seat }
  | { readonly type: 'pong'; readonly clientTime: number; readonly serverTime: number }
  | { readonly type: 'said'; readonly gameId: GameId; readonly seat: Seat | null; readonly phrase: number }
  | {
      readonly type: 'rated'
      readonly gameId: GameId
      readonly ratings: readonly [readonly [number, number], readonly [number, number]]
    }
  | { readonly type: 'watchers'; readonly gameId: GameId; readonly count: number }
  | { readonly type: 'undone'; readonly gameId: GameId; readonly version: number }
