import type { Player } from '../game/room.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { isGameId, isUserId } from '../protocol/ids.ts'
import { recordOf, signedBytes } from '../protocol/record/chain.ts'
import { courseFault } from '../protocol/record/course.ts'
import { sha256 } from '../protocol/record/node-crypto.ts'
import type { EndStatus, GameRecord, RecordPlayer } from '../protocol/record/types.ts'
import type { FinishedGame } from './finished-game.ts'
import type { SignedGame } from './game-store.ts'
import type { Signer } from './signer.ts'

/** Vouches for a game. The error says what is wrong with it: it will be wrong again. @throws StoreUnavailable as `Signer.sign` */
export async function signGame(game: FinishedGame, signer: Signer): Promise<Result<SignedGame, string>> {
  const record = gameRecord(game)
  if (!record.ok) return record
  return ok({ ...game, record: record.value, signature: await signer.sign(signedBytes(record.value.hash)) })
}

/** The record of a game as the rules know it; the error names what they do not. */
export function gameRecord({ gameId, room }: FinishedGame): Result<GameRecord, string> {
  const { mode, createdAtMs, turnMs, moves, movedAtMs, status, reason, winner, endedAtMs } = room
  if (!isGameId(gameId)) return err('its id is none of a game')
  if (status === 'active' || reason === null) return err('the game is not over')
  if (!(isUint32(turnMs) && [createdAtMs, endedAtMs, ...movedAtMs].every(isInstant))) return err('its times are none')
  if (moves.length !== movedAtMs.length) return err('its moves and their times differ in number')
  const [x, o] = [recordPlayer(room.players[0]), recordPlayer(room.players[1])]
  if (x === null || o === null) return err('a player has no id of ours')
  const plies = moves.map((cell, ply) => ({ cell, atMs: movedAtMs[ply]! }))
  const ending = { status: status satisfies EndStatus, reason, winner, endedAtMs }
  const fault = courseFault({ plies, ending })
  if (fault !== null)
    return err(fault.place === 'ply' ? `ply ${fault.ply}: ${fault.why}` : `${fault.place}: ${fault.why}`)
  return ok(recordOf({ gameId, mode, players: [x, o], createdAtMs, turnMs, plies, ending }, sha256))
}

function recordPlayer({ id, botLevel }: Player): RecordPlayer | null {
  if (botLevel !== undefined) return { bot: botLevel }
  return isUserId(id) ? { userId: id } : null
}

const isInstant = (ms: number): boolean => Number.isSafeInteger(ms) && ms >= 0
const isUint32 = (value: number): boolean => value >>> 0 === value
