import { assert } from '../kit/assert.ts'
import type { Brand } from '../kit/brand.ts'
import type { Random } from '../kit/random.ts'
import { INVITE_CODE_LENGTH, OPAQUE_BYTES_MAX } from './limits.ts'
import { utf8Length } from './utf8.ts'

/** A game, on the wire and in every store: a lower-case UUIDv8 whose first 32 bits are its shard. Clients treat it as opaque. */
export type GameId = Brand<string, 'GameId'>
/** A player's account or guest identity; opaque, 1..64 bytes of `[A-Za-z0-9_-]`. */
export type UserId = Brand<string, 'UserId'>
/** A private game's invite: 8 characters of Crockford's base 32, upper case. */
export type InviteCode = Brand<string, 'InviteCode'>

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const USER_ID = /^[A-Za-z0-9_-]{1,64}$/
/** Either case, so that upper-casing afterwards meets ASCII letters only. */
const INVITE_CODE = /^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{8}$/
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const DASH = '-'.charCodeAt(0)
const HEX_DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

assert(CROCKFORD.length === 32, 'five bits of a random byte choose one character without bias')

/** A game's id as a stranger sent it: an opaque string of 1..64 bytes of UTF-8, which may name no game. Else null. */
export const parseGameIdText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && utf8Length(value) <= OPAQUE_BYTES_MAX ? value : null

/** Whether the text can be one of our games at all: what fails is NOT_FOUND without asking a store. */
export const isGameId = (text: string): text is GameId => text.length === 36 && UUID_V8.test(text)

export const isUserId = (text: string): text is UserId => USER_ID.test(text)

/**
 * A fresh, unguessable id of a game in `shard` (uint32): UUIDv8 of RFC 9562, 90 bits of it random. Made of its characters at once: as the
 * rope that concatenation builds it would cost five times the memory for as long as anybody keeps it.
 */
export function gameIdOf(shard: number, random: Random): GameId {
  assert(shard >>> 0 === shard, `a shard is a uint32, not ${shard}`)
  const b = random.bytes(12)
  b[2] = 0x80 | (b[2]! & 0x0f)
  b[4] = 0x80 | (b[4]! & 0x3f)
  let at = 0
  for (let shift = 24; shift >= 0; shift -= 8) at = writeHex(at, (shard >>> shift) & 0xff)
  for (let i = 0; i < b.length; i++) {
    if (i < 8 && i % 2 === 0) at += 1
    at = writeHex(at, b[i]!)
  }
  return String.fromCharCode(...codes) as GameId
}

/** The characters of the id in the making; its dashes stay. */
const codes: number[] = new Array(36).fill(DASH)

function writeHex(at: number, byte: number): number {
  codes[at] = HEX_DIGITS[byte >>> 4]!
  codes[at + 1] = HEX_DIGITS[byte & 0x0f]!
  return at + 2
}

/** The shard (uint32) of a game's id; null when the text is no id of ours. */
export const shardOf = (gameId: string): number | null =>
  isGameId(gameId) ? Number.parseInt(gameId.slice(0, 8), 16) : null

/** A fresh invite code of 40 random bits. */
export function inviteCode(random: Random): InviteCode {
  let code = ''
  for (const byte of random.bytes(INVITE_CODE_LENGTH)) code += CROCKFORD[byte & 31]!
  return code as InviteCode
}

/** A code as people type it, in either case; null when it can be no code of ours. */
export const normaliseInviteCode = (text: string): InviteCode | null =>
  INVITE_CODE.test(text) ? (text.toUpperCase() as InviteCode) : null
