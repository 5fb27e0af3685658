import type { Brand } from '../kit/brand.ts'
import type { Line, Seat } from './rules.ts'

export type UserId = Brand<string, 'UserId'>
export type Mode = 'casual' | 'ranked' | 'bot' | 'private'
export type BotLevel = 1 | 2 | 3
export type Status = 'active' | 'completed' | 'forfeited' | 'aborted'
export type EndReason = 'line' | 'board_full' | 'resign' | 'timeout' | 'lost'

export interface Player {
  readonly id: UserId
  readonly name: string
  /** Integer rating shown to others, null when unrated. */
  readonly rating: number | null
  /** Present for a bot, which answers each move at once. */
  readonly botLevel?: BotLevel
}

export interface RematchOffer {
  readonly seat: Seat
  readonly untilMs: number
}

/**
 * One game: all that is durable of it. `version` counts durable changes: 1 is the opening, each `moved` and `ended` adds one.
 * Instants are ms since the Unix epoch by the owner's clock.
 */
export interface Room {
  readonly mode: Mode
  /** By seat: X first. */
  readonly players: readonly [Player, Player]
  readonly turnMs: number
  readonly createdAtMs: number
  readonly version: number
  /** Cells in the order played. */
  readonly moves: readonly number[]
  /** When each move was made, parallel to `moves`. */
  readonly movedAtMs: readonly number[]
  readonly status: Status
  readonly reason: EndReason | null
  readonly winner: Seat | null
  readonly line: Line | null
  /** When the player to move forfeits; null once over. */
  readonly deadlineMs: number | null
  readonly endedAtMs: number | null
  /** The open rematch offer of a finished game. */
  readonly offer: RematchOffer | null
}

export interface Opening {
  readonly mode: Mode
  readonly players: readonly [Player, Player]
  readonly turnMs: number
}

export type RoomCommand =
  | { readonly type: 'move'; readonly seat: Seat; readonly ply: number; readonly cell: number }
  | { readonly type: 'resign'; readonly seat: Seat }
  /** `lapsed`: the other seat's offer counts no more; who offers has played another game since. */
  | { readonly type: 'rematch'; readonly seat: Seat; readonly lapsed?: boolean }
  | { readonly type: 'say'; readonly seat: Seat | null; readonly phrase: number }
  | { readonly type: 'timeout' }
  /** The clock of the player to move is set anew: after a stall, a takeover, a stuck store. */
  | { readonly type: 'extend'; readonly deadlineMs: number }
  | { readonly type: 'abort' }

export type RoomEvent =
  | {
      readonly type: 'moved'
      readonly ply: number
      readonly cell: number
      readonly atMs: number
      readonly deadlineMs: number | null
    }
  | {
      readonly type: 'ended'
      readonly status: Exclude<Status, 'active'>
      readonly reason: EndReason
      readonly winner: Seat | null
      readonly line: Line | null
      readonly atMs: number
    }
  | { readonly type: 'rematch_offered'; readonly offer: RematchOffer }
  | { readonly type: 'rematch_agreed'; readonly seat: Seat }
  | { readonly type: 'said'; readonly seat: Seat | null; readonly phrase: number }
  | { readonly type: 'deadline_moved'; readonly deadlineMs: number }

export type RoomRefusal = 'FORBIDDEN' | 'GAME_OVER' | 'STALE' | 'NOT_YOUR_TURN' | 'INVALID_MOVE'
