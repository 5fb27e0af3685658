import { expect, test } from 'vitest'
import { virtualClock } from '../kit/virtual-clock.ts'
import { startPace } from './pace.ts'
import { drawnGame } from './script.ts'
import { type Game, newGame, newPlayer } from './table.ts'
import { moveFrame } from './wire.ts'

function gameOfTwo(): { readonly game: Game; readonly sent: () => number } {
  const game = newGame('g', drawnGame)
  let sent = 0
  for (const seat of [0, 1] as const) {
    const send = (): void => {
      sent += 1
    }
    const socket = { send, end() {}, destroy() {} }
    game.seats[seat] = { ...newPlayer(seat, 1), game, seat, socket, moveFrame: moveFrame('g') }
  }
  game.ready = true
  return { game, sent: () => sent }
}

test('[pace] a ready game moves once a period, and a finished one never', async () => {
  const clock = virtualClock({ startMs: 0 })
  const pace = startPace(clock, 1_000)
  const { game, sent } = gameOfTwo()
  pace.add(game)
  for (let period = 1; period <= 3; period++) {
    await clock.advance(1_000)
    expect(sent()).toBe(period)
    Object.assign(game, { ready: true })
    game.seats[0]!.moveRid = 0
  }
  game.over = true
  await clock.advance(3_000)
  expect(sent()).toBe(3)
})

test('[pace] a move that had to wait counts from when it was due', async () => {
  const clock = virtualClock({ startMs: 0 })
  const pace = startPace(clock, 1_000)
  const { game, sent } = gameOfTwo()
  game.ready = false
  pace.add(game)
  await clock.advance(2_500)
  expect(sent()).toBe(0)
  const dueMs = game.dueAtMs
  expect(dueMs).toBeLessThan(1_002)
  game.ready = true
  pace.ready(game)
  expect([sent(), game.movedAtMs, game.seats[0]!.moveAtMs]).toEqual([1, dueMs, dueMs])
  pace.stop()
  expect(clock.nextDueMs()).toBeNull()
})

test('[pace] many games spread over the period', async () => {
  const clock = virtualClock({ startMs: 0 })
  const pace = startPace(clock, 1_000)
  const games = Array.from({ length: 100 }, gameOfTwo)
  for (const { game } of games) pace.add(game)
  await clock.advance(500)
  const moved = games.filter(({ sent }) => sent() > 0).length
  expect(moved).toBeGreaterThan(45)
  expect(moved).toBeLessThan(55)
})
