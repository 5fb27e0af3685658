import { expect } from 'vitest'
import {
  decide,
  evolve,
  type Opening,
  openRoom,
  type Player,
  type Room,
  type RoomCommand,
  type RoomEvent,
  type RoomRefusal,
} from './room.ts'
import { cellsOf, lineIn, type Seat, seatOfPly } from './rules.ts'

/** Words for tests: given past events, when a command, then events. */

export const OPENED_MS = 1_700_000_000_000
export const TURN_MS = 30_000
/** When a command comes, unless a test says otherwise. */
export const NOW_MS = OPENED_MS + 60_000

export const ana = { id: 'ana' as Player['id'], name: 'Ana', rating: 1500 } satisfies Player
export const bo = { id: 'bo' as Player['id'], name: 'Bo', rating: null } satisfies Player
export const robot = { id: 'bot-3' as Player['id'], name: 'Perfect bot', rating: null, botLevel: 3 } satisfies Player

export const casual: Opening = { mode: 'casual', players: [ana, bo], turnMs: TURN_MS }
export const againstBot: Opening = { mode: 'bot', players: [ana, robot], turnMs: TURN_MS }

/** A move every second; the one that completes a line or the board also ends the game. */
export function played(...cells: number[]): RoomEvent[] {
  return cells.flatMap((cell, ply): RoomEvent[] => {
    const moves = cells.slice(0, ply + 1)
    const line = lineIn(cellsOf(moves, seatOfPly(ply)))
    const atMs = OPENED_MS + 1_000 * (ply + 1)
    if (line === null && ply < 8) return [moved(ply, cell, atMs)]
    const reason = line === null ? 'board_full' : 'line'
    const winner = line === null ? null : seatOfPly(ply)
    return [
      { ...moved(ply, cell, atMs), deadlineMs: null },
      { type: 'ended', status: 'completed', reason, winner, line, atMs },
    ]
  })
}

export const moved = (ply: number, cell: number, atMs: number) =>
  ({ type: 'moved', ply, cell, atMs, deadlineMs: atMs + TURN_MS }) as const satisfies RoomEvent

/** X completes the top row with ply 4. */
export const xWins = played(0, 3, 1, 4, 2)
export const draw = played(0, 1, 2, 4, 3, 5, 7, 6, 8)

export const resigned = (winner: Seat, atMs: number) =>
  ({ type: 'ended', status: 'forfeited', reason: 'resign', winner, line: null, atMs }) as const satisfies RoomEvent

export const timedOut = (winner: Seat, atMs: number) => ({ ...resigned(winner, atMs), reason: 'timeout' }) as const

export const annulled = (atMs: number) =>
  ({ type: 'ended', status: 'aborted', reason: 'lost', winner: null, line: null, atMs }) as const satisfies RoomEvent

export const offered = (seat: Seat, atMs: number) =>
  ({ type: 'rematch_offered', offer: { seat, untilMs: atMs + 60_000 } }) as const satisfies RoomEvent

export const agreed = (seat: Seat) => ({ type: 'rematch_agreed', seat }) as const satisfies RoomEvent

export const said = (seat: Seat | null, phrase: number) => ({ type: 'said', seat, phrase }) as const satisfies RoomEvent

export const moveOf = (seat: Seat, ply: number, cell: number): RoomCommand => ({ type: 'move', seat, ply, cell })

export const roomAfter = (opening: Opening, ...past: RoomEvent[]): Room =>
  past.reduce(evolve, openRoom(opening, OPENED_MS))

export const givenOpening = (opening: Opening, ...past: RoomEvent[]) => ({
  when(command: RoomCommand, nowMs = NOW_MS) {
    const room = roomAfter(opening, ...past)
    const before = structuredClone(room)
    const decision = decide(room, command, nowMs)
    expect(room).toEqual(before)
    return {
      // biome-ignore lint/suspicious/noThenProperty: a word of the tests' language; nobody awaits it
      then: (...events: RoomEvent[]) => expect(decision).toEqual({ ok: true, value: events }),
      refused: (error: RoomRefusal) => expect(decision).toEqual({ ok: false, error }),
    }
  },
})

export const given = (...past: RoomEvent[]) => givenOpening(casual, ...past)
