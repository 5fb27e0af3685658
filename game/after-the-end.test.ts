import { expect, test } from 'vitest'
import {
  againstBot,
  agreed,
  ana,
  annulled,
  bo,
  casual,
  draw,
  given,
  givenOpening,
  NOW_MS,
  offered,
  played,
  resigned,
  roomAfter,
  said,
  TURN_MS,
  timedOut,
  xWins,
} from './given.ts'
import { evolve, openRoom, rematchOf } from './room.ts'

test('[R15] no rematch while the game runs', () => {
  given(...played(4))
    .when({ type: 'rematch', seat: 0 })
    .refused('FORBIDDEN')
  givenOpening(againstBot).when({ type: 'rematch', seat: 0 }).refused('FORBIDDEN')
})

test('[R15] after any end an offer stays open for 60 s', () => {
  for (const end of [xWins, draw, [resigned(0, NOW_MS)], [timedOut(0, NOW_MS)], [annulled(NOW_MS)]])
    given(...end)
      .when({ type: 'rematch', seat: 1 }, NOW_MS)
      .then(offered(1, NOW_MS))
})

test('[R15] offering again is accepted, and after 60 s it is a new offer', () => {
  const open = given(...xWins, offered(0, NOW_MS))
  open.when({ type: 'rematch', seat: 0 }, NOW_MS + 59_999).then()
  open.when({ type: 'rematch', seat: 0 }, NOW_MS + 60_000).then(offered(0, NOW_MS + 60_000))
})

test('[R16] the other seat agrees while the offer is open', () => {
  const open = given(...xWins, offered(0, NOW_MS))
  open.when({ type: 'rematch', seat: 1 }, NOW_MS + 59_999).then(agreed(1))
  open.when({ type: 'rematch', seat: 1 }, NOW_MS + 60_000).then(offered(1, NOW_MS + 60_000))
})

test('[R16] agreeing again while the offer is open agrees again', () => {
  const settled = given(...xWins, offered(0, NOW_MS), agreed(1))
  settled.when({ type: 'rematch', seat: 1 }).then(agreed(1))
  settled.when({ type: 'rematch', seat: 0 }).then()
})

test('[R16] an offer that lapsed with the next game of who made it is not agreed to, but answered by an offer', () => {
  const open = given(...xWins, offered(0, NOW_MS))
  open.when({ type: 'rematch', seat: 1, lapsed: true }, NOW_MS + 1).then(offered(1, NOW_MS + 1))
  given(...xWins, offered(1, NOW_MS))
    .when({ type: 'rematch', seat: 1, lapsed: true }, NOW_MS + 1)
    .then()
})

test('[R17] the next game swaps the seats and keeps mode and turn time', () => {
  const next = rematchOf(roomAfter({ ...casual, mode: 'ranked' }, ...xWins))
  expect(next).toEqual({ mode: 'ranked', players: [bo, ana], turnMs: TURN_MS })
  expect(rematchOf(openRoom(next, NOW_MS)).players).toEqual([ana, bo])
})

test('[R18] a bot agrees at once, every time', () => {
  const over = givenOpening(againstBot, resigned(1, NOW_MS))
  over.when({ type: 'rematch', seat: 0 }).then(agreed(0))
  givenOpening(againstBot, resigned(1, NOW_MS), agreed(0)).when({ type: 'rematch', seat: 0 }).then(agreed(0))
})

test('[R19] players and spectators speak during and after the game', () => {
  for (const past of [[], xWins])
    for (const seat of [0, 1, null] as const) {
      const spoken = said(seat, 15)
      given(...past)
        .when({ type: 'say', seat, phrase: 15 })
        .then(spoken)
      const room = roomAfter(casual, ...past)
      expect(evolve(room, spoken)).toBe(room)
    }
})
