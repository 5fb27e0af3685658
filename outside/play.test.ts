import { expect, test } from 'vitest'
import {
  ACCEPT,
  AUTH,
  type Client,
  ENDED,
  FIND,
  INVITE,
  is,
  MOVE,
  MOVED,
  OFFER,
  PRESENCE,
  REMATCH,
  RESIGN,
  SAID,
  SAY,
  STATE,
  signIn,
  UNWATCH,
  WATCH,
  WATCHERS,
  welcomeOf,
} from './client.ts'
import { play, seated, X_WINS } from './company.ts'
import { fetchJson } from './rest.ts'
import { scene } from './scene.ts'

const { server, here } = scene()

/** The ENDED that both players of a table got, without tag and gameId. */
const endOf = async (client: Client, gameId: string): Promise<unknown[]> =>
  (await client.seen(is(ENDED, gameId))).slice(2)

test('[WELCOME] is the first frame and says who and where one is', async () => {
  const [byHeader, bySubprotocol] = await Promise.all([here.newcomer(), here.newcomer({ tokenIn: 'subprotocol' })])
  for (const client of [byHeader, bySubprotocol]) {
    const { guest, frames, socket } = client
    expect(socket.protocol).toBe('oxo.v1')
    expect(frames[0]!.slice(0, 2)).toEqual([64, guest.userId])
    expect(Math.abs((frames[0]![2] as number) - Date.now())).toBeLessThan(5_000)
    expect(welcomeOf(client)).toMatchObject({
      name: guest.name,
      games: [],
      queue: null,
      protocol: 1,
      server: 'test',
      level: 'full',
    })
    expect(['process', 'disk', 'replicated', 'sync']).toContain(welcomeOf(client).durability)
  }
})

test('[P3] a casual game to a line: every version is one ahead, every board is right', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  const { snapshot } = o.game(gameId)
  expect(snapshot).toMatchObject({ mode: 'casual', moves: [], turn: 0, you: 1, winner: null, line: null })
  expect(snapshot.players.map(({ id, name, connected }) => ({ id, name, connected }))).toEqual(
    [x, o].map(({ guest }) => ({ id: guest.userId, name: guest.name, connected: true })),
  )
  expect(snapshot.deadline! - snapshot.createdAt).toBe(30_000)
  await play(table, X_WINS)
  for (const client of [x, o]) {
    expect(await endOf(client, gameId)).toEqual([7, 'completed', 'line', 0, [0, 3, 6]])
    expect(client.frames.filter(is(MOVED, gameId)).map((frame) => frame[2])).toEqual([2, 3, 4, 5, 6])
    expect(client.frames.filter(is(MOVED, gameId)).at(-1)!.slice(4)).toEqual([6, 1 + 2 * 3 + 27 + 2 * 81 + 729, null])
  }
  await x.ok(WATCH, gameId)
  const over = await x.seen((frame) => is(STATE, gameId, 7)(frame))
  expect(over[3]).toMatchObject({
    status: 'completed',
    reason: 'line',
    winner: 0,
    line: [0, 3, 6],
    turn: null,
    deadline: null,
  })
})

test('[STATE] a casual game to a full board is a draw', async () => {
  const table = await here.paired('casual')
  await play(table, [0, 1, 2, 4, 3, 5, 7, 6, 8])
  expect(await endOf(table.o, table.gameId)).toEqual([11, 'completed', 'board_full', null, null])
})

test('[FIND] a ranked game, and a win by O', async () => {
  const table = await here.paired('ranked')
  const { snapshot } = table.x.game(table.gameId)
  expect(snapshot.mode).toBe('ranked')
  for (const { rating } of snapshot.players) expect(Number.isInteger(rating)).toBe(true)
  await play(table, [0, 2, 1, 4, 8, 6])
  expect(await endOf(table.x, table.gameId)).toEqual([8, 'completed', 'line', 1, [2, 4, 6]])
})

test.each([1, 2, 3])('[FIND] a bot of level %i answers until the game is over', async (level) => {
  const client = await here.newcomer()
  const gameId = (await client.ok(FIND, 'bot', { level })) as string
  await client.seen(is(STATE, gameId))
  const { snapshot } = client.game(gameId)
  expect(snapshot.mode).toBe('bot')
  const you = snapshot.you!
  expect(snapshot.players[1 - you]).toMatchObject({ rating: null, connected: true })
  while (!client.game(gameId).over) {
    const { moves } = client.game(gameId)
    const from = client.frames.length
    if (moves.length % 2 === you) {
      const free = [...Array(9).keys()].filter((cell) => !moves.includes(cell))
      await client.ok(MOVE, gameId, moves.length, free[0])
    }
    if (client.game(gameId).moves.length === moves.length) await client.seen((frame) => frame[1] === gameId, from)
    else if (client.game(gameId).moves.length === 9) await client.seen(is(ENDED, gameId))
  }
  const ended = (await client.seen(is(ENDED, gameId))).slice(3)
  expect(ended[0]).toBe('completed')
  if (level === 3) expect(ended[2]).not.toBe(you)
})

