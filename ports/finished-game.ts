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

/**
 * Reads a result of the outbox. Owners' wall clocks differ and are set back: here no instant is before the one before it. The error says what
 * is wrong with the record: it will be wrong again.
 */
export function finishedGame(gameId: GameId, result: string, nowMs: number): Result<FinishedGame, string> {
  const stored = decodeRecord(result)
  if (!stored.ok) return stored
  const { room, match } = stored.value
  if (room.status === 'active' || room.endedAtMs === null) return err('the game is not over')
  let lastMs = room.createdAtMs
  const movedAtMs = room.movedAtMs.map((atMs) => {
    lastMs = Math.max(lastMs, atMs)
    return lastMs
  })
  const endedAtMs = Math.max(lastMs, room.endedAtMs)
  if (endedAtMs > nowMs + CLOCK_AHEAD_MS) return err('the game ends in the future')
  return ok({ gameId, room: { ...room, movedAtMs, endedAtMs }, match })
}
