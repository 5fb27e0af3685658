import { err, ok, type Result } from '../../kit/result.ts'
import { isGameId, isUserId } from '../ids.ts'
import { CODES } from './chain.ts'
import type { RecordFault } from './course.ts'
import { type GameRecord, type RecordPlayer, type RecordSignature, SIGNED_RECORD_SCHEMA } from './types.ts'

/** A record with its signature, as `GET /games/{id}` shows them. */
export interface SignedRecord {
  readonly record: GameRecord
  readonly signature: RecordSignature
}

type Fields = Readonly<Record<string, unknown>>
type Found = { readonly place: RecordFault['place']; readonly ply?: number; readonly why: string }

const PLIES_MAX = 9
const KEYS = {
  record: ['schema', 'gameId', 'mode', 'players', 'createdAtMs', 'turnMs', 'headerHash', 'plies', 'ending', 'hash'],
  ply: ['cell', 'atMs', 'hash'],
  ending: ['status', 'reason', 'winner', 'endedAtMs'],
  signature: ['keyId', 'signature'],
}

/**
 * Reads `{record, signature}` as it came from a stranger; what else stands beside them is not looked at. Whatever is not exactly of the form is
 * a fault that names its place, so that no two texts of one record differ where nobody looks.
 */
export function parseSignedRecord(document: unknown): Result<SignedRecord, RecordFault> {
  if (!isFields(document)) return err({ place: 'format', why: 'it is no JSON object' })
  const { record, signature } = document
  const fault = recordFault(record) ?? signatureFault(signature)
  if (fault !== null) return err(fault as RecordFault)
  return ok({ record: record as GameRecord, signature: signature as RecordSignature })
}

function recordFault(record: unknown): Found | null {
  if (!isFields(record)) return { place: 'format', why: 'it has no record' }
  if (record.schema !== SIGNED_RECORD_SCHEMA)
    return { place: 'format', why: `its schema is not ${SIGNED_RECORD_SCHEMA}` }
  const { plies, ending, hash } = record
  if (!hasKeys(record, KEYS.record)) return { place: 'format', why: `a record has ${KEYS.record.join(', ')}` }
  const why = headerFault(record)
  if (why !== null) return { place: 'header', why }
  if (!Array.isArray(plies) || plies.length > PLIES_MAX)
    return { place: 'format', why: `plies are no list of 0..${PLIES_MAX}` }
  const ply = plies.findIndex((one) => !isPly(one))
  if (ply >= 0) return { place: 'ply', ply, why: 'it is no {cell, atMs, hash}' }
  if (!isEnding(ending) || !isHash(hash)) return { place: 'ending', why: 'it is none, or has no hash' }
  return null
}

function headerFault({ gameId, mode, players, createdAtMs, turnMs, headerHash }: Fields): string | null {
  if (typeof gameId !== 'string' || !isGameId(gameId)) return 'its gameId is none'
  if (!isOneOf(CODES.modes, mode)) return 'its mode is none'
  if (!Array.isArray(players) || players.length !== 2 || !players.every(isPlayer)) return 'its players are not two'
  if (!isInstant(createdAtMs)) return 'its createdAtMs is no instant'
  if (!isInstant(turnMs) || turnMs >>> 0 !== turnMs) return 'its turnMs is no duration'
  return isHash(headerHash) ? null : 'its headerHash is none'
}

function signatureFault(signature: unknown): Found | null {
  const place = 'signature'
  if (!isFields(signature) || !hasKeys(signature, KEYS.signature)) return { place, why: 'it is no {keyId, signature}' }
  const { keyId, signature: text } = signature
  if (typeof keyId !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(keyId)) return { place, why: 'its keyId is none' }
  // 64 bytes in 86 letters: the last letter has four bits to spare, which are zero.
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{85}[AQgw]$/.test(text))
    return { place, why: 'it is no base64url of 64 bytes' }
  return null
}

const isPlayer = (player: unknown): player is RecordPlayer =>
  isFields(player) &&
  ((hasKeys(player, ['userId']) && typeof player.userId === 'string' && isUserId(player.userId)) ||
    (hasKeys(player, ['bot']) && (player.bot === 1 || player.bot === 2 || player.bot === 3)))

const isPly = (ply: unknown): boolean =>
  isFields(ply) && hasKeys(ply, KEYS.ply) && isByte(ply.cell) && isInstant(ply.atMs) && isHash(ply.hash)

const isEnding = (ending: unknown): boolean =>
  isFields(ending) &&
  hasKeys(ending, KEYS.ending) &&
  isOneOf(CODES.statuses, ending.status) &&
  isOneOf(CODES.reasons, ending.reason) &&
  (ending.winner === null || ending.winner === 0 || ending.winner === 1) &&
  isInstant(ending.endedAtMs)

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const hasKeys = (value: Fields, keys: readonly string[]): boolean =>
  Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key))
const isOneOf = (words: readonly string[], value: unknown): boolean => words.includes(value as string)
const isInstant = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isByte = (value: unknown): boolean => isInstant(value) && value <= 0xff
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
