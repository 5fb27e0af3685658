import { beforeAll, expect, test } from 'vitest'
import { casual, OPENED_MS } from './given.ts'
import { decide, evolve, openRoom, type Room, turnOf } from './room.ts'
import { boardCode, winnerLine } from './rules.ts'

/** Plays every legal game through decide and evolve. `visit` sees each room on the way, the opening and the ends included. */
function playAll(visit: (room: Room) => void): void {
  const walk = (room: Room) => {
    visit(room)
    const seat = turnOf(room)
    if (seat === null) return
    for (let cell = 0; cell < 9; cell++) {
      const decision = decide(room, { type: 'move', seat, ply: room.moves.length, cell }, OPENED_MS)
      if (decision.ok) walk(decision.value.reduce(evolve, room))
      else if (decision.error !== 'INVALID_MOVE' || !room.moves.includes(cell)) throw new Error(`refused ${cell}`)
    }
  }
  walk(openRoom(casual, OPENED_MS))
}

/** A second opinion, by drawing the board and reading it: rows, columns and diagonals as text. */
function winnerByDrawing(moves: readonly number[]): 0 | 1 | null {
  const drawn = Array.from(
    { length: 9 },
    (_, cell) => ' XO'[moves.indexOf(cell) < 0 ? 0 : 1 + (moves.indexOf(cell) % 2)],
  )
  const read = (...cells: number[]) => cells.map((cell) => drawn[cell]).join('')
  const rows = [0, 3, 6].map((cell) => read(cell, cell + 1, cell + 2))
  const columns = [0, 1, 2].map((cell) => read(cell, cell + 3, cell + 6))
  const lines = [...rows, ...columns, read(0, 4, 8), read(2, 4, 6)]
  return lines.includes('XXX') ? 0 : lines.includes('OOO') ? 1 : null
}

const ends = { x: 0, o: 0, draw: 0 }
const roomByCode = new Map<number, Room>()
let rooms = 0

beforeAll(() => {
  playAll((room) => {
    rooms++
    roomByCode.set(boardCode(room.moves), room)
    if (room.version !== 1 + room.moves.length + (room.status === 'active' ? 0 : 1)) throw new Error('version')
    if ((room.deadlineMs === null) !== (room.status === 'completed')) throw new Error('deadline')
    if (room.status === 'active') return
    if (room.line !== winnerLine(room.moves)) throw new Error('line')
    ends[endOf(room)]++
  })
})

test('[R3] [R4] there are 255,168 games: 131,184 for X, 77,904 for O, 46,080 drawn', () => {
  expect(ends).toEqual({ x: 131_184, o: 77_904, draw: 46_080 })
  expect(rooms).toBe(549_946)
})

test('[R3] [R4] [R5] there are 5,478 positions, each with its own code and the winner that the drawn board shows', () => {
  expect(roomByCode.size).toBe(5_478)
  const tally = { active: 0, x: 0, o: 0, draw: 0 }
  for (const [code, room] of roomByCode) {
    const inBase3 = Array.from({ length: 9 }, (_, cell) => Math.floor(code / 3 ** cell) % 3)
    const marks = inBase3.map((_, cell) => (room.moves.includes(cell) ? 1 + (room.moves.indexOf(cell) % 2) : 0))
    expect(inBase3).toEqual(marks)
    expect(room.winner).toBe(winnerByDrawing(room.moves))
    tally[room.status === 'active' ? 'active' : endOf(room)]++
  }
  expect(tally).toEqual({ active: 4_520, x: 626, o: 316, draw: 16 })
})

function endOf({ winner }: Room): 'x' | 'o' | 'draw' {
  return winner === null ? 'draw' : winner === 0 ? 'x' : 'o'
}
