import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SeedView } from '../../game/seed-view.ts'
import { Game, Invite, WatchedGame } from './games-schemas.ts'
import { startTestApp, type TestApp } from './test-app.ts'

let rest: TestApp
let players = 0
/** Each test has players of its own: a player has one game at a time. */
const newPlayer = () => `p${players++}`

beforeAll(async () => {
  rest = await startTestApp()
})
afterAll(() => rest.server.drain('draining'))

const read = async <T>(answer: Response | Promise<Response>): Promise<T> => (await (await answer).json()) as T
const codeOf = async (answer: Response | Promise<Response>) => {
  const response = await answer
  const { error } = (await response.json()) as { error: { code: string; message: string; details?: unknown } }
  return { status: response.status, ...error }
}
const startBotGame = (user: string, headers = {}) =>
  rest.request('POST', '/games', { user, headers, body: { mode: 'bot', level: 3 } })
const move = (user: string, gameId: string, position: unknown, ply?: unknown) =>
  rest.request('PUT', `/games/${gameId}/moves`, { user, body: { position, ply } })

/** Two players in a game: X first. */
async function startPrivateGame(): Promise<{ gameId: string; x: string; o: string }> {
  const [host, guest] = [newPlayer(), newPlayer()]
  const invite = await read<{ code: string }>(rest.request('POST', '/games', { user: host, body: { mode: 'private' } }))
  const body = { mode: 'private', code: invite.code.toLowerCase() }
  const game = await read<SeedView>(rest.request('POST', '/games', { user: guest, body }))
  const [x, o] = game.players.map(({ name }) => name) as [string, string]
  return { gameId: game.gameId, x, o }
}

test('[REST] a bot game starts with 201, the game and where it is', async () => {
  const user = newPlayer()
  const answer = await startBotGame(user)
  expect(answer.status).toBe(201)
  const game = Game.strict().parse(await answer.json())
  expect(answer.headers.get('location')).toBe(`/games/${game.gameId}`)
  expect(game).toMatchObject({ mode: 'bot', status: 'active', currentPlayer: 'X', version: 1, moves: [] })
  expect(game.players[0]).toMatchObject({ id: `id-${user}`, symbol: 'X' })
  expect(Date.parse(game.deadline!) - Date.parse(game.createdAt)).toBe(30_000)
})

test('[REST] without a level the bot has level 1', async () => {
  const game = await read<SeedView>(rest.request('POST', '/games', { user: newPlayer(), body: { mode: 'bot' } }))
  expect(game.players[1].id).toBe('bot-1')
})

test('[P4] the same Idempotency-Key means the same game, without one a second game is refused', async () => {
  const user = newPlayer()
  const headers = { 'idempotency-key': 'first try ~' }
  const first = await read<SeedView>(startBotGame(user, headers))
  const again = await startBotGame(user, headers)
  expect(again.status).toBe(201)
  expect((await read<SeedView>(again)).gameId).toBe(first.gameId)
  expect(await codeOf(startBotGame(user))).toMatchObject({
    status: 409,
    code: 'ALREADY_PLAYING',
    details: { gameId: first.gameId },
  })
})

test.each(['', 'x'.repeat(65), 'é'])('[REST] the Idempotency-Key %j is refused', async (key) => {
  expect(await codeOf(startBotGame(newPlayer(), { 'idempotency-key': key }))).toMatchObject({ code: 'BAD_REQUEST' })
})

