import { expect, test } from 'vitest'
import {
  agreed,
  ana,
  annulled,
  bo,
  casual,
  draw,
  given,
  moved,
  moveOf,
  NOW_MS,
  OPENED_MS,
  offered,
  played,
  resigned,
  roomAfter,
  said,
  TURN_MS,
  timedOut,
  xWins,
} from './given.ts'
import { decide, evolve, openRoom, turnOf } from './room.ts'

test('[R2] X moves first, then O, in turn', () => {
  given()
    .when(moveOf(0, 0, 4))
    .then(moved(0, 4, NOW_MS))
  given()
    .when(moveOf(1, 0, 4))
    .refused('NOT_YOUR_TURN')
  given(...played(4))
    .when(moveOf(1, 1, 0))
    .then(moved(1, 0, NOW_MS))
  given(...played(4))
    .when(moveOf(0, 1, 0))
    .refused('NOT_YOUR_TURN')
  expect(turnOf(roomAfter(casual))).toBe(0)
  expect(turnOf(roomAfter(casual, ...played(4)))).toBe(1)
  expect(turnOf(roomAfter(casual, ...xWins))).toBeNull()
})

test('[R3] the move that fills a line wins at once and sets no deadline', () => {
  given(...played(0, 3, 1, 4))
    .when(moveOf(0, 4, 2))
    .then(
      { type: 'moved', ply: 4, cell: 2, atMs: NOW_MS, deadlineMs: null },
      { type: 'ended', status: 'completed', reason: 'line', winner: 0, line: [0, 1, 2], atMs: NOW_MS },
    )
  given(...played(0, 2, 1, 4, 8))
    .when(moveOf(1, 5, 6))
    .then(
      { type: 'moved', ply: 5, cell: 6, atMs: NOW_MS, deadlineMs: null },
      { type: 'ended', status: 'completed', reason: 'line', winner: 1, line: [2, 4, 6], atMs: NOW_MS },
    )
})

test('[R4] a full board without a line is a draw', () => {
  given(...draw.slice(0, 8))
    .when(moveOf(0, 8, 8))
    .then(
      { type: 'moved', ply: 8, cell: 8, atMs: NOW_MS, deadlineMs: null },
      { type: 'ended', status: 'completed', reason: 'board_full', winner: null, line: null, atMs: NOW_MS },
    )
})

test('[R4] a ninth move that fills a line wins', () => {
  given(...played(1, 4, 2, 5, 3, 7, 6, 8))
    .when(moveOf(0, 8, 0))
    .then(
      { type: 'moved', ply: 8, cell: 0, atMs: NOW_MS, deadlineMs: null },
      { type: 'ended', status: 'completed', reason: 'line', winner: 0, line: [0, 1, 2], atMs: NOW_MS },
    )
})

test('[R6] the opening is version 1, moves and the end add one each, nothing else does', () => {
  const opened = openRoom(casual, OPENED_MS)
  expect(opened).toEqual({
    mode: 'casual',
    players: [ana, bo],
    turnMs: TURN_MS,
    createdAtMs: OPENED_MS,
    version: 1,
    moves: [],
    movedAtMs: [],
    status: 'active',
    reason: null,
    winner: null,
    line: null,
    deadlineMs: OPENED_MS + TURN_MS,
    endedAtMs: null,
    offer: null,
  })
  const versions = [...xWins, offered(0, NOW_MS), agreed(1), said(0, 3)].map(
    (_, n, events) => roomAfter(casual, ...events.slice(0, n + 1)).version,
  )
  expect(versions).toEqual([2, 3, 4, 5, 6, 7, 7, 7, 7])
  expect(evolve(opened, { type: 'deadline_moved', deadlineMs: NOW_MS })).toEqual({ ...opened, deadlineMs: NOW_MS })
})

test('[R6] a move and the end are all that they change', () => {
  const opened = openRoom(casual, OPENED_MS)
  const once = evolve(opened, moved(0, 4, NOW_MS))
  expect(once).toEqual({ ...opened, version: 2, moves: [4], movedAtMs: [NOW_MS], deadlineMs: NOW_MS + TURN_MS })
  const over = { status: 'forfeited', reason: 'resign', winner: 1, endedAtMs: NOW_MS, deadlineMs: null } as const
  expect(evolve(once, resigned(1, NOW_MS))).toEqual({ ...once, ...over, version: 3 })
})

test('[R7] of several refusals the first in order counts', () => {
  given(...xWins)
    .when(moveOf(1, 9, 0))
    .refused('GAME_OVER')
  given(...played(4))
    .when(moveOf(0, 0, 9))
    .refused('STALE')
  given(...played(4))
    .when(moveOf(1, 2, 4))
    .refused('STALE')
  given(...played(4))
    .when(moveOf(0, 1, 4))
    .refused('NOT_YOUR_TURN')
  given(...played(4))
    .when(moveOf(1, 1, 4))
    .refused('INVALID_MOVE')
})

test('[R7] a cell that is taken or not on the board is refused', () => {
  given(...played(4, 0))
    .when(moveOf(0, 2, 4))
    .refused('INVALID_MOVE')
  given(...played(4, 0))
    .when(moveOf(0, 2, 0))
    .refused('INVALID_MOVE')
  for (const cell of [-1, 9, 0.5, 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])
    given()
      .when(moveOf(0, 0, cell))
      .refused('INVALID_MOVE')
})

test('[R7] minus zero is cell 0', () => {
  given()
    .when(moveOf(0, 0, -0))
    .then(moved(0, 0, NOW_MS))
})

