import fc from 'fast-check'
import { expect, test } from 'vitest'
import { againstBot, casual, OPENED_MS } from './given.ts'
import { decide, evolve, type Opening, openRoom, type Room, type RoomCommand, type RoomEvent, turnOf } from './room.ts'
import { boardCode, isCell, type Seat, seatOfPly, winnerLine } from './rules.ts'

type Step = {
  readonly command: RoomCommand | 'legal' | 'hasty'
  readonly seat: Seat
  readonly pickCell: number
  readonly waitMs: number
}

const seat = fc.constantFrom<Seat>(0, 1)
const anyNumber = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -1, max: 9 }) }, fc.double())
const command: fc.Arbitrary<RoomCommand> = fc.oneof(
  fc.record({ type: fc.constant('move'), seat, ply: anyNumber, cell: anyNumber }),
  fc.record({ type: fc.constant('resign'), seat }),
  fc.record({ type: fc.constant('rematch'), seat }),
  fc.record({ type: fc.constant('say'), seat: fc.option(seat), phrase: fc.nat(15) }),
  fc.record({ type: fc.constant('timeout') }),
  fc.record({ type: fc.constant('extend'), deadlineMs: fc.nat(200_000).map((ms) => OPENED_MS + ms) }),
  fc.record({ type: fc.constant('abort') }),
)
const step: fc.Arbitrary<Step> = fc.record({
  command: fc.oneof(
    { weight: 3, arbitrary: fc.constant('legal' as const) },
    { weight: 1, arbitrary: fc.constant('hasty' as const) },
    { weight: 2, arbitrary: command },
  ),
  seat,
  pickCell: fc.nat(8),
  waitMs: fc.nat(20_000),
})
const steps = fc.array(step, { maxLength: 30 })
const opening = fc.constantFrom<Opening>(casual, againstBot)

/** What a step asks of this very room: a legal move, so that games get somewhere, or a move without looking. */
function asked({ command, seat, pickCell }: Step, room: Room): RoomCommand {
  const ply = room.moves.length
  if (command === 'hasty') return { type: 'move', seat, ply, cell: pickCell }
  if (command !== 'legal') return command
  const free = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((cell) => !room.moves.includes(cell))
  return { type: 'move', seat: seatOfPly(ply), ply, cell: free[pickCell % free.length] ?? pickCell }
}

/** Frozen all through: a `decide` or `evolve` that writes to its room throws. */
function frozen(room: Room): Room {
  for (const part of [room, room.moves, room.movedAtMs, room.players, room.offer, room.line]) Object.freeze(part)
  return room
}

function run(
  from: Opening,
  walked: readonly Step[],
  see: (room: Room, command: RoomCommand, nowMs: number) => void,
): RoomEvent[] {
  let room = frozen(openRoom(from, OPENED_MS))
  let nowMs = OPENED_MS
  const history: RoomEvent[] = []
  for (const step of walked) {
    nowMs += step.waitMs
    const given = asked(step, room)
    see(room, given, nowMs)
    const decision = decide(room, given, nowMs)
    if (!decision.ok) continue
    history.push(...decision.value)
    room = decision.value.reduce((before, event) => frozen(evolve(before, event)), room)
  }
  see(room, { type: 'timeout' }, nowMs)
  return history
}

test('[R24] no command makes decide throw, and the same one at the same instant decides the same', () => {
  fc.assert(
    fc.property(opening, steps, (from, walked) => {
      run(from, walked, (room, given, nowMs) => {
        expect(decide(structuredClone(room), given, nowMs)).toEqual(decide(room, given, nowMs))
      })
    }),
  )
})

test('[R24] the same events give the same room', () => {
  fc.assert(
    fc.property(opening, steps, (from, walked) => {
      let last: Room = openRoom(from, OPENED_MS)
      const history = run(from, walked, (room) => {
        last = room
      })
      expect(history.reduce(evolve, openRoom(from, OPENED_MS))).toEqual(last)
    }),
  )
})

test('[R9] a refused command leaves the room as it was', () => {
  const refusals = new Set<string>()
  fc.assert(
    fc.property(opening, steps, (from, walked) => {
      run(from, walked, (room, given, nowMs) => {
        const before = structuredClone(room)
        const decision = decide(room, given, nowMs)
        if (!decision.ok) refusals.add(decision.error)
        expect(room).toEqual(before)
      })
    }),
    { seed: 1, numRuns: 300 },
  )
  expect([...refusals].sort()).toEqual(['FORBIDDEN', 'GAME_OVER', 'INVALID_MOVE', 'NOT_YOUR_TURN', 'STALE'])
})

test('[R6] versions rise by one with each move and the end, and stand still otherwise', () => {
  fc.assert(
    fc.property(opening, steps, (from, walked) => {
      const history = run(from, walked, () => {})
      history.reduce(
        (room, event) => {
          const next = evolve(room, event)
          expect(next.version - room.version).toBe(event.type === 'moved' || event.type === 'ended' ? 1 : 0)
          return next
        },
        openRoom(from, OPENED_MS),
      )
      expect(history.filter((event) => event.type === 'ended').length).toBeLessThan(2)
    }),
  )
})

test('[R2] [R3] [R10] every room on the way is a legal one', () => {
  fc.assert(fc.property(opening, steps, (from, walked) => void run(from, walked, expectLegal)))
})

test('[R8] [R13] what was accepted is accepted again, and changes nothing the second time', () => {
  fc.assert(
    fc.property(opening, steps, (from, walked) => {
      run(from, walked, (room, given, nowMs) => {
        if (given.type !== 'move' && given.type !== 'resign') return
        const decision = decide(room, given, nowMs)
        if (!decision.ok) return
        const after = decision.value.reduce(evolve, room)
        expect(decide(after, given, nowMs)).toEqual({ ok: true, value: [] })
      })
    }),
  )
})

function expectLegal(room: Room): void {
  const active = room.status === 'active'
  expect(room.movedAtMs.length).toBe(room.moves.length)
  expect([...room.movedAtMs].sort((a, b) => a - b)).toEqual(room.movedAtMs)
  expect(room.moves.every(isCell)).toBe(true)
  expect(new Set(room.moves).size).toBe(room.moves.length)
  expect(boardCode(room.moves)).toBeLessThan(3 ** 9)
  expect(turnOf(room)).toBe(active ? seatOfPly(room.moves.length) : null)
  expect(room.version).toBe(1 + room.moves.length + (active ? 0 : 1))
  expect(room.deadlineMs === null).toBe(!active)
  expect(room.endedAtMs === null).toBe(active)
  expect(room.reason === null).toBe(active)
  expect(room.line).toEqual(winnerLine(room.moves))
  expect(room.line !== null).toBe(room.reason === 'line')
  if (room.reason === 'line') expect(room.winner).toBe(seatOfPly(room.moves.length - 1))
  if (active || room.status === 'aborted' || room.reason === 'board_full') expect(room.winner).toBeNull()
  if (room.reason === 'board_full') expect(room.moves.length).toBe(9)
  if (active) expect(room.offer).toBeNull()
}
