import { expect, test } from 'vitest'
import { CLOCK_AHEAD_MS, finishedGame } from './finished-game.ts'
import { recordHead, resultOf } from './room-record.ts'
import { BEGIN_MS, finishedGameOf } from './test-finished-games.ts'

const NOW_MS = BEGIN_MS + 3_600_000
const game = finishedGameOf({})

function read(change: Partial<typeof game.room>, nowMs = NOW_MS) {
  const room = { ...game.room, ...change }
  return finishedGame(game.gameId, resultOf({ head: recordHead(room, game.match), room }), nowMs)
}

test('a result is read back whole', () => {
  expect(read({})).toEqual({ ok: true, value: game })
})

test('a clock that was set back, or a new owner behind the last one, makes no instant earlier than the one before', () => {
  const { createdAtMs } = game.room
  const times = [1_000, 90_000, -5_000, 91_000, -3_600_000].map((ms) => createdAtMs + ms)
  const back = read({ movedAtMs: times, endedAtMs: createdAtMs - 3_600_000 })
  expect(back).toMatchObject({
    ok: true,
    value: {
      room: {
        movedAtMs: [1_000, 90_000, 90_000, 91_000, 91_000].map((ms) => createdAtMs + ms),
        endedAtMs: createdAtMs + 91_000,
      },
    },
  })
})

test('a game that is not over, or ends in the future, is refused; clocks may differ a little', () => {
  expect(read({ status: 'active' })).toEqual({ ok: false, error: 'the game is not over' })
  const endedAtMs = NOW_MS + CLOCK_AHEAD_MS
  expect(read({ endedAtMs }).ok).toBe(true)
  expect(read({ endedAtMs: endedAtMs + 1 })).toEqual({ ok: false, error: 'the game ends in the future' })
})
