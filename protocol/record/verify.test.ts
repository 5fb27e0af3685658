import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, evolve, openRoom, type Room, type RoomCommand } from '../../game/room.ts'
import { seatOfPly } from '../../game/rules.ts'
import type { GameId, UserId } from '../ids.ts'
import { RECORD_KEY, type RecordVector, signed } from '../vectors/records.ts'
import { recordOf } from './chain.ts'
import { courseFault } from './course.ts'
import { checksWith, sha256 } from './node-crypto.ts'
import type { EndStatus, RecordFacts } from './types.ts'
import { verifyRecord } from './verify.ts'

const checks = checksWith([RECORD_KEY])
const AT_MS = 1_790_000_000_000
const file = new URL('../vectors/records.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as RecordVector[]

const facts: RecordFacts = {
  gameId: '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05' as GameId,
  mode: 'private',
  players: [{ userId: 'u-1' as UserId }, { bot: 2 }],
  createdAtMs: AT_MS,
  turnMs: 30_000,
  plies: [4, 0, 2, 1, 6].map((cell, ply) => ({ cell, atMs: AT_MS + 900 * ply })),
  ending: { status: 'completed', reason: 'line', winner: 0, endedAtMs: AT_MS + 3_600 },
}

describe('the chain', () => {
  test('[record] is hashed as RECORDS.md says, byte for byte', () => {
    const u64 = (value: number) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64BE(BigInt(value))
      return bytes
    }
    const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
    const header = Buffer.concat([
      Buffer.from('oxo-record'),
      Buffer.from([1, 3]),
      Buffer.from('5b1f09c27d3e8a419c602f8e4b7a1d05', 'hex'),
      u64(AT_MS),
      Buffer.from([0, 0, 0x75, 0x30]),
      Buffer.from([0, 3]),
      Buffer.from('u-1'),
      Buffer.from([1, 2]),
    ])
    let last = hash(header)
    const record = recordOf(facts, sha256)
    expect(record.headerHash).toBe(last.toString('hex'))
    for (const [ply, { cell, atMs }] of facts.plies.entries()) {
      last = hash(last, Buffer.from([ply, cell]), u64(atMs))
      expect(record.plies[ply]!.hash).toBe(last.toString('hex'))
    }
    expect(record.hash).toBe(hash(last, Buffer.from([0xff, 0, 0, 0]), u64(AT_MS + 3_600)).toString('hex'))
  })

  test('[record] the same game has the same bytes and the same signature', () => {
    expect(JSON.stringify(signed(facts))).toBe(JSON.stringify(signed(structuredClone(facts))))
  })
})

describe('verifyRecord', () => {
  test.each(vectors)('[record] $name: the golden record is taken or its place named', ({ document, fault }) => {
    const verified = verifyRecord(document, checks)
    if (fault === null) expect(verified).toEqual({ ok: true, value: document })
    else expect(verified).toMatchObject({ ok: false, error: fault })
  })

  test('[record] any byte of the text that is changed is found', () => {
    const text = Buffer.from(JSON.stringify(signed(facts)))
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(text)
        changed[at]! ^= mask
        expect(verified(changed)).toBe(false)
      }),
      { numRuns: 4_000 },
    )
  })

  test('[record] whatever is changed in a ply, the header, the ending or the signature, the place is named', () => {
    const genuine = signed(facts)
    const places = [
      ...facts.plies.flatMap((_, ply) =>
        ['cell', 'atMs', 'hash'].map((key) => ({ path: ['record', 'plies', ply, key], fault: { place: 'ply', ply } })),
      ),
      ...['gameId', 'mode', 'players', 'createdAtMs', 'turnMs', 'headerHash'].map((key) => ({
        path: ['record', key],
        fault: { place: 'header' },
      })),
      ...['status', 'reason', 'winner', 'endedAtMs'].map((key) => ({
        path: ['record', 'ending', key],
        fault: { place: 'ending' },
      })),
      { path: ['record', 'hash'], fault: { place: 'ending' } },
      { path: ['signature', 'signature'], fault: { place: 'signature' } },
      { path: ['signature', 'keyId'], fault: { place: expect.stringMatching(/^(signature|key)$/) } },
    ]
    const value = fc.oneof(
      fc.nat(8),
      fc.maxSafeNat(),
      fc.constantFrom('ranked', 'timeout', 'forfeited', null, [], {}, -1, 0.5, 'A'.repeat(86)),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...places), value, ({ path, fault }, changed) => {
        const document = structuredClone(genuine) as unknown as Record<string | number, unknown>
        let holder = document
        for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>
        const key = path.at(-1)!
        fc.pre(JSON.stringify(holder[key]) !== JSON.stringify(changed))
        holder[key] = changed
        expect(verifyRecord(document, checks)).toMatchObject({ ok: false, error: fault })
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([null, [], 'record', 7, {}, { record: [] }, { record: { schema: 2 } }])(
    '[record] %j is no record, and says so',
    (document) => {
      expect(verifyRecord(document, checks)).toMatchObject({ ok: false, error: { place: 'format' } })
    },
  )

  function verified(text: Buffer): boolean {
    let document: unknown
    try {
      document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    } catch {
      return false
    }
    return verifyRecord(document, checks).ok
  }
})

describe('courseFault', () => {
  test('[record] judges every course of random moves as the rules of the game do', () => {
    const end = fc.constantFrom('resign', 'timeout', 'abort' as const)
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8]), end, fc.constantFrom(0, 1), (cells, how, seat) => {
        const { room, played } = play(cells, how, seat as 0 | 1)
        const { status, reason, winner } = room
        const plies = cells.slice(0, played).map((cell) => ({ cell, atMs: 0 }))
        const ending = { status: status as EndStatus, reason: reason!, winner, endedAtMs: 1 }
        expect(courseFault({ plies, ending })).toBeNull()
        for (const other of [
          { ...ending, winner: winner === 0 ? 1 : 0 },
          { ...ending, winner: winner === null ? 0 : null },
          { ...ending, status: status === 'aborted' ? 'completed' : 'aborted' },
        ] as (typeof ending)[]) {
          const resigned = reason === 'resign' && other.winner !== null && other.status === 'forfeited'
          expect(courseFault({ plies, ending: other })?.place ?? null).toBe(resigned ? null : 'ending')
        }
        if (played < cells.length) {
          const tooMany = [...plies, { cell: cells[played]!, atMs: 0 }]
          expect(courseFault({ plies: tooMany, ending })).toMatchObject({ place: 'ply', ply: played })
        }
      }),
      { numRuns: 2_000 },
    )
  })

  /** Plays until the game is over or the cells are; then it ends in the given way. */
  function play(cells: readonly number[], how: 'resign' | 'timeout' | 'abort', seat: 0 | 1) {
    const player = { id: 'u' as UserId, name: '', rating: null }
    let room = openRoom({ mode: 'casual', players: [player, player], turnMs: 1_000 }, AT_MS)
    let played = 0
    for (const [ply, cell] of cells.entries()) {
      if (room.status !== 'active') break
      room = apply(room, { type: 'move', seat: seatOfPly(ply), ply, cell })
      played++
    }
    if (room.status !== 'active') return { room, played }
    return { room: apply(room, how === 'resign' ? { type: how, seat } : { type: how }, AT_MS + 60_000), played }
  }
  function apply(room: Room, command: RoomCommand, nowMs = AT_MS) {
    const decided = decide(room, command, nowMs)
    return decided.ok ? decided.value.reduce(evolve, room) : room
  }
})
