import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { ACCEPT, CANCEL, FIND, INVITE, is, PRESENCE, QUEUE, RESIGN, STATE, WATCH, welcomeOf } from './client.ts'
import { company, play, seated } from './company.ts'

/** kill -9 of everything in one process, and a new start with the same data: nothing that was answered is lost. */

let dataDir: string
let server: TestServer
const here = company(() => server.url)
const start = () => startTestServer({ TURN_SECONDS: '3600', DATA_DIR: dataDir })

async function killAndStart(): Promise<void> {
  await server.stop('SIGKILL')
  server = await start()
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'oxo-crash-'))
  server = await start()
})
afterEach(async () => {
  expect(await here.dismiss()).toEqual([])
})
afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true })
})

test('[P1] games, queue places, invites and ends while away outlive kill -9 of the only process, twice', async () => {
  const [running, left] = [await here.paired(), await here.paired()]
  await play(running, [4, 0, 8])
  await left.o.leave()
  await left.x.seen(is(PRESENCE, left.gameId, 1, false))
  await left.x.ok(RESIGN, left.gameId)
  const [waiting, gone, host, firstHost, firstGuest] = await Promise.all([1, 2, 3, 4, 5].map(() => here.newcomer()))
  await waiting!.ok(FIND, 'ranked')
  const waitingSinceMs = Date.now()
  await gone!.ok(FIND, 'casual')
  await gone!.ok(CANCEL)
  const code = await host!.ok(INVITE)
  const used = await firstHost!.ok(INVITE)
  const accepted = await firstGuest!.ok(ACCEPT, used)

  for (let kill = 0; kill < 2; kill++) {
    await killAndStart()
    const [x, o] = await Promise.all([here.again(running.x.guest), here.again(running.o.guest)])
    expect([welcomeOf(x).games, welcomeOf(o).games]).toEqual([[running.gameId], [running.gameId]])
    expect(welcomeOf(x).durability).toBe('disk')
    await Promise.all([x.ok(WATCH, running.gameId), o.ok(WATCH, running.gameId)])
    await Promise.all([x.seen(is(STATE, running.gameId)), o.seen(is(STATE, running.gameId))])
    const moves = [4, 0, 8, 1].slice(0, 3 + kill)
    expect(x.game(running.gameId)).toMatchObject({ moves, version: 1 + moves.length })
    await play({ gameId: running.gameId, x, o }, [kill === 0 ? 1 : 7])

    expect(welcomeOf(await here.again(left.o.guest)).games).toEqual([left.gameId])
    expect(await (await here.again(firstGuest!.guest)).ok(ACCEPT, used), 'a repeat').toBe(accepted)
    expect(welcomeOf(await here.again(gone!.guest)).queue).toBeNull()
    expect(await (await here.again(host!.guest)).ok(INVITE)).toBe(code)
  }

  const back = await here.again(waiting!.guest)
  expect(welcomeOf(back).queue).toBe('ranked')
  expect((await back.seen(is(QUEUE, 'ranked')))[2]).toBeGreaterThanOrEqual(Date.now() - waitingSinceMs - 2_000)
  const other = await here.newcomer()
  await other.ok(FIND, 'ranked')
  await seated(back, other)
  await (await here.newcomer()).ok(ACCEPT, code)
  const ended = await here.again(left.o.guest)
  await ended.ok(WATCH, left.gameId)
  expect((await ended.seen(is(STATE, left.gameId)))[3]).toMatchObject({ status: 'forfeited', winner: 1 })
})
