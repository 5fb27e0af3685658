import { below, pick, type Random } from '../kit/random.ts'
import { encodeClient } from '../protocol/codec.ts'
import { mutatedFrame } from '../protocol/fuzz.ts'
import { GAME } from '../protocol/vectors/samples.ts'
import type { FuzzSource } from './fuzz-socket.ts'

/** One frame in so many is sent as text. */
const TEXT_EVERY = 200
/** One frame in so many is a well-formed command about a running game. */
const COMMAND_EVERY = 8

/** `frames` hostile frames. `others`: games of well-behaved players, which hostile ones name as often as their own. */
export function fuzzSource(random: Random, frames: number, others: () => readonly string[]): FuzzSource {
  let left = frames
  const targetOf = (own: string | null): string | null => {
    const games = others()
    if (own !== null && (games.length === 0 || below(random, 2) === 0)) return own
    return games.length === 0 ? null : pick(random, games)
  }
  return {
    next(own) {
      if (left === 0) return null
      left -= 1
      const gameId = targetOf(own)
      if (gameId !== null && below(random, COMMAND_EVERY) === 0)
        return { bytes: command(random, gameId), isText: false }
      const bytes = mutatedFrame(random)
      if (below(random, TEXT_EVERY) === 0)
        return { bytes: below(random, 2) === 0 ? bytes : asAscii(bytes), isText: true }
      return { bytes: gameId === null ? bytes : aimedAt(bytes, gameId), isText: false }
    },
  }
}

/** Text that is valid UTF-8, and no longer than a frame may be. */
const asAscii = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes.subarray(0, 500)).toString('hex'), 'latin1')

/** A valid command that a cheat would try: often out of turn, on a taken cell or of somebody else's game. */
function command(random: Random, gameId: string): Uint8Array {
  const rid = random.uint32()
  switch (below(random, 8)) {
    case 0:
      return encodeClient({ type: 'resign', rid, gameId })
    case 1:
      return encodeClient({ type: 'rematch', rid, gameId })
    case 2:
      return encodeClient({ type: 'watch', rid, gameId })
    case 3:
      return encodeClient({ type: 'unwatch', rid, gameId })
    case 4:
      return encodeClient({ type: 'find', rid, mode: 'bot', level: 2 })
    default:
      return encodeClient({ type: 'move', rid, gameId, ply: below(random, 10), cell: below(random, 9) })
  }
}

/** The samples' game id gives way to one that exists: same length, so that all else stays as it was. */
function aimedAt(bytes: Uint8Array, gameId: string): Uint8Array {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(GAME, 0, 'latin1')
  if (at < 0 || gameId.length !== GAME.length) return bytes
  const copy = Buffer.from(bytes)
  copy.write(gameId, at, 'latin1')
  return copy
}
