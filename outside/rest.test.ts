import { expect, test } from 'vitest'
import { type Client, ENDED, INVITE, is, RESIGN, STATE } from './client.ts'
import { play, X_WINS } from './company.ts'
import { handshake, NO_UPGRADE } from './handshake.ts'
import { errorOf, fetchJson, type HttpAnswer, type HttpRequest } from './rest.ts'
import { witnessedScene } from './scene.ts'

const { server, here, game } = witnessedScene({ TURN_SECONDS: '3600' })
const NO_SUCH_GAME = '5b1f09c2-7d3e-8a41-9c60-2f8e4b7a1d05'
const BODY_BYTES_MAX = 16_384

const rest = (method: string, path: string, request?: HttpRequest): Promise<HttpAnswer> =>
  fetchJson(server.url, method, path, request)
const post = (client: Client, body: unknown, headers: Record<string, string> = {}) =>
  rest('POST', '/games', { token: client.guest.accessToken, body, headers })
const put = (client: Client, gameId: string, body: unknown) =>
  rest('PUT', `/games/${gameId}/moves`, { token: client.guest.accessToken, body })
const read = async (gameId: string) => (await rest('GET', `/games/${gameId}`)).body as RestGame

interface RestGame {
  readonly gameId: string
  readonly version: number
  readonly status: string
  readonly players: readonly { readonly id: string; readonly symbol: string }[]
  readonly moves: readonly unknown[]
}

/** Status and code of a refusal, whose form is checked. */
function refusal(answer: HttpAnswer): readonly [number, string] {
  expect(answer.body).toEqual({
    error: expect.objectContaining({ message: expect.any(String), timestamp: expect.any(String) }),
  })
  const { code, timestamp, requestId, message } = errorOf(answer)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('x-request-id')).toBe(requestId)
  expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(10_000)
  expect(message.length).toBeGreaterThan(0)
  return [answer.status, code]
}

test('[POST /games] starts a game against a bot of the level asked for', async () => {
  for (const level of [undefined, 1, 2, 3]) {
    const client = await here.newcomer()
    const created = await post(client, level === undefined ? { mode: 'bot' } : { mode: 'bot', level })
    const { gameId, players } = created.body as RestGame
    expect([created.status, created.headers.get('location')]).toEqual([201, `/games/${gameId}`])
    expect(created.body).toMatchObject({ mode: 'bot', status: 'active', winner: null, line: null, endedAt: null })
    expect(players.map(({ symbol }) => symbol)).toEqual(['X', 'O'])
    expect(players.map(({ id }) => id)).toContain(client.guest.userId)
    await client.seen(is(STATE, gameId))
    expect(refusal(await post(client, { mode: 'bot' }))).toEqual([409, 'ALREADY_PLAYING'])
    expect(errorOf(await post(client, { mode: 'private' })).details).toEqual({ gameId })
  }
})

test('[POST /games] the same Idempotency-Key of the same user is the same game, at once, later and after its end', async () => {
  const [client, other] = await Promise.all([here.newcomer(), here.newcomer()])
  const key = { 'idempotency-key': 'first try of the day' }
  const answers = await Promise.all([1, 2, 3].map(() => post(client, { mode: 'bot' }, key)))
  answers.push(await post(client, { mode: 'bot' }, key))
  const ids = answers.map(({ body }) => (body as RestGame).gameId)
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  expect(new Set(ids).size).toBe(1)
  await client.ok(RESIGN, ids[0])
  const afterEnd = await post(client, { mode: 'bot' }, key)
  expect([afterEnd.status, (afterEnd.body as RestGame).gameId]).toEqual([201, ids[0]])
  expect(((await post(other, { mode: 'bot' }, key)).body as RestGame).gameId).not.toBe(ids[0])
  const next = await post(client, { mode: 'bot' }, { 'idempotency-key': 'second' })
  expect([next.status, (next.body as RestGame).gameId === ids[0]]).toEqual([201, false])
})