test('[R7] a ply that is no number of a move is stale', () => {
  for (const ply of [-1, 0.5, 2 ** 53, Number.NaN])
    given()
      .when(moveOf(0, ply, 4))
      .refused('STALE')
})

test('[R8] the same move by the same seat is accepted again and changes nothing', () => {
  given(...played(4, 0))
    .when(moveOf(0, 0, 4))
    .then()
  given(...played(4, 0))
    .when(moveOf(1, 1, 0))
    .then()
})

test('[R8] so it is after the end', () => {
  given(...xWins)
    .when(moveOf(0, 4, 2))
    .then()
  given(...xWins)
    .when(moveOf(1, 1, 3))
    .then()
  given(...played(4), annulled(NOW_MS))
    .when(moveOf(0, 0, 4))
    .then()
})

test('[R8] another cell or the other seat is no repeat', () => {
  given(...played(4, 0))
    .when(moveOf(0, 0, 5))
    .refused('STALE')
  given(...played(4, 0))
    .when(moveOf(1, 0, 4))
    .refused('STALE')
  given(...xWins)
    .when(moveOf(1, 4, 2))
    .refused('GAME_OVER')
})

test('[R10] the opening and each move give the next player the turn time', () => {
  expect(openRoom({ ...casual, turnMs: 5_000 }, 100).deadlineMs).toBe(5_100)
  given(...played(4))
    .when(moveOf(1, 1, 0), OPENED_MS + 2_500)
    .then(moved(1, 0, OPENED_MS + 2_500))
})

test('[R10] a turn that takes no time is our own bug', () => {
  for (const turnMs of [0, -1, 0.5, Number.NaN]) expect(() => openRoom({ ...casual, turnMs }, 0)).toThrow('turn')
})

test('[R11] the player to move forfeits at the deadline, not before', () => {
  const x = given()
  x.when({ type: 'timeout' }, OPENED_MS + TURN_MS - 1).then()
  x.when({ type: 'timeout' }, OPENED_MS + TURN_MS).then(timedOut(1, OPENED_MS + TURN_MS))
  const o = given(...played(4))
  o.when({ type: 'timeout' }, OPENED_MS + 1_000 + TURN_MS - 1).then()
  o.when({ type: 'timeout' }, OPENED_MS + 1_000 + TURN_MS).then(timedOut(0, OPENED_MS + 1_000 + TURN_MS))
})

test('[R11] a timeout after the end does nothing', () => {
  given(...xWins)
    .when({ type: 'timeout' }, NOW_MS + 1e9)
    .then()
  given(timedOut(1, NOW_MS))
    .when({ type: 'timeout' }, NOW_MS + 1e9)
    .then()
})

test('[R11] a move that is decided before the timeout counts', () => {
  const lateMs = OPENED_MS + TURN_MS + 1
  given()
    .when(moveOf(0, 0, 4), lateMs)
    .then(moved(0, 4, lateMs))
})

test('[R12] the deadline of a running game can be set anew', () => {
  const deadlineMs = OPENED_MS + 90_000
  given().when({ type: 'extend', deadlineMs }).then({ type: 'deadline_moved', deadlineMs })
  const extended = given({ type: 'deadline_moved', deadlineMs })
  extended.when({ type: 'timeout' }, deadlineMs - 1).then()
  extended.when({ type: 'timeout' }, deadlineMs).then(timedOut(1, deadlineMs))
})

test('[R12] a finished game has no clock to set', () => {
  given(...xWins)
    .when({ type: 'extend', deadlineMs: NOW_MS })
    .then()
})

test('[R13] a player resigns in turn or not, and the other wins', () => {
  given().when({ type: 'resign', seat: 0 }).then(resigned(1, NOW_MS))
  given().when({ type: 'resign', seat: 1 }).then(resigned(0, NOW_MS))
})

test('[R13] resigning again is accepted and changes nothing', () => {
  given(resigned(1, NOW_MS)).when({ type: 'resign', seat: 0 }).then()
})

test('[R13] nobody resigns a game that is over for another reason', () => {
  given(resigned(1, NOW_MS)).when({ type: 'resign', seat: 1 }).refused('GAME_OVER')
  given(timedOut(1, NOW_MS)).when({ type: 'resign', seat: 0 }).refused('GAME_OVER')
  given(...xWins)
    .when({ type: 'resign', seat: 1 })
    .refused('GAME_OVER')
  given(annulled(NOW_MS)).when({ type: 'resign', seat: 0 }).refused('GAME_OVER')
})

test('[R14] a lost game is annulled without a winner', () => {
  given(...played(4))
    .when({ type: 'abort' })
    .then(annulled(NOW_MS))
  given(annulled(NOW_MS)).when({ type: 'abort' }).then()
  given(annulled(NOW_MS))
    .when(moveOf(0, 0, 4))
    .refused('GAME_OVER')
})

test('[R14] a finished game is never annulled', () => {
  given(...xWins)
    .when({ type: 'abort' })
    .refused('GAME_OVER')
})

test('[R24] what the types exclude is our own bug', () => {
  const room = openRoom(casual, OPENED_MS)
  expect(() => decide(room, { type: 'undo' } as never, NOW_MS)).toThrow('unreachable')
  expect(() => evolve(room, { type: 'undone' } as never)).toThrow('unreachable')
})

test('[R24] an event that does not follow from the room is our own bug', () => {
  expect(() => roomAfter(casual, moved(1, 4, NOW_MS))).toThrow('assertion failed')
  expect(() => roomAfter(casual, ...xWins, moved(5, 8, NOW_MS))).toThrow('assertion failed')
  expect(() => roomAfter(casual, ...xWins, resigned(0, NOW_MS))).toThrow('assertion failed')
})
