import { assert } from '../../kit/assert.ts'
import type { EndReason, Mode } from '../messages.ts'
import { type EndStatus, type GameRecord, type RecordFacts, type RecordPlayer, SIGNED_RECORD_SCHEMA } from './types.ts'

/** SHA-256 of some bytes, 32 bytes. A parameter, so that the chain needs no library. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** A word is hashed as its index here. Append only. */
export const CODES = {
  modes: ['casual', 'ranked', 'bot', 'private'],
  statuses: ['completed', 'forfeited', 'aborted'],
  reasons: ['line', 'board_full', 'resign', 'timeout', 'lost'],
} as const satisfies {
  readonly modes: readonly Mode[]
  readonly statuses: readonly EndStatus[]
  readonly reasons: readonly EndReason[]
}
const NOBODY = 2
const USER = 0
const BOT = 1
/** Stands where a ply would, so that no ending reads as a ply. */
const ENDING = 0xff

const MAGIC = ascii('oxo-record')
const SIGNED_MAGIC = ascii('oxo-record-signature')
const HASH_BYTES = 32
const PLY_BYTES = HASH_BYTES + 10
const ENDING_BYTES = HASH_BYTES + 12

/** The record of a finished game: the same game gives the same bytes, whoever computes it and however often. */
export function recordOf(facts: RecordFacts, sha256: Sha256): GameRecord {
  let hash = headerHash(facts, sha256)
  const first = hex(hash)
  const plies = facts.plies.map(({ cell, atMs }, ply) => {
    hash = plyHash(hash, ply, cell, atMs, sha256)
    return { cell, atMs, hash: hex(hash) }
  })
  const { gameId, mode, players, createdAtMs, turnMs, ending } = facts
  return {
    schema: SIGNED_RECORD_SCHEMA,
    gameId,
    mode,
    players,
    createdAtMs,
    turnMs,
    headerHash: first,
    plies,
    ending,
    hash: hex(endingHash(hash, ending, sha256)),
  }
}

/** h_0: SHA-256 of the header. */
export function headerHash({ gameId, mode, createdAtMs, turnMs, players }: RecordFacts, sha256: Sha256): Uint8Array {
  const [x, o] = players.map(playerBytes) as [Uint8Array, Uint8Array]
  const bytes = new Uint8Array(MAGIC.length + 1 + 1 + 16 + 8 + 4 + x.length + o.length)
  const view = new DataView(bytes.buffer)
  let at = MAGIC.length
  bytes.set(MAGIC)
  bytes[at++] = SIGNED_RECORD_SCHEMA
  bytes[at++] = CODES.modes.indexOf(mode)
  bytes.set(unhex(gameId.replaceAll('-', '')), at)
  writeInstant(view, at + 16, createdAtMs)
  view.setUint32(at + 24, turnMs)
  bytes.set(x, at + 28)
  bytes.set(o, at + 28 + x.length)
  return sha256(bytes)
}

/** h_(ply+1): SHA-256 of the hash before, the ply, its cell and its time. */
export function plyHash(before: Uint8Array, ply: number, cell: number, atMs: number, sha256: Sha256): Uint8Array {
  const bytes = new Uint8Array(PLY_BYTES)
  bytes.set(before)
  bytes[HASH_BYTES] = ply
  bytes[HASH_BYTES + 1] = cell
  writeInstant(new DataView(bytes.buffer), HASH_BYTES + 2, atMs)
  return sha256(bytes)
}

/** What is signed covers the last ply's hash, and so all before it, and how the game ended. */
export function endingHash(before: Uint8Array, ending: RecordFacts['ending'], sha256: Sha256): Uint8Array {
  const bytes = new Uint8Array(ENDING_BYTES)
  bytes.set(before)
  bytes[HASH_BYTES] = ENDING
  bytes[HASH_BYTES + 1] = CODES.statuses.indexOf(ending.status)
  bytes[HASH_BYTES + 2] = CODES.reasons.indexOf(ending.reason)
  bytes[HASH_BYTES + 3] = ending.winner ?? NOBODY
  writeInstant(new DataView(bytes.buffer), HASH_BYTES + 4, ending.endedAtMs)
  return sha256(bytes)
}

/** What Ed25519 signs: never bytes that could mean something else under the same key. */
export function signedBytes(hash: string): Uint8Array {
  const bytes = new Uint8Array(SIGNED_MAGIC.length + HASH_BYTES)
  bytes.set(SIGNED_MAGIC)
  bytes.set(unhex(hash), SIGNED_MAGIC.length)
  return bytes
}

function playerBytes(player: RecordPlayer): Uint8Array {
  if ('bot' in player) return Uint8Array.of(BOT, player.bot)
  const id = ascii(player.userId)
  const bytes = new Uint8Array(2 + id.length)
  bytes[0] = USER
  bytes[1] = id.length
  bytes.set(id, 2)
  return bytes
}

/** Big-endian uint64. */
function writeInstant(view: DataView, at: number, ms: number): void {
  assert(Number.isSafeInteger(ms) && ms >= 0, `an instant is whole ms since 1970, not ${ms}`)
  view.setUint32(at, Math.floor(ms / 2 ** 32))
  view.setUint32(at + 4, ms >>> 0)
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

export function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