test('[POST /games] a private game: a code, the same code on the socket, a game for who brings it', async () => {
  const [host, friend, late] = await Promise.all([here.newcomer(), here.newcomer(), here.newcomer()])
  const opened = await post(host, { mode: 'private' })
  const { code } = opened.body as { code: string }
  expect([opened.status, opened.body]).toEqual([201, { code, inviteUrl: `/?invite=${code}`, expiresInSeconds: 600 }])
  expect(await host.ok(INVITE)).toBe(code)
  expect(refusal(await post(host, { mode: 'private', code }))).toEqual([403, 'FORBIDDEN'])
  const joined = await post(friend, { mode: 'private', code: code.toLowerCase() })
  const { gameId } = joined.body as RestGame
  expect([joined.status, joined.headers.get('location')]).toEqual([201, `/games/${gameId}`])
  expect(((await post(friend, { mode: 'private', code })).body as RestGame).gameId).toBe(gameId)
  expect(refusal(await post(late, { mode: 'private', code }))).toEqual([404, 'NOT_FOUND'])
  await Promise.all([host, friend].map((client) => client.seen(is(STATE, gameId, 1))))
})

test('[PUT moves] plays a whole game; the same move again is the same answer', async () => {
  const table = await here.invited()
  const { gameId, x, o } = table
  for (const [ply, cell] of X_WINS.entries()) {
    const player = ply % 2 === 0 ? x : o
    const body = { position: [Math.floor(cell / 3), cell % 3], ...(ply % 2 === 0 ? { ply } : {}) }
    const answer = await put(player, gameId, body)
    expect([answer.status, (answer.body as RestGame).moves.length]).toEqual([200, ply + 1])
    const again = await put(player, gameId, { ...body, ply })
    expect([again.status, (again.body as RestGame).version]).toEqual([200, (answer.body as RestGame).version])
  }
  await Promise.all([x, o].map((client) => client.seen(is(ENDED, gameId, 7, 'completed', 'line', 0))))
  expect(await read(gameId)).toMatchObject({
    gameId,
    version: 7,
    status: 'completed',
    reason: 'line',
    winner: 'X',
    currentPlayer: null,
    line: [0, 3, 6],
    deadline: null,
    board: [
      ['X', 'O', null],
      ['X', 'O', null],
      ['X', null, null],
    ],
  })
  expect(refusal(await put(o, gameId, { position: [2, 2], ply: 5 }))).toEqual([409, 'GAME_OVER'])
})

test('[PUT moves] 422 and 409 with the board as it is, 403 for strangers, 404, 401', async () => {
  const { gameId, x, o } = game
  const stranger = await here.newcomer()
  const details = { version: 3, board: 83 }
  for (const [client, body, status, code] of [
    [x, { position: [1, 1] }, 422, 'INVALID_MOVE'],
    [x, { position: [0, 0], ply: 2 }, 422, 'INVALID_MOVE'],
    [o, { position: [2, 2] }, 409, 'NOT_YOUR_TURN'],
    [o, { position: [1, 1], ply: 2 }, 409, 'NOT_YOUR_TURN'],
    [x, { position: [2, 2], ply: 0 }, 409, 'STALE'],
    [o, { position: [2, 2], ply: 8 }, 409, 'STALE'],
  ] as const) {
    const answer = await put(client, gameId, body)
    expect([body, refusal(answer), errorOf(answer).details]).toEqual([body, [status, code], details])
  }
  expect(refusal(await put(stranger, gameId, { position: [2, 2] }))).toEqual([403, 'FORBIDDEN'])
  expect(refusal(await put(x, NO_SUCH_GAME, { position: [2, 2] }))).toEqual([404, 'NOT_FOUND'])
  for (const token of ['', 'x', stranger.guest.refreshToken]) {
    expect(refusal(await rest('PUT', `/games/${gameId}/moves`, { token, body: { position: [2, 2] } }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ])
  }
})

test('[DELETE] forfeits, again the same; what is over is GAME_OVER for the other, FORBIDDEN for strangers', async () => {
  const table = await here.invited()
  const { gameId, x, o } = table
  await play(table, [4])
  const stranger = await here.newcomer()
  const forfeit = (client: Client, id = gameId) => rest('DELETE', `/games/${id}`, { token: client.guest.accessToken })
  expect(refusal(await forfeit(stranger))).toEqual([403, 'FORBIDDEN'])
  expect(refusal(await forfeit(x, NO_SUCH_GAME))).toEqual([404, 'NOT_FOUND'])
  for (let n = 0; n < 2; n++) {
    const answer = await forfeit(x)
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { status: 'forfeited', reason: 'resign', winner: 'O', version: 3 },
    ])
  }
  await o.seen(is(ENDED, gameId, 3, 'forfeited', 'resign', 1))
  expect(refusal(await forfeit(o))).toEqual([409, 'GAME_OVER'])
})

