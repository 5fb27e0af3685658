import { createPrivateKey, sign } from 'node:crypto'
import type { GameId, UserId } from '../ids.ts'
import { recordOf, signedBytes } from '../record/chain.ts'
import type { RecordFault } from '../record/course.ts'
import { sha256 } from '../record/node-crypto.ts'
import type { SignedRecord } from '../record/parse.ts'
import type { RecordFacts } from '../record/types.ts'

/** The key of RFC 8037, appendix A.1: known to everybody, so for these vectors alone. */
const D = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A'
export const RECORD_KEY = { kid: 'vectors', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: D, x: RECORD_KEY.x }, format: 'jwk' })

/** `fault` is where a verifier must point; null: the record is genuine. */
export interface RecordVector {
  readonly name: string
  readonly fault: Pick<RecordFault, 'place'> | { readonly place: 'ply'; readonly ply: number } | null
  readonly document: unknown
}

const AT_MS = 1_790_000_002_000
const ana = { userId: 'u_ana' as UserId }
const ben = { userId: 'u_ben' as UserId }
const plies = (...cells: number[]) => cells.map((cell, ply) => ({ cell, atMs: AT_MS + 1_500 * (ply + 1) }))

const won: RecordFacts = {
  gameId: '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05' as GameId,
  mode: 'ranked',
  players: [ana, ben],
  createdAtMs: AT_MS,
  turnMs: 30_000,
  plies: plies(4, 0, 2, 1, 6),
  ending: { status: 'completed', reason: 'line', winner: 0, endedAtMs: AT_MS + 7_500 },
}
const drawn: RecordFacts = {
  ...won,
  mode: 'private',
  plies: plies(0, 1, 2, 4, 3, 5, 7, 6, 8),
  ending: { status: 'completed', reason: 'board_full', winner: null, endedAtMs: AT_MS + 13_500 },
}
const resigned: RecordFacts = {
  ...won,
  mode: 'casual',
  plies: [],
  ending: { status: 'forfeited', reason: 'resign', winner: 1, endedAtMs: AT_MS + 1 },
}
const timedOut: RecordFacts = {
  ...won,
  mode: 'bot',
  players: [{ bot: 3 }, ben],
  plies: plies(4),
  ending: { status: 'forfeited', reason: 'timeout', winner: 0, endedAtMs: AT_MS + 31_500 },
}
const lost: RecordFacts = {
  ...won,
  plies: plies(4, 0),
  ending: { status: 'aborted', reason: 'lost', winner: null, endedAtMs: AT_MS + 90_000 },
}

export const signed = (facts: RecordFacts): SignedRecord => {
  const record = recordOf(facts, sha256)
  const signature = sign(null, signedBytes(record.hash), privateKey).toString('base64url')
  return { record, signature: { keyId: RECORD_KEY.kid, signature } }
}

const genuine = signed(won)
const { record, signature } = genuine
const withPly = (at: number, change: object) => ({
  record: { ...record, plies: record.plies.map((ply, i) => (i === at ? { ...ply, ...change } : ply)) },
  signature,
})

export const recordVectors: readonly RecordVector[] = [
  { name: 'won', fault: null, document: genuine },
  { name: 'drawn', fault: null, document: signed(drawn) },
  { name: 'resigned before the first ply', fault: null, document: signed(resigned) },
  { name: 'a bot, and a forfeit by the clock', fault: null, document: signed(timedOut) },
  { name: 'annulled', fault: null, document: signed(lost) },
  { name: 'another cell', fault: { place: 'ply', ply: 2 }, document: withPly(2, { cell: 3 }) },
  { name: 'another time', fault: { place: 'ply', ply: 4 }, document: withPly(4, { atMs: AT_MS }) },
  { name: 'another hash', fault: { place: 'ply', ply: 1 }, document: withPly(1, { hash: record.plies[0]!.hash }) },
  {
    name: 'a ply left out',
    fault: { place: 'ply', ply: 1 },
    document: { record: { ...record, plies: record.plies.toSpliced(1, 1) }, signature },
  },
  {
    name: 'the last ply left out',
    fault: { place: 'ending' },
    document: { record: { ...record, plies: record.plies.slice(0, -1) }, signature },
  },
  {
    name: 'another player',
    fault: { place: 'header' },
    document: { record: { ...record, players: [ben, ana] }, signature },
  },
  {
    name: 'another winner',
    fault: { place: 'ending' },
    document: { record: { ...record, ending: { ...record.ending, winner: 1 } }, signature },
  },
  {
    name: 'all hashed anew, the signature of another game',
    fault: { place: 'signature' },
    document: { record: signed({ ...won, createdAtMs: AT_MS + 1 }).record, signature },
  },
  {
    name: 'signed, but a cell twice',
    fault: { place: 'ply', ply: 1 },
    document: signed({ ...lost, plies: plies(4, 4) }),
  },
  {
    name: 'signed, but won without a line',
    fault: { place: 'ending' },
    document: signed({ ...won, plies: plies(4, 0, 2, 1) }),
  },
  {
    name: 'signed by a key that nobody gave',
    fault: { place: 'key' },
    document: { record, signature: { ...signature, keyId: 'unknown' } },
  },
  { name: 'an unknown field', fault: { place: 'format' }, document: { record: { ...record, note: '' }, signature } },
]
