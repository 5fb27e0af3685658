import { expect, test } from 'vitest'
import { type Random, seededRandom } from '../kit/random.ts'
import { botCell, botMove, botToMove } from './bot.ts'
import { againstBot, casual, OPENED_MS, played, resigned, roomAfter } from './given.ts'
import { type BotLevel, decide, evolve, openRoom, type Room, rematchOf, turnOf } from './room.ts'
import { type Seat, winnerLine } from './rules.ts'

/** Chance that falls into slot `n` of `slots` equal ones. */
const slot = (n: number, slots: number): Random => ({
  uint32: () => Math.floor(((n + 0.5) / slots) * 2 ** 32),
  bytes: (length) => new Uint8Array(length),
})

/** How often each cell is played when each of `slots` equal chances comes up once. */
function shares(moves: readonly number[], level: BotLevel, slots: number): Record<number, number> {
  const count: Record<number, number> = {}
  for (let n = 0; n < slots; n++) {
    const cell = botCell(moves, level, slot(n, slots))
    count[cell] = (count[cell] ?? 0) + 1
  }
  return count
}

/** Nine equal chances reach each of at most nine equally likely cells. */
const everyChoice = (moves: readonly number[], level: BotLevel): number[] =>
  Object.keys(shares(moves, level, 9)).map(Number)

const isOver = (moves: readonly number[]) => moves.length === 9 || winnerLine(moves) !== null
const freeCells = (moves: readonly number[]) => [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !moves.includes(cell))

/** Ends of all games from `moves` on: every move of the other side against every choice of a level 3 bot in `seat`. */
function endsAgainstPerfect(seat: Seat, moves: readonly number[], ends = { won: 0, lost: 0, drawn: 0 }) {
  if (isOver(moves)) {
    const lastSeat = (moves.length + 1) % 2
    ends[winnerLine(moves) === null ? 'drawn' : lastSeat === seat ? 'won' : 'lost']++
    return ends
  }
  const cells = moves.length % 2 === seat ? everyChoice(moves, 3) : freeCells(moves)
  for (const cell of cells) endsAgainstPerfect(seat, [...moves, cell], ends)
  return ends
}

test('[R20] a bot is asked only when it is to move', () => {
  expect(botToMove(roomAfter(againstBot))).toBeNull()
  expect(botToMove(roomAfter(againstBot, ...played(4)))).toBe(3)
  expect(botToMove(roomAfter(againstBot, ...played(4), resigned(1, OPENED_MS)))).toBeNull()
  expect(botToMove(roomAfter(casual, ...played(4)))).toBeNull()
  expect(() => botMove(roomAfter(againstBot), seededRandom(1))).toThrow('a bot is to move')
})

test('[R20] a bot moves by the same rules, in either seat', () => {
  const random = seededRandom(7)
  for (const opening of [againstBot, rematchOf(openRoom(againstBot, OPENED_MS))]) {
    let room: Room = openRoom(opening, OPENED_MS)
    for (let seat = turnOf(room); seat !== null; seat = turnOf(room)) {
      const cell = botToMove(room) === null ? freeCells(room.moves)[0]! : botMove(room, random)
      const decision = decide(room, { type: 'move', seat, ply: room.moves.length, cell }, OPENED_MS)
      if (!decision.ok) throw new Error(decision.error)
      room = decision.value.reduce(evolve, room)
    }
    expect(room.status).toBe('completed')
  }
})

test('[R20] a level that the types exclude is our own bug', () => {
  expect(() => botCell([], 4 as never, seededRandom(1))).toThrow('unreachable')
})

test('[R21] level 1 plays every free cell equally often', () => {
  expect(shares([], 1, 9)).toEqual({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1 })
  expect(shares([0, 3, 1, 4], 1, 5)).toEqual({ 2: 1, 5: 1, 6: 1, 7: 1, 8: 1 })
})

test('[R22] level 2 wins when it can, rather than block', () => {
  expect(everyChoice([0, 3, 1, 4], 2)).toEqual([2])
  expect(everyChoice([0, 3, 1, 4, 8], 2)).toEqual([5])
  expect(everyChoice([0, 3, 2, 5, 8, 7], 2)).toEqual([1, 4])
})

test('[R22] level 2 blocks when it cannot win', () => {
  expect(everyChoice([0, 4, 1], 2)).toEqual([2])
  expect(everyChoice([0, 1, 8, 2, 6], 2)).toEqual([3, 4, 7])
})

test('[R22] otherwise level 2 prefers the centre to corners, and corners to edges', () => {
  expect(shares([], 2, 160)).toEqual({ 0: 20, 1: 10, 2: 20, 3: 10, 4: 40, 5: 10, 6: 20, 7: 10, 8: 20 })
  expect(shares([4], 2, 120)).toEqual({ 0: 20, 1: 10, 2: 20, 3: 10, 5: 10, 6: 20, 7: 10, 8: 20 })
})

test('[R23] level 3 never loses as X, whatever O plays and chance picks', () => {
  const ends = endsAgainstPerfect(0, [])
  expect(ends.lost).toBe(0)
  expect(ends.won).toBeGreaterThan(ends.drawn)
})

test('[R23] level 3 never loses as O, whatever X plays and chance picks', () => {
  const ends = endsAgainstPerfect(1, [])
  expect(ends.lost).toBe(0)
  expect(ends.won).toBeGreaterThan(0)
})

test('[R23] level 3 wins every game in which the other side erred', () => {
  const ends = endsAgainstPerfect(0, [0, 1])
  expect(ends).toEqual({ won: ends.won, lost: 0, drawn: 0 })
  expect(ends.won).toBeGreaterThan(0)
})

test('[R23] level 3 wins as soon as it can', () => {
  expect(everyChoice([0, 3, 1, 4], 3)).toEqual([2])
  expect(everyChoice([0, 1, 4, 8], 3)).toEqual([3, 6])
  expect(everyChoice([0, 3, 8, 4, 2], 3)).toEqual([5])
})

test('[R23] where level 3 cannot but lose it holds out longest', () => {
  expect(endsAgainstPerfect(0, [0, 1, 4])).toMatchObject({ lost: 0, drawn: 0 })
  expect(everyChoice([0, 1, 4], 3)).toEqual([8])
})

test('[R23] among equally good cells all are equally often', () => {
  expect(shares([], 3, 9)).toEqual({ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1 })
  expect(shares([4], 3, 4)).toEqual({ 0: 1, 2: 1, 6: 1, 8: 1 })
})
