import type { Room, RoomEvent, RoomRefusal } from '../../game/room.ts'
import { boardCode } from '../../game/rules.ts'
import { type ErrorCode, refusal } from '../../protocol/errors.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { GameEvent } from './hosted.ts'
import type { RoomAnswer } from './requests.ts'

/** What a client shall wait after UNAVAILABLE, in ms. */
export const RETRY_AFTER_MS = 500

/** What everyone who watches hears of an event; null: nothing. `room` is the room after it. */
export function announce(gameId: GameId, room: Room, event: RoomEvent): GameEvent | null {
  switch (event.type) {
    case 'moved': {
      const { ply, cell, deadlineMs: deadline } = event
      return { type: 'moved', gameId, version: room.version, ply, cell, board: boardCode(room.moves), deadline }
    }
    case 'ended': {
      const { status, reason, winner, line } = event
      return { type: 'ended', gameId, version: room.version, status, reason, winner, line }
    }
    case 'rematch_offered':
      return { type: 'offer', gameId, seat: event.offer.seat }
    case 'said':
      return { type: 'said', gameId, seat: event.seat, phrase: event.phrase }
    case 'rematch_agreed':
    case 'deadline_moved':
      return null
  }
}

const MESSAGES: Readonly<Record<RoomRefusal, string>> = {
  FORBIDDEN: 'not allowed in this game',
  GAME_OVER: 'the game is over',
  STALE: 'ply is not the current one',
  NOT_YOUR_TURN: 'it is the other seat that moves',
  INVALID_MOVE: 'the cell is taken',
}
/** Codes whose details show the room as it stands. */
const WITH_BOARD: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['STALE', 'NOT_YOUR_TURN', 'INVALID_MOVE'])

export function refuse(code: RoomRefusal, room: Room): RoomAnswer {
  const details = WITH_BOARD.has(code) ? { version: room.version, board: boardCode(room.moves) } : undefined
  return { type: 'refused', refusal: refusal(code, MESSAGES[code], details) }
}

/** The outcome is unknown, or the owner out of reach: repeat. */
export const unavailable = (retryAfterMs = RETRY_AFTER_MS): RoomAnswer => ({
  type: 'refused',
  refusal: refusal('UNAVAILABLE', 'the game is out of reach for a moment; repeat', { retryAfterMs }),
})
