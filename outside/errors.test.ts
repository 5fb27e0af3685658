import { encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import {
  ACCEPT,
  CANCEL,
  ENDED,
  ERROR,
  FIND,
  INVITE,
  is,
  MOVE,
  MOVED,
  REMATCH,
  RESIGN,
  SAY,
  UNWATCH,
  WATCH,
} from './client.ts'
import { play, X_WINS } from './company.ts'
import { witnessedScene } from './scene.ts'

/** The rows of the table "Error codes" that a request on a socket can bring about. */

const { here, game } = witnessedScene({ TURN_SECONDS: '3600', RATE_LIMIT_FRAMES: '1000' })
const NO_SUCH_GAME = '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05'

/** Board of the witness: X in cell 4, O in cell 0. */
const board = { version: 3, board: 81 + 2 }

test('[FORBIDDEN] who has no seat neither moves nor resigns nor asks for a rematch, nor knows whose turn it is', async () => {
  const stranger = await here.newcomer()
  await stranger.ok(WATCH, game.gameId)
  const requests: readonly (readonly [number, ...unknown[]])[] = [
    [MOVE, game.gameId, 2, 8],
    [MOVE, game.gameId, 2, 4],
    [MOVE, game.gameId, 0, 4],
    [MOVE, game.gameId, 7, 8],
    [RESIGN, game.gameId],
    [REMATCH, game.gameId],
  ]
  for (const request of requests) {
    expect(await stranger.refused(...request)).toEqual({ code: 'FORBIDDEN', details: undefined })
  }
})

test('[FORBIDDEN] a rematch of a running game, leaving the events of it, a phrase without WATCH, an own code', async () => {
  const stranger = await here.newcomer()
  expect((await game.x.refused(REMATCH, game.gameId)).code).toBe('FORBIDDEN')
  expect((await game.o.refused(UNWATCH, game.gameId)).code).toBe('FORBIDDEN')
  expect((await stranger.refused(SAY, game.gameId, 0)).code).toBe('FORBIDDEN')
  expect((await stranger.refused(ACCEPT, await stranger.ok(INVITE))).code).toBe('FORBIDDEN')
})

test('[NOT_FOUND] a game or a code that names nothing', async () => {
  const stranger = await here.newcomer()
  for (const gameId of [
    NO_SUCH_GAME,
    'x',
    '\u0000',
    '__proto__',
    'x'.repeat(64),
    game.gameId.toUpperCase(),
    `${game.gameId}x`,
  ]) {
    for (const request of [[WATCH], [UNWATCH], [MOVE], [RESIGN], [REMATCH], [SAY]] as const) {
      const rest = request[0] === MOVE ? [0, 0] : request[0] === SAY ? [0] : []
      expect([request, gameId, await stranger.refused(request[0], gameId, ...rest)]).toEqual([
        request,
        gameId,
        { code: 'NOT_FOUND', details: undefined },
      ])
    }
  }
  for (const code of ['K7Q2M9XD', 'x', '__proto__', 'x'.repeat(64)]) {
    expect((await stranger.refused(ACCEPT, code)).code).toBe('NOT_FOUND')
  }
})

test('[INVALID_MOVE] a taken cell, with the board as it is', async () => {
  for (const cell of [4, 0]) {
    expect(await game.x.refused(MOVE, game.gameId, 2, cell)).toEqual({ code: 'INVALID_MOVE', details: board })
  }
})

test('[NOT_YOUR_TURN] the current ply by the other seat, whether the cell is free or not', async () => {
  for (const cell of [8, 4]) {
    expect(await game.o.refused(MOVE, game.gameId, 2, cell)).toEqual({ code: 'NOT_YOUR_TURN', details: board })
  }
})

test('[STALE] any other ply, of whoever, whatever the cell', async () => {
  for (const [player, ply, cell] of [
    [game.x, 0, 8],
    [game.x, 1, 8],
    [game.x, 3, 8],
    [game.o, 3, 8],
    [game.o, 0, 4],
    [game.o, 1, 4],
    [game.x, 9, 8],
    [game.x, 2 ** 32 - 1, 8],
  ] as const) {
    expect(await player.refused(MOVE, game.gameId, ply, cell)).toEqual({ code: 'STALE', details: board })
  }
})

test('[GAME_OVER] a new move or RESIGN after the end; FORBIDDEN for who has no seat', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, X_WINS)
  await x.seen(is(ENDED, gameId))
  const stranger = await here.newcomer()
  for (const player of [x, o]) {
    for (const [ply, cell] of [
      [5, 8],
      [5, 0],
      [0, 8],
    ]) {
      expect((await player.refused(MOVE, gameId, ply, cell)).code).toBe('GAME_OVER')
    }
    expect((await player.refused(RESIGN, gameId)).code).toBe('GAME_OVER')
  }
  expect((await stranger.refused(MOVE, gameId, 5, 8)).code).toBe('FORBIDDEN')
  expect((await stranger.refused(RESIGN, gameId)).code).toBe('FORBIDDEN')
})

test('[ALREADY_PLAYING] names the game', async () => {
  const expected = { code: 'ALREADY_PLAYING', details: { gameId: game.gameId } }
  for (const mode of ['casual', 'ranked', 'bot']) expect(await game.x.refused(FIND, mode)).toEqual(expected)
  expect(await game.o.refused(INVITE)).toEqual(expected)
})

test('[ALREADY_QUEUED] [NOT_QUEUED] a second FIND, a CANCEL of nothing', async () => {
  const client = await here.newcomer()
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
  await client.ok(FIND, 'ranked')
  expect((await client.refused(FIND, 'casual')).code).toBe('ALREADY_QUEUED')
  await client.ok(CANCEL)
})

