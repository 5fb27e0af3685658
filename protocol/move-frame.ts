import { CELLS, OPAQUE_BYTES_MAX } from './limits.ts'
import type { ClientMessage } from './messages.ts'
import { clientTags } from './tags.ts'
import { utf8Text } from './utf8.ts'

const FIVE_ITEMS = 0x95

/**
 * MOVE as clients write it, about three times as fast as the general decoder: nearly every frame of a busy server is one.
 * null: not a MOVE in its usual form; the general decoder then says what it is, so this one never refuses.
 * `likelyGameId`: where the frame names this game, the message has this very string, whose hash is known, and no new one.
 */
export function readMove(bytes: Uint8Array, likelyGameId: string | undefined): ClientMessage | null {
  if (bytes[0] !== FIVE_ITEMS || bytes[1] !== clientTags.move) return null
  let at = 3
  let rid = bytes[2]!
  if (rid === 0xcc) {
    rid = bytes[3]!
    at = 4
  } else if (rid === 0xcd) {
    rid = (bytes[3]! << 8) | bytes[4]!
    at = 5
  } else if (rid === 0xce) {
    rid = ((bytes[3]! << 24) | (bytes[4]! << 16) | (bytes[5]! << 8) | bytes[6]!) >>> 0
    at = 7
  } else if (rid >= 0x80) return null
  let size = bytes[at++]!
  if (size === 0xd9) size = bytes[at++]!
  else if (size >= 0xa0 && size <= 0xbf) size &= 0x1f
  else return null
  // A ply and a cell follow the text and end the frame; a truncated frame makes `size` or this sum NaN or unequal.
  const end = at + size
  if (end + 2 !== bytes.length || size < 1 || size > OPAQUE_BYTES_MAX) return null
  const ply = bytes[end]!
  const cell = bytes[end + 1]!
  if (ply > 0x7f || cell >= CELLS) return null
  const gameId =
    likelyGameId !== undefined && isAscii(likelyGameId, bytes, at, end) ? likelyGameId : utf8Text(bytes, at, end)
  return gameId === null ? null : { type: 'move', rid, gameId, ply, cell }
}

/** Is `text` plain ASCII, and what `bytes[start, end)` say? */
function isAscii(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80 || unit !== bytes[start + i]) return false
  }
  return true
}
