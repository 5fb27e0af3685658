import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, evolve, openRoom, type Room, type RoomCommand } from '../game/room.ts'
import type { UserId } from '../protocol/ids.ts'
import { decodeRecord, encodeRecord, recordHead, resultOf, timesOf } from './room-record.ts'

const AT = 1_700_000_000_000
const person = { id: 'ana' as UserId, name: 'Ana "A" 🙂', rating: 1500 }
const bot = { id: 'bot-2' as UserId, name: 'Bot, alert', rating: null, botLevel: 2 } as const
const match = { waitedMs: [900, 1200], width: 72, distance: 12 } as const

/** The room after commands a second apart. */
const after = (room: Room, ...commands: RoomCommand[]): Room =>
  commands.reduce((now, command, at) => {
    const decided = decide(now, command, AT + 1_000 * (at + 1))
    if (!decided.ok) throw new Error(decided.error)
    return decided.value.reduce(evolve, now)
  }, room)
const plays = (...cells: number[]): RoomCommand[] =>
  cells.map((cell, ply) => ({ type: 'move', seat: ply % 2 === 0 ? 0 : 1, ply, cell }))

const encode = (room: Room, reason: Parameters<typeof recordHead>[1] = null): string =>
  encodeRecord(recordHead(room, reason), timesOf(room), room)

const opening = openRoom({ mode: 'bot', players: [person, bot], turnMs: 30_000 }, AT)
const bo = { id: 'bo' as UserId, name: 'Bo', rating: null }
const duel = openRoom({ mode: 'private', players: [person, bo], turnMs: 30_000 }, AT)
const HEAD = `[1,"bot",[["ana","Ana \\"A\\" 🙂",1500,null],["bot-2","Bot, alert",null,2]],30000,${AT}`

/** The text that other releases have written and must read: a change here needs a new RECORD_SCHEMA. */
const GOLDEN: readonly (readonly [string, Room, string])[] = [
  ['an opening', opening, `${HEAD},null,1,1,[],1700000030000,"active",null,null,null,null,null]`],
  [
    'a game that began in cell 0',
    after(opening, ...plays(0, 4)),
    `${HEAD},null,3,104,[1000,2000],1700000032000,"active",null,null,null,null,null]`,
  ],
  [
    'a line',
    after(opening, ...plays(0, 3, 1, 4, 2)),
    `${HEAD},null,7,103142,[1000,2000,3000,4000,5000],null,"completed","line",0,[0,1,2],1700000005000,null]`,
  ],
  [
    'a full board',
    after(opening, ...plays(0, 1, 2, 4, 3, 5, 7, 6, 8)),
    `${HEAD},null,11,1012435768,[1000,2000,3000,4000,5000,6000,7000,8000,9000],null,"completed","board_full",null,null,1700000009000,null]`,
  ],
  [
    'a resignation with an offer',
    after(duel, { type: 'resign', seat: 0 }, { type: 'rematch', seat: 0 }),
    `[1,"private",[["ana","Ana \\"A\\" 🙂",1500,null],["bo","Bo",null,null]],30000,${AT},null,2,1,[],null,"forfeited","resign",1,null,1700000001000,[0,1700000062000]]`,
  ],
]

describe('the stored form of a room', () => {
  for (const [name, room, text] of GOLDEN) {
    test(`[RECORD 1] ${name} has its bytes, and is read back`, () => {
      expect(encode(room)).toBe(text)
      expect(decodeRecord(text)).toEqual({ ok: true, value: { room, match: null } })
    })
  }

  test('[RECORD 1] why the two were matched is kept', () => {
    const text = encode(opening, match)
    expect(text).toContain(',{"waitedMs":[900,1200],"width":72,"distance":12},1,1,')
    expect(decodeRecord(text)).toEqual({ ok: true, value: { room: opening, match } })
  })

  test('[P7] a result is the same bytes whatever was offered after the end', () => {
    const over = after(duel, { type: 'resign', seat: 0 })
    const offered = after(duel, { type: 'resign', seat: 0 }, { type: 'rematch', seat: 1 })
    const head = recordHead(duel, null)
    expect(offered.offer).not.toBeNull()
    expect(resultOf({ head, room: offered })).toBe(resultOf({ head, room: over }))
    expect(resultOf({ head, room: over })).toBe(encode(over))
  })

  test('[P8] a foreign or newer record is refused, never half read', () => {
    const foreign = ['', 'x', '{}', 'null', '[]', '[1]', GOLDEN[0]![2].replace('[1', '[2'), GOLDEN[0]![2].slice(0, -6)]
    for (const text of foreign) expect(decodeRecord(text).ok).toBe(false)
  })

  test('[RECORD 1] every game that can be played is read back as it was', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8]), fc.nat(9), (cells, length) => {
        let room = opening
        for (const [ply, cell] of cells.slice(0, length).entries()) {
          const decided = decide(room, { type: 'move', seat: ply % 2 === 0 ? 0 : 1, ply, cell }, AT + ply)
          if (decided.ok) room = decided.value.reduce(evolve, room)
        }
        expect(decodeRecord(encode(room))).toEqual({ ok: true, value: { room, match: null } })
      }),
      { numRuns: 200 },
    )
  })
})