test('[INVITE] a private game by code, the same code again, in any case', async () => {
  const [host, friend, late] = await Promise.all([here.newcomer(), here.newcomer(), here.newcomer()])
  const code = (await host.ok(INVITE)) as string
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
  expect(await host.ok(INVITE)).toBe(code)
  expect((await host.refused(ACCEPT, code)).code).toBe('FORBIDDEN')
  const gameId = await friend.ok(ACCEPT, code.toLowerCase())
  const table = await seated(host, friend)
  expect(table.gameId).toBe(gameId)
  expect(table.x.game(table.gameId).snapshot.mode).toBe('private')
  expect((await late.refused(ACCEPT, code)).code).toBe('NOT_FOUND')
  await play(table, X_WINS)
  expect(await endOf(table.o, table.gameId)).toEqual([7, 'completed', 'line', 0, [0, 3, 6]])
})

test('[INVITE] a new game ends the open invite of its player', async () => {
  const [host, friend] = await Promise.all([here.newcomer(), here.newcomer()])
  const code = await host.ok(INVITE)
  await host.ok(FIND, 'bot')
  expect((await friend.refused(ACCEPT, code)).code).toBe('NOT_FOUND')
})

test('[REMATCH] swaps the seats, keeps the mode and shows the offer to everyone who watches', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  const spectator = await here.newcomer()
  await spectator.ok(WATCH, gameId)
  expect((await x.refused(REMATCH, gameId)).code).toBe('FORBIDDEN')
  await play(table, X_WINS)
  expect((await spectator.refused(REMATCH, gameId)).code).toBe('FORBIDDEN')
  const from = [x.frames.length, o.frames.length] as const
  expect(await x.ok(REMATCH, gameId)).toBeUndefined()
  await Promise.all([x, o, spectator].map((client) => client.seen(is(OFFER, gameId, 0))))
  const nextId = await o.ok(REMATCH, gameId)
  const next = await seated(x, o, from)
  expect(next).toMatchObject({ gameId: nextId, x: o, o: x })
  expect(next.x.game(next.gameId).snapshot.mode).toBe('casual')
  await play(next, X_WINS)
  expect(await endOf(x, next.gameId)).toEqual([7, 'completed', 'line', 0, [0, 3, 6]])
})

test('[REMATCH] a bot accepts at once', async () => {
  const client = await here.newcomer()
  const gameId = (await client.ok(FIND, 'bot')) as string
  await client.seen(is(STATE, gameId))
  const { you } = client.game(gameId).snapshot
  await client.ok(RESIGN, gameId)
  await client.seen(is(ENDED, gameId))
  const nextId = (await client.ok(REMATCH, gameId)) as string
  await client.seen(is(STATE, nextId))
  expect(client.game(nextId).snapshot).toMatchObject({ mode: 'bot', you: 1 - you! })
})

test('[REMATCH] an offer ends with the next game of who offered', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await x.ok(RESIGN, gameId)
  await o.seen(is(ENDED, gameId))
  await x.ok(REMATCH, gameId)
  const botGameId = (await x.ok(FIND, 'bot')) as string
  await x.ok(RESIGN, botGameId)
  expect(await o.request(REMATCH, gameId)).toEqual({ ok: true, value: undefined })
  await x.seen(is(OFFER, gameId, 1))
})

test('[WATCH] a spectator sees OK, then STATE, then every event, until UNWATCH', async () => {
  const table = await here.paired('casual')
  const { gameId, x } = table
  await play(table, [4])
  const spectator = await here.newcomer()
  await spectator.ok(WATCH, gameId)
  await spectator.seen(is(STATE, gameId, 2))
  expect(spectator.frames.map((frame) => frame[0]).filter((tag) => tag === 65 || tag === STATE)).toEqual([65, STATE])
  expect(spectator.game(gameId).snapshot).toMatchObject({ moves: [4], you: null })
  await play(table, [0])
  expect((await spectator.seen(is(MOVED, gameId))).slice(2, 6)).toEqual([3, 1, 0, 83])
  expect((await x.refused(UNWATCH, gameId)).code).toBe('FORBIDDEN')
  await spectator.ok(UNWATCH, gameId)
  const from = spectator.frames.length
  await play(table, [1, 2])
  await spectator.settled()
  expect(spectator.frames.slice(from).filter((frame) => frame[1] === gameId)).toEqual([])
})

