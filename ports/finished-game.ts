import type { Room } from '../game/room.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { GameId } from '../protocol/ids.ts'
import { decodeRecord } from './room-record.ts'
import type { MatchReason } from './ticket-queue.ts'

/** A game that is over, as it left its shard's outbox. */
export interface FinishedGame {
  readonly gameId: GameId
  readonly room: Room & { readonly endedAtMs: number }
  readonly match: MatchReason | null
}

/** A clock of ours may run ahead of the reader's by so much, ms; a game from further in the future is refused. */
export const CLOCK_AHEAD_MS = 300_000

/** Reads a result of the outbox. The error says what is wrong with the record: it will be wrong again. */
export function finishedGame(gameId: GameId, result: string, nowMs: number): Result<FinishedGame, string> {
  const stored = decodeRecord(result)
  if (!stored.ok) return stored
  const { room, match } = stored.value
  const { endedAtMs } = room
  if (room.status === 'active' || endedAtMs === null) return err('the game is not over')
  if (endedAtMs < room.createdAtMs) return err('the game ends before it begins')
  if (endedAtMs > nowMs + CLOCK_AHEAD_MS) return err('the game ends in the future')
  return ok({ gameId, room: { ...room, endedAtMs }, match })
}