/** What is no integer 0..8, or no uint32, or no string, and so on; each alone in the place of one field. */
const NO_CELL = [
  undefined,
  null,
  true,
  '4',
  9,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  -(2 ** 53),
  256,
  [4],
  { 4: 4 },
  new Uint8Array([4]),
]
const NO_UINT32 = [null, false, '2', -1, 0.5, Number.NaN, 2 ** 32, 2 ** 53, [2], {}, new Uint8Array([2])]
const NO_NAME = [null, true, 7, '', 'x'.repeat(65), 'é'.repeat(33), Number.NaN, [], {}, new Uint8Array([65])]

test('[BAD_REQUEST] a move whose fields are missing or of another type', async () => {
  const { gameId } = game
  const attacker = await here.again(game.x.guest)
  for (const cell of NO_CELL) {
    const fields = cell === undefined ? [gameId, 2] : [gameId, 2, cell]
    expect([cell, await attacker.refused(MOVE, ...fields)]).toEqual([cell, { code: 'BAD_REQUEST', details: undefined }])
  }
  for (const ply of NO_UINT32)
    expect([ply, (await attacker.refused(MOVE, gameId, ply, 8)).code]).toEqual([ply, 'BAD_REQUEST'])
  for (const name of NO_NAME)
    expect([name, (await attacker.refused(MOVE, name, 2, 8)).code]).toEqual([name, 'BAD_REQUEST'])
  for (const fields of [[], [gameId], [2, gameId, 8]])
    expect((await attacker.refused(MOVE, ...fields)).code).toBe('BAD_REQUEST')
})

test('[BAD_REQUEST] the other requests with fields missing or of another type', async () => {
  const client = await here.newcomer()
  const bad: readonly (readonly [number, ...unknown[]])[] = [
    ...[undefined, null, 0, 'private', 'CASUAL', '', ['bot']].map((mode) => [FIND, mode] as const),
    ...[5, 'easy', true, [1], { level: 0 }, { level: 4 }, { level: '1' }, { level: null }, { level: 1.5 }].map(
      (given) => [FIND, 'bot', given] as const,
    ),
    ...[WATCH, UNWATCH, RESIGN, REMATCH, ACCEPT].flatMap((tag) => NO_NAME.map((name) => [tag, name] as const)),
    ...[WATCH, UNWATCH, RESIGN, REMATCH, ACCEPT].map((tag) => [tag] as const),
    ...[undefined, null, '0', 16, -1, 0.5, Number.NaN, 2 ** 53].map((phrase) => [SAY, game.gameId, phrase] as const),
    ...[null, 7, true, [], {}].map((jwt) => [11, jwt] as const),
    [11],
  ]
  for (const request of bad) {
    const fields = request.filter((field) => field !== undefined) as [number, ...unknown[]]
    expect([request, (await client.refused(...fields)).code]).toEqual([request, 'BAD_REQUEST'])
  }
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
})

test('[BAD_REQUEST] has rid nil when the rid itself is wrong, and for a PING', async () => {
  const attacker = await here.again(game.x.guest)
  const wrong: readonly unknown[][] = [
    [MOVE],
    [CANCEL],
    ...NO_UINT32.map((rid) => [MOVE, rid, game.gameId, 2, 8]),
    ...[null, 'now', 1.5, 2 ** 53, Number.NaN, []].map((clientTime) => [10, clientTime]),
    [10],
  ]
  for (const frame of wrong) {
    const from = attacker.frames.length
    attacker.sendBytes(encode(frame))
    expect([frame, (await attacker.seen(is(ERROR), from)).slice(1, 3)]).toEqual([frame, [null, 'BAD_REQUEST']])
  }
})

test('[UNKNOWN_TYPE] echoes field 1 if it is a uint32, for the tags of servers too', async () => {
  const client = await here.newcomer()
  for (const tag of [0, 13, 50, 63, 64, 66, 127]) {
    for (const [field, rid] of [
      [7, 7],
      [7.0, 7],
      [-1, null],
      ['x', null],
      [2 ** 32, null],
      [undefined, null],
    ]) {
      const from = client.frames.length
      client.sendBytes(encode(field === undefined ? [tag] : [tag, field, game.gameId]))
      expect([tag, field, (await client.seen(is(ERROR), from)).slice(1, 3)]).toEqual([
        tag,
        field,
        [rid, 'UNKNOWN_TYPE'],
      ])
    }
  }
})

test('[order] BAD_REQUEST comes before NOT_FOUND, and NOT_FOUND before FORBIDDEN', async () => {
  const stranger = await here.newcomer()
  expect((await stranger.refused(MOVE, NO_SUCH_GAME, 0, 9)).code).toBe('BAD_REQUEST')
  expect((await stranger.refused(MOVE, game.gameId, 2, 9)).code).toBe('BAD_REQUEST')
  expect((await stranger.refused(SAY, NO_SUCH_GAME, 0)).code).toBe('NOT_FOUND')
  expect((await game.x.refused(ACCEPT, 'K7Q2M9XD')).code).toBe('NOT_FOUND')
})

test('[P8] a player who was refused everything plays on', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, [4])
  expect((await x.refused(MOVE, gameId, 1, 0)).code).toBe('NOT_YOUR_TURN')
  expect((await o.refused(MOVE, gameId, 1, 4)).code).toBe('INVALID_MOVE')
  await o.ok(MOVE, gameId, 1, 0)
  await x.seen(is(MOVED, gameId, 3))
})
