import type { Room } from '../../game/room.ts'
import type { Result } from '../../kit/result.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import type { MatchReason } from '../../ports/ticket-queue.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { GameId, InviteCode, UserId } from '../../protocol/ids.ts'
import type { BotLevel } from '../../protocol/messages.ts'

/** A game as REST shows it. */
export interface GameSnapshot {
  readonly gameId: GameId
  readonly room: Room
  readonly match: MatchReason | null
}

/** What REST asks of the gateway: the same requests that sockets make, answered when they are durable. */
export interface GamesService {
  createBotGame(user: Identity, level: BotLevel, idempotencyKey: string | null): Promise<Result<GameSnapshot, Refusal>>
  /** Opens a private game; the same open code when asked again. */
  invite(user: Identity): Promise<Result<InviteCode, Refusal>>
  accept(user: Identity, code: string): Promise<Result<GameSnapshot, Refusal>>
  game(gameId: string): Promise<Result<GameSnapshot, Refusal>>
  /** `ply` null: the current one. */
  move(user: Identity, gameId: string, ply: number | null, cell: number): Promise<Result<GameSnapshot, Refusal>>
  resign(user: Identity, gameId: string): Promise<Result<GameSnapshot, Refusal>>
  /** The player's running games. */
  games(userId: UserId): Promise<readonly GameId[]>
}