test('[401] every request that needs a token, without one', async () => {
  for (const [method, path, body] of [
    ['POST', '/games', { mode: 'bot' }],
    ['PUT', `/games/${game.gameId}/moves`, { position: [2, 2] }],
    ['DELETE', `/games/${game.gameId}`, undefined],
  ] as const) {
    expect(refusal(await rest(method, path, { body }))).toEqual([401, 'UNAUTHENTICATED'])
    const inUrl = `${path}?access_token=${game.x.guest.accessToken}`
    expect(refusal(await rest(method, inUrl, { body }))).toEqual([401, 'UNAUTHENTICATED'])
  }
})

test('[400] a body that is not JSON, or not said to be', async () => {
  const token = game.x.guest.accessToken
  const paths = [
    ['POST', '/games'],
    ['PUT', `/games/${game.gameId}/moves`],
  ] as const
  for (const [method, path] of paths) {
    for (const raw of [
      '',
      '{',
      '{"position":[2,2]',
      'position=2',
      '[2,2',
      'NaN',
      "{'position':[2,2]}",
      '\u0000',
      new Uint8Array([0x22, 0xff, 0x22]),
    ]) {
      expect([raw, refusal(await rest(method, path, { token, raw }))]).toEqual([raw, [400, 'BAD_REQUEST']])
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
      const request = { token, raw: '{"position":[2,2],"mode":"bot"}', headers: { 'content-type': type } }
      expect([type, refusal(await rest(method, path, request))]).toEqual([type, [400, 'BAD_REQUEST']])
    }
  }
})

test('[413] more than 16 KiB; exactly so much is taken', async () => {
  const client = await here.newcomer()
  const padded = (bytes: number) => '{"mode":"private"}'.padEnd(bytes)
  const token = client.guest.accessToken
  expect((await rest('POST', '/games', { token, raw: padded(BODY_BYTES_MAX) })).status).toBe(201)
  for (const raw of [
    padded(BODY_BYTES_MAX + 1),
    padded(1_000_000),
    JSON.stringify({ mode: 'bot', pad: 'x'.repeat(BODY_BYTES_MAX) }),
  ]) {
    expect(refusal(await rest('POST', '/games', { token, raw }))).toEqual([413, 'BAD_REQUEST'])
  }
  const { gameId } = game
  const long = { position: [2, 2], pad: 'x'.repeat(BODY_BYTES_MAX) }
  expect(refusal(await put(game.x, gameId, long))).toEqual([413, 'BAD_REQUEST'])
  for (const path of ['/auth/guest', '/auth/refresh']) {
    expect(refusal(await rest('POST', path, { raw: padded(BODY_BYTES_MAX + 1) }))).toEqual([413, 'BAD_REQUEST'])
  }
})

test('[400] fields that are missing or of another type', async () => {
  const { x, gameId } = game
  const positions = [
    undefined,
    null,
    '1,1',
    4,
    [],
    [1],
    [1, 1, 1],
    ['1', '1'],
    [3, 0],
    [0, 3],
    [-1, 0],
    [0.5, 0],
    [null, 0],
    [[1], [1]],
    { 0: 1, 1: 1 },
  ]
  for (const position of positions) {
    expect([position, refusal(await put(x, gameId, { position, ply: 2 }))]).toEqual([position, [400, 'BAD_REQUEST']])
  }
  for (const ply of [null, '2', 1.5, -1, 2 ** 53, [2], true]) {
    expect([ply, refusal(await put(x, gameId, { position: [2, 2], ply }))]).toEqual([ply, [400, 'BAD_REQUEST']])
  }
  const idle = await here.newcomer()
  for (const body of [
    ...[
      null,
      [],
      'bot',
      7,
      {},
      { mode: null },
      { mode: 'casual' },
      { mode: 'ranked' },
      { mode: 'BOT' },
      { mode: ['bot'] },
    ],
    ...[0, 4, 1.5, '1', null, [1]].map((level) => ({ mode: 'bot', level })),
    ...[7, null, '', 'x'.repeat(65), ['K7Q2M9XD']].map((code) => ({ mode: 'private', code })),
  ]) {
    expect([body, refusal(await post(idle, body))]).toEqual([body, [400, 'BAD_REQUEST']])
  }
  for (const key of ['', 'x'.repeat(65), 'é', 'a\tb']) {
    expect([key, refusal(await post(idle, { mode: 'bot' }, { 'idempotency-key': key }))]).toEqual([
      key,
      [400, 'BAD_REQUEST'],
    ])
  }
  for (const raw of ['null', '[]', '7', '{}', '{"refreshToken":7}', '{"refreshToken":""}']) {
    expect([raw, refusal(await rest('POST', '/auth/refresh', { raw }))]).toEqual([raw, [400, 'BAD_REQUEST']])
  }
  expect(refusal(await rest('POST', '/auth/refresh', { body: { refreshToken: 'x' } }))).toEqual([
    401,
    'UNAUTHENTICATED',
  ])
})