test('[live] /games/{id}/live is WATCH by its path, for a spectator and for a player', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, [4])
  const path = `/games/${gameId}/live`
  const [spectator, second] = await Promise.all([here.newcomer({ path }), here.again(o.guest, { path })])
  await Promise.all([spectator.seen(is(STATE, gameId, 2)), second.seen(is(STATE, gameId, 2))])
  expect([spectator, second].map((client) => client.game(gameId).snapshot.you)).toEqual([null, 1])
  expect(spectator.frames.map((frame) => frame[0]).filter((tag) => tag === 65 || tag === 66)).toEqual([])
  await second.ok(MOVE, gameId, 1, 0)
  await Promise.all([spectator, second, x, o].map((client) => client.seen(is(MOVED, gameId, 3))))
})

test('[SAY] reaches everyone who watches, whoever says it, and nobody who does not watch may', async () => {
  const { gameId, x, o } = await here.paired('casual')
  const [spectator, stranger] = await Promise.all([here.newcomer(), here.newcomer()])
  await spectator.ok(WATCH, gameId)
  await x.ok(SAY, gameId, 0)
  await spectator.ok(SAY, gameId, 15)
  for (const client of [x, o, spectator]) {
    await client.seen(is(SAID, gameId, 0, 0))
    await client.seen(is(SAID, gameId, null, 15))
  }
  expect((await stranger.refused(SAY, gameId, 1)).code).toBe('FORBIDDEN')
})

test('[PRESENCE] counts the last socket that closes and the first that opens', async () => {
  const { gameId, x, o } = await here.paired('casual')
  const second = await here.again(o.guest)
  await second.leave()
  await o.leave()
  await x.seen(is(PRESENCE, gameId, 1, false))
  await here.again(o.guest)
  await x.seen(is(PRESENCE, gameId, 1, true))
  expect(x.frames.filter(is(PRESENCE))).toEqual([
    [PRESENCE, gameId, 1, false],
    [PRESENCE, gameId, 1, true],
  ])
})

test('[WATCHERS] tells how many watch when that changed', async () => {
  const { gameId, x } = await here.paired('casual')
  const spectators = await Promise.all([here.newcomer(), here.newcomer()])
  await Promise.all(spectators.map((client) => client.ok(WATCH, gameId)))
  const both = (await x.seen((frame) => is(WATCHERS, gameId)(frame) && (frame[2] as number) >= 2))[2] as number
  await spectators[0].leave()
  await x.seen(is(WATCHERS, gameId, both - 1), x.frames.findIndex(is(WATCHERS, gameId, both)))
})

test('[RESIGN] loses the game, whoever is to move', async () => {
  const table = await here.paired('casual')
  await play(table, [4])
  await table.x.ok(RESIGN, table.gameId)
  for (const client of [table.x, table.o]) {
    expect(await endOf(client, table.gameId)).toEqual([3, 'forfeited', 'resign', 1, null])
  }
})

test('[AUTH] takes a fresh token of the same user only, and the socket stays', async () => {
  const [client, other] = await Promise.all([here.newcomer(), signIn(server.url)])
  const { refreshToken, accessToken } = client.guest
  const fresh = await fetchJson(server.url, 'POST', '/auth/refresh', { body: { refreshToken } })
  expect(fresh.body).toMatchObject({ userId: client.guest.userId })
  expect(await client.ok(AUTH, (fresh.body as { accessToken: string }).accessToken)).toBeUndefined()
  expect((await client.refused(AUTH, other.accessToken)).code).toBe('FORBIDDEN')
  for (const garbage of ['', 'garbage', 'a.b.c', `${accessToken.slice(0, -4)}AAAA`, other.refreshToken]) {
    expect((await client.refused(AUTH, garbage)).code).toBe('UNAUTHENTICATED')
  }
  await client.settled()
})

test('[P1] one game over REST and the socket alike', async () => {
  const table = await here.invited()
  const { gameId, x, o } = table
  const token = o.guest.accessToken
  await play(table, [4])
  const put = await fetchJson(server.url, 'PUT', `/games/${gameId}/moves`, {
    token,
    body: { position: [0, 0], ply: 1 },
  })
  expect(put.status).toBe(200)
  await Promise.all([x.seen(is(MOVED, gameId, 3)), o.seen(is(MOVED, gameId, 3))])
  await play(table, [1])
  expect((await fetchJson(server.url, 'GET', `/games/${gameId}`)).body).toMatchObject({
    version: 4,
    board: [
      ['O', 'X', null],
      [null, 'X', null],
      [null, null, null],
    ],
    currentPlayer: 'O',
  })
  expect((await fetchJson(server.url, 'DELETE', `/games/${gameId}`, { token })).status).toBe(200)
  expect(await endOf(x, gameId)).toEqual([5, 'forfeited', 'resign', 0, null])
})