test('[REST] an invite opens with 201 and a path that carries its code; again it is the same', async () => {
  const user = newPlayer()
  const open = () => rest.request('POST', '/games', { user, body: { mode: 'private' } })
  const answer = await open()
  expect(answer.status).toBe(201)
  expect(answer.headers.get('location')).toBeNull()
  const invite = Invite.strict().parse(await answer.json())
  expect(invite).toEqual({ code: invite.code, inviteUrl: `/?invite=${invite.code}`, expiresInSeconds: 600 })
  expect(invite.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
  expect(await read(open())).toEqual(invite)
})

test('[REST] a code joins the other player, once, and never oneself', async () => {
  const [host, guest] = [newPlayer(), newPlayer()]
  const { code } = await read<{ code: string }>(
    rest.request('POST', '/games', { user: host, body: { mode: 'private' } }),
  )
  const join = (user: string) => rest.request('POST', '/games', { user, body: { mode: 'private', code } })
  expect(await codeOf(join(host))).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  const joined = await join(guest)
  expect(joined.status).toBe(201)
  expect(await read<SeedView>(joined)).toMatchObject({ mode: 'private', status: 'active' })
  expect(await codeOf(join(newPlayer()))).toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

test('[REST] anyone who holds the id reads the game, with the reason of its match', async () => {
  const { gameId } = await startPrivateGame()
  const answer = await rest.request('GET', `/games/${gameId}`)
  expect(answer.status).toBe(200)
  expect(WatchedGame.strict().parse(await answer.json())).toMatchObject({ gameId, match: null })
})

test('[REST] a whole game is played by PUT, and is readable after its end', async () => {
  const { gameId, x, o } = await startPrivateGame()
  const turns: [string, [number, number]][] = [
    [x, [0, 0]],
    [o, [1, 0]],
    [x, [0, 1]],
    [o, [1, 1]],
    [x, [0, 2]],
  ]
  for (const [ply, [user, position]] of turns.entries()) {
    const answer = await move(user, gameId, position, ply)
    expect(answer.status).toBe(200)
    const game = Game.strict().parse(await answer.json())
    expect(game.moves.at(-1)).toMatchObject({ position, ply, player: ply % 2 === 0 ? 'X' : 'O' })
  }
  const over = await read<SeedView>(rest.request('GET', `/games/${gameId}`))
  expect(over).toMatchObject({ status: 'completed', reason: 'line', winner: 'X', line: [0, 1, 2], currentPlayer: null })
  expect(over.board).toEqual([
    ['X', 'X', 'X'],
    ['O', 'O', null],
    [null, null, null],
  ])
})

test('[P4] the same move again is answered alike, also without a ply nothing is played twice', async () => {
  const { gameId, x } = await startPrivateGame()
  const first = await read<SeedView>(move(x, gameId, [1, 1], 0))
  expect(await read<SeedView>(move(x, gameId, [1, 1], 0))).toEqual(first)
  expect(await codeOf(move(x, gameId, [1, 1]))).toMatchObject({ status: 409, code: 'NOT_YOUR_TURN' })
  expect((await read<SeedView>(rest.request('GET', `/games/${gameId}`))).moves).toHaveLength(1)
})

test('[P8] a refused move changes nothing and says why', async () => {
  const { gameId, x, o } = await startPrivateGame()
  await move(x, gameId, [1, 1], 0)
  const before = await read<SeedView>(rest.request('GET', `/games/${gameId}`))
  const details = { version: 2, board: 81 }
  const refused: [Promise<Response>, object][] = [
    [move(x, gameId, [0, 0], 1), { status: 409, code: 'NOT_YOUR_TURN', details }],
    [move(o, gameId, [1, 1], 1), { status: 422, code: 'INVALID_MOVE', details }],
    [move(o, gameId, [0, 0], 3), { status: 409, code: 'STALE', details }],
    [move(newPlayer(), gameId, [0, 0], 1), { status: 403, code: 'FORBIDDEN' }],
    [move(o, '3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13', [0, 0], 1), { status: 404, code: 'NOT_FOUND' }],
    [move(o, 'no-id-of-ours', [0, 0], 1), { status: 404, code: 'NOT_FOUND' }],
    [move(o, 'x'.repeat(65), [0, 0], 1), { status: 400, code: 'BAD_REQUEST' }],
    [rest.request('DELETE', `/games/${gameId}`, { user: newPlayer() }), { status: 403, code: 'FORBIDDEN' }],
    [rest.request('DELETE', `/games/${'x'.repeat(65)}`, { user: x }), { status: 400, code: 'BAD_REQUEST' }],
    [rest.request('GET', `/games/${'x'.repeat(65)}`), { status: 400, code: 'BAD_REQUEST' }],
    [rest.request('GET', '/games/nothing'), { status: 404, code: 'NOT_FOUND' }],
  ]
  for (const [answer, expected] of refused) expect(await codeOf(answer)).toMatchObject(expected)
  expect(await read(rest.request('GET', `/games/${gameId}`))).toEqual(before)
})

test('[REST] DELETE forfeits, again is the same answer, and a move afterwards is too late', async () => {
  const { gameId, x, o } = await startPrivateGame()
  const forfeit = () => rest.request('DELETE', `/games/${gameId}`, { user: x })
  const answer = await forfeit()
  expect(answer.status).toBe(200)
  const game = Game.strict().parse(await answer.json())
  expect(game).toMatchObject({
    status: 'forfeited',
    reason: 'resign',
    winner: 'O',
    currentPlayer: null,
    deadline: null,
  })
  expect(await read(forfeit())).toEqual(game)
  expect(await codeOf(move(o, gameId, [0, 0], 0))).toMatchObject({ status: 409, code: 'GAME_OVER' })
})

test.each<[body: unknown, message: RegExp]>([
  ['{"mode":', /^the body is not JSON$/],
  ['', /^the body is not JSON$/],
  ['null', /^body: /],
  [[], /^body: /],
  ['"bot"', /^body: /],
  [{}, /^mode: /],
  [{ mode: 'ranked' }, /^mode: /],
  [{ mode: 1 }, /^mode: /],
  ['{"__proto__":{"mode":"bot"}}', /^mode: /],
  [{ mode: 'bot', level: 4 }, /^level: /],
  [{ mode: 'bot', level: '1' }, /^level: /],
  [{ mode: 'bot', level: null }, /^level: /],
  [{ mode: 'private', code: 7 }, /^code: /],
  [{ mode: 'private', code: '' }, /^code: /],
  [{ mode: 'private', code: 'x'.repeat(65) }, /^code: /],
  ['['.repeat(8_000), /^the body is not JSON$/],
])('[REST] POST /games with %j is refused by name of the field', async (body, message) => {
  const user = newPlayer()
  const refused = await codeOf(
    rest.request('POST', '/games', { user, body, headers: { 'content-type': 'application/json' } }),
  )
  expect(refused).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  expect(refused.message).toMatch(message)
})

test.each<[body: unknown, message: RegExp]>([
  [{}, /^position: /],
  [{ position: 4 }, /^position: /],
  [{ position: [1] }, /^position/],
  [{ position: [1, 1, 1] }, /^position: /],
  [{ position: [3, 0] }, /^position\.0: /],
  [{ position: [0, -1] }, /^position\.1: /],
  [{ position: [0, 0.5] }, /^position\.1: /],
  [{ position: [0, '0'] }, /^position\.1: /],
  ['{"position":[0,1e999]}', /^position\.1: /],
  [{ position: [0, 0], ply: 9 }, /^ply: /],
  [{ position: [0, 0], ply: '0' }, /^ply: /],
  ['{"position":[0,0],"ply":9007199254740992}', /^ply: /],
])('[REST] PUT moves with %j is refused by name of the field', async (body, message) => {
  const { gameId, x } = await startPrivateGame()
  const refused = await codeOf(rest.request('PUT', `/games/${gameId}/moves`, { user: x, body }))
  expect(refused).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  expect(refused.message).toMatch(message)
  expect((await read<SeedView>(rest.request('GET', `/games/${gameId}`))).version).toBe(1)
})

test('[REST] fields that nobody knows are ignored', async () => {
  const body = { mode: 'bot', level: 2, colour: 'red' }
  expect((await rest.request('POST', '/games', { user: newPlayer(), body })).status).toBe(201)
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
  '[REST] a body of type %j is refused: a form of another site cannot send JSON',
  async (type) => {
    const headers = { 'content-type': type }
    const refused = await codeOf(rest.request('POST', '/games', { user: newPlayer(), headers, body: '{"mode":"bot"}' }))
    expect(refused).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('application/json'),
    })
  },
)

test('[REST] a body that is no UTF-8 is refused', async () => {
  const body = new Uint8Array([0x22, 0xff, 0x22])
  const headers = { authorization: `Bearer user-${newPlayer()}`, 'content-type': 'application/json; charset=utf-8' }
  const request = new Request('http://oxo.invalid/games', { method: 'POST', headers, body })
  expect(await codeOf(rest.app.fetch(request, { address: '' }))).toMatchObject({
    status: 400,
    message: 'the body is not JSON',
  })
})

test.each([
  ['POST', '/games'],
  ['PUT', '/games/x/moves'],
  ['DELETE', '/games/x'],
])('[REST] %s %s asks for a token first, whatever else is wrong', async (method, path) => {
  const body = { not: 'checked' }
  const none = await rest.request(method, path, { body })
  expect(none.headers.get('www-authenticate')).toBe('Bearer realm="oxo"')
  expect(await codeOf(none)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  for (const [authorization, why] of [
    ['Bearer nonsense', 'invalid'],
    ['Bearer expired', 'expired'],
    ['Bearer two words', 'malformed'],
    ['Basic dXNlcjpwYXNz', 'malformed'],
    ['Bearer', 'malformed'],
  ] as const) {
    const answer = await rest.request(method, path, { body, headers: { authorization } })
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="oxo", error="invalid_token", error_description="${why}"`,
    )
    expect(await codeOf(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  }
})

test('[REST] the scheme of a token is read in any case', async () => {
  const headers = { authorization: `bEARER user-${newPlayer()}` }
  expect((await rest.request('POST', '/games', { headers, body: { mode: 'bot' } })).status).toBe(201)
})
