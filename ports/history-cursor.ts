import type { GameId, UserId } from '../protocol/ids.ts'
import { isGameId } from '../protocol/ids.ts'

/** A game as a place in one list of games. */
export interface Place {
  readonly createdAtMs: number
  readonly gameId: GameId
}

/** The last games shown of those that a user played as X and as O; null: none yet. */
export type Places = readonly [asX: Place | null, asO: Place | null]

export const FIRST_PAGE: Places = [null, null]

/**
 * No game created later than this (ms) belongs after these places, of those played as X and as O; null: any may. Where nothing was shown
 * of a seat yet, its newer games belong to an earlier page than the last one.
 */
export const ceilingsOf = ([asX, asO]: Places): readonly [asX: number | null, asO: number | null] => [
  asX === null ? (asO?.createdAtMs ?? null) : null,
  asO === null ? (asX?.createdAtMs ?? null) : null,
]

/** For people it is opaque: base64url of JSON. It names its user, so that a cursor of somebody else's games is refused. */
export const encodeCursor = (userId: UserId, [asX, asO]: Places): string =>
  Buffer.from(JSON.stringify([userId, ...fieldsOf(asX), ...fieldsOf(asO)])).toString('base64url')

/** Null: no cursor of this user's games. */
export function decodeCursor(userId: UserId, cursor: string): Places | null {
  if (!/^[A-Za-z0-9_-]{1,512}$/.test(cursor)) return null
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(fields) || fields.length !== 5 || fields[0] !== userId) return null
    const asX = placeOf(fields[1], fields[2])
    const asO = placeOf(fields[3], fields[4])
    return asX === undefined || asO === undefined ? null : [asX, asO]
  } catch {
    return null
  }
}

const fieldsOf = (place: Place | null) => (place === null ? [null, null] : [place.createdAtMs, place.gameId])

function placeOf(createdAtMs: unknown, gameId: unknown): Place | null | undefined {
  if (createdAtMs === null && gameId === null) return null
  const known = Number.isSafeInteger(createdAtMs) && typeof gameId === 'string' && isGameId(gameId)
  return known ? { createdAtMs: createdAtMs as number, gameId } : undefined
}
