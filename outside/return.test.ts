import { expect, test } from 'vitest'
import { CANCEL, ENDED, FIND, is, MOVE, MOVED, PRESENCE, QUEUE, RESIGN, STATE, WATCH, welcomeOf } from './client.ts'
import { play, seated, X_WINS } from './company.ts'
import { scene } from './scene.ts'

const { here } = scene()

test('[P5] a player whose connection broke finds the game in WELCOME, watches it and plays on', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, [4, 0])
  x.socket.terminate()
  await o.seen(is(PRESENCE, gameId, 0, false))
  const back = await here.again(x.guest)
  expect(welcomeOf(back).games).toEqual([gameId])
  await o.seen(is(PRESENCE, gameId, 0, true))
  await back.ok(WATCH, gameId)
  await back.seen(is(STATE, gameId, 3))
  expect(back.game(gameId).snapshot).toMatchObject({ moves: [4, 0], you: 0, status: 'active' })
  await play({ gameId, x: back, o }, [2, 1, 6])
  expect((await back.seen(is(ENDED, gameId))).slice(2)).toEqual([7, 'completed', 'line', 0, [2, 4, 6]])
})

test('[P5] a reconnected socket hears nothing of a game before WATCH', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await o.leave()
  const back = await here.again(o.guest)
  await x.ok(MOVE, gameId, 0, 4)
  await x.seen(is(MOVED, gameId))
  await back.settled()
  expect(back.frames.map((frame) => frame[0])).toEqual([64, 74])
  await back.ok(WATCH, gameId)
  expect((await back.seen(is(STATE, gameId)))[2]).toBe(2)
})

test('[P4] a move without an answer before the break is repeated after it and counts once', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  const unanswered = x.request(MOVE, gameId, 0, 4).catch(() => 'broken')
  x.socket.terminate()
  await unanswered
  const back = await here.again(x.guest)
  await back.ok(WATCH, gameId)
  await back.ok(MOVE, gameId, 0, 4)
  await o.seen(is(MOVED, gameId, 2))
  await back.ok(MOVE, gameId, 0, 4)
  await back.ok(WATCH, gameId)
  await back.settled()
  expect(back.game(gameId)).toMatchObject({ version: 2, moves: [4] })
})

test('[P5] the game is there for a second device at once, and both can play it', async () => {
  const { gameId, x, o } = await here.paired('casual')
  const phone = await here.again(x.guest)
  expect(welcomeOf(phone).games).toEqual([gameId])
  await phone.ok(WATCH, gameId)
  await phone.ok(MOVE, gameId, 0, 8)
  await Promise.all([x, o, phone].map((client) => client.seen(is(MOVED, gameId, 2))))
  await o.ok(MOVE, gameId, 1, 0)
  await x.ok(MOVE, gameId, 2, 1)
  await phone.seen(is(MOVED, gameId, 4))
})

test('[P5] a game that ended while away is in WELCOME until a socket has watched it', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await o.leave()
  await x.seen(is(PRESENCE, gameId, 1, false))
  await x.ok(RESIGN, gameId)
  await x.seen(is(ENDED, gameId))
  const glance = await here.again(o.guest)
  expect(welcomeOf(glance).games).toEqual([gameId])
  await glance.leave()
  const back = await here.again(o.guest)
  expect(welcomeOf(back).games).toEqual([gameId])
  await back.ok(WATCH, gameId)
  expect((await back.seen(is(STATE, gameId)))[3]).toMatchObject({ status: 'forfeited', reason: 'resign', winner: 1 })
  await back.settled()
  await back.leave()
  expect(welcomeOf(await here.again(o.guest)).games).toEqual([])
  expect(welcomeOf(await here.again(x.guest)).games).toEqual([])
})

test('[P5] a game watched to its end is in no later WELCOME', async () => {
  const table = await here.paired('casual')
  await play(table, X_WINS)
  await Promise.all([table.x, table.o].map((client) => client.seen(is(ENDED, table.gameId))))
  for (const { guest } of [table.x, table.o]) expect(welcomeOf(await here.again(guest)).games).toEqual([])
})

test('[P5] who is absent keeps the place in the queue and is not matched until back', async () => {
  const away = await here.newcomer()
  await away.ok(FIND, 'casual')
  await away.leave()
  const [b, c] = await Promise.all([here.newcomer(), here.newcomer()])
  await b.ok(FIND, 'casual')
  const first = await b.seen(is(QUEUE, 'casual'))
  await b.seen((frame) => is(QUEUE, 'casual')(frame) && frame !== first)
  await c.ok(FIND, 'casual')
  await seated(b, c)
  const back = await here.again(away.guest)
  expect(welcomeOf(back)).toMatchObject({ games: [], queue: 'casual' })
  const waited = (await back.seen(is(QUEUE, 'casual')))[2] as number
  const sinceLeft = back.arrivedAtMs.at(-1)! - away.arrivedAtMs.at(-1)!
  expect(waited).toBeGreaterThanOrEqual(Math.floor(sinceLeft) - 500)
  const d = await here.newcomer()
  await d.ok(FIND, 'casual')
  await seated(back, d)
})

test('[CANCEL] leaves the queue: a later WELCOME knows no ticket, and nobody is paired with who left', async () => {
  const client = await here.newcomer()
  await client.ok(FIND, 'ranked')
  await client.ok(CANCEL)
  expect(welcomeOf(await here.again(client.guest)).queue).toBeNull()
  const [b, c] = await Promise.all([here.newcomer(), here.newcomer()])
  await b.ok(FIND, 'ranked')
  await c.ok(FIND, 'ranked')
  await seated(b, c)
  await client.settled()
  expect(client.frames.filter(is(STATE))).toEqual([])
})

test('[FIND] any socket of a user may leave the queue that another entered, and all get the game', async () => {
  const laptop = await here.newcomer()
  const phone = await here.again(laptop.guest)
  await laptop.ok(FIND, 'casual')
  expect((await phone.refused(FIND, 'casual')).code).toBe('ALREADY_QUEUED')
  await phone.ok(CANCEL)
  expect((await laptop.refused(CANCEL)).code).toBe('NOT_QUEUED')
  await phone.ok(FIND, 'casual')
  const other = await here.newcomer()
  await other.ok(FIND, 'casual')
  const { gameId } = await seated(laptop, other)
  await phone.seen(is(STATE, gameId, 1))
})