test('[404] unknown paths and methods', async () => {
  const token = game.x.guest.accessToken
  for (const [method, path] of [
    ...[
      '/nope',
      '/games',
      '/games/',
      `/games/${NO_SUCH_GAME}`,
      '/games/x',
      '/v1/play',
      '/auth',
      '/auth/nope',
      '/auth/guest',
    ].map((path) => ['GET', path] as const),
    ...[
      '/v1',
      '/metrics',
      '/openapi.yaml',
      '/docs/nope.js',
      '/docs/',
      '/.env',
      '/.data/auth-keys.json',
      '/package.json',
      '/%00',
    ].map((path) => ['GET', path] as const),
    ...['POST', 'PUT', 'DELETE', 'PATCH'].map((method) => [method, '/health'] as const),
    ...['PUT', 'DELETE', 'PATCH'].map((method) => [method, '/games'] as const),
    ...['POST', 'PUT', 'PATCH'].map((method) => [method, `/games/${game.gameId}`] as const),
    ...['GET', 'POST', 'DELETE', 'PATCH'].map((method) => [method, `/games/${game.gameId}/moves`] as const),
    ...['PUT', 'DELETE', 'GET'].map((method) => [method, '/auth/refresh'] as const),
  ]) {
    expect([method, path, refusal(await rest(method, path, { token }))]).toEqual([method, path, [404, 'NOT_FOUND']])
  }
})

test('[404] paths that climb out of the page', async () => {
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/main.ts',
    '/docs/../../main.ts',
    '//etc/passwd',
    '/assets/../../main.ts',
  ]) {
    const answer = await handshake(server.url, { path, headers: NO_UPGRADE })
    expect([path, answer.status, answer.body?.error.code]).toEqual([path, 404, 'NOT_FOUND'])
  }
})

test('[x-request-id] is echoed when it is a plain one, and made when it is not', async () => {
  const echoed = await rest('GET', '/nope', { headers: { 'x-request-id': 'outside.test-42' } })
  expect(errorOf(echoed).requestId).toBe('outside.test-42')
  expect((await rest('GET', '/health', { headers: { 'x-request-id': 'ok-1' } })).headers.get('x-request-id')).toBe(
    'ok-1',
  )
  const made = await Promise.all([0, 1].map(() => rest('GET', '/nope')))
  expect(new Set(made.map((answer) => errorOf(answer).requestId)).size).toBe(2)
  for (const bad of ['x'.repeat(500), '"{}<script>', 'two words\t']) {
    const answer = await rest('GET', '/nope', { headers: { 'x-request-id': bad } })
    expect(errorOf(answer).requestId).not.toBe(bad)
    expect(refusal(answer)).toEqual([404, 'NOT_FOUND'])
  }
})

test('[P8] a body with __proto__ or unknown fields harms nothing', async () => {
  const client = await here.newcomer()
  const token = client.guest.accessToken
  const raw = '{"mode":"private","__proto__":{"code":"K7Q2M9XD"},"constructor":{"prototype":{"code":1}},"unknown":1}'
  expect([201, 400]).toContain((await rest('POST', '/games', { token, raw })).status)
  const plain = await post(client, { mode: 'private' })
  expect([plain.status, Object.keys(plain.body as object).toSorted()]).toEqual([
    201,
    ['code', 'expiresInSeconds', 'inviteUrl'],
  ])
})
