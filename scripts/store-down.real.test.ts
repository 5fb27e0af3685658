import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApi } from '../api/api.ts'
import { storeGuard } from '../api/store-guard.ts'
import { everyService, testStores } from '../api/test-services.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { testGateDeps } from '../ports/http/gate/test-gate.ts'
import { postgresAccountStore } from '../ports/postgres/account-store.ts'
import { postgresApiKeyStore } from '../ports/postgres/api-key-store.ts'
import type { Database } from '../ports/postgres/open.ts'
import { postgresRankings } from '../ports/postgres/rankings.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import { openTestServer } from '../ports/postgres/test-database.ts'
import { startTestApp, type TestApp } from '../server/http/test-app.ts'
import { startPostgres, type TestPostgres } from './test-postgres.ts'

/** Within so many ms of a request its answer must be there. */
const ANSWER_MS = 2_000

/** The api and a game server, as they are with everything in one process, on a PostgreSQL at `url`. */
async function openPlatform(url: string) {
  const database = openTestServer(url)
  const { guard, down } = storeGuard(clock)
  const stores = {
    ...testStores(),
    clock,
    accounts: guard(postgresAccountStore(database)),
    apiKeys: guard(postgresApiKeyStore(database)),
    stats: guard(postgresStatsStore(database)),
    rankings: guard(postgresRankings(database)),
  }
  const { services, verify } = await everyService(stores)
  const api = createApi(services, {
    ...testGateDeps(),
    repeats: stores.repeats,
    verify,
    level: () => (down() ? 'limited' : 'full'),
  })
  const game = await startTestApp({ verify })
  const ask = async (method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}) => {
    const startedMs = performance.now()
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const headers = { ...authorization, 'content-type': 'application/json' }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const request = new Request(`http://oxo.test${path}`, init)
    const response = path.startsWith('/games')
      ? await game.app.fetch(request, { address: '192.0.2.1' })
      : await api.handle(request, { address: '192.0.2.1' })
    const answer = (await response.json()) as Record<string, string>
    return { status: response.status, headers: response.headers, body: answer, tookMs: performance.now() - startedMs }
  }
  const guest = async () => {
    const signedIn = await ask('POST', '/auth/guest', { body: {} })
    expect(signedIn.status).toBe(201)
    return {
      token: signedIn.body.accessToken!,
      userId: signedIn.body.userId!,
      refreshToken: signedIn.body.refreshToken!,
    }
  }
  return { database, game, ask, guest }
}
type Platform = Awaited<ReturnType<typeof openPlatform>>

let postgres: TestPostgres
let platform: Platform
const opened: { game: TestApp; database: Database }[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  platform = await openPlatform(postgres.url)
  opened.push(platform)
  await platform.database.ready()
})
afterAll(async () => {
  for (const { game, database } of opened) {
    await game.server.drain('draining')
    await database.close()
  }
  await postgres.stop()
})

async function expectUnavailable({ ask }: Platform, method: string, path: string, options = {}): Promise<void> {
  const { status, headers, body, tookMs } = await ask(method, path, options)
  expect([path, status, body]).toMatchObject([
    path,
    503,
    { error: { code: 'UNAVAILABLE', timestamp: expect.any(String), requestId: headers.get('x-request-id') } },
  ])
  expect(headers.get('retry-after')).toBe('1')
  expect(tookMs).toBeLessThan(ANSWER_MS)
}

test('[store] PostgreSQL away: 503 in time, level shown; guests and games go on; back by itself', async () => {
  const { ask, guest } = platform
  const ana = await guest()
  expect(await ask('PUT', '/users/me', { ...ana, body: { displayName: 'Ana' } })).toMatchObject({ status: 200 })
  const game = await ask('POST', '/games', { ...ana, body: { mode: 'bot', level: 1 } })
  expect(game.status).toBe(201)
  expect((await ask('GET', '/health')).body).toMatchObject({ status: 'ok', level: 'full' })

  await postgres.kill()
  for (let i = 0; i < 3; i++) {
    await expectUnavailable(platform, 'GET', `/users/${ana.userId}`)
    await expectUnavailable(platform, 'GET', `/users/${ana.userId}/stats`)
    await expectUnavailable(platform, 'GET', '/leaderboard')
    await expectUnavailable(platform, 'PUT', '/users/me', { ...ana, body: { displayName: 'Bo' } })
    await expectUnavailable(platform, 'GET', '/keys', ana)
  }
  expect((await ask('GET', '/health')).body).toMatchObject({ status: 'ok', level: 'limited' })
  const newcomer = await guest()
  expect(await ask('POST', '/auth/refresh', { body: newcomer })).toMatchObject({ status: 200 })
  const move = { ...ana, body: { position: [0, 0], ply: 0 } }
  expect(await ask('PUT', `/games/${game.body.gameId}/moves`, move)).toMatchObject({ status: 200 })
  expect(await ask('POST', '/games', { ...newcomer, body: { mode: 'bot', level: 1 } })).toMatchObject({ status: 201 })

  await postgres.start()
  await expect
    .poll(async () => (await ask('GET', `/users/${ana.userId}`)).body, { timeout: 10_000, interval: 100 })
    .toMatchObject({ name: 'Ana' })
  await expect.poll(async () => (await ask('GET', `/users/${ana.userId}/stats`)).status).toBe(200)
  expect(await ask('PUT', '/users/me', { ...ana, body: { displayName: 'Bo' } })).toMatchObject({ status: 200 })
  expect((await ask('GET', '/health')).body).toMatchObject({ level: 'full' })
})

test('[store] a PostgreSQL that takes connections and says nothing is away as well, in time', async () => {
  const sockets = new Set<Socket>()
  const silent: Server = createServer((socket) => void sockets.add(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const hanging = await openPlatform(`postgres://oxo@127.0.0.1:${(silent.address() as AddressInfo).port}/postgres`)
  try {
    await expectUnavailable(hanging, 'GET', '/users/ana')
    await hanging.guest()
  } finally {
    for (const socket of sockets) socket.destroy()
    silent.close()
    await hanging.game.server.drain('draining')
    await hanging.database.close()
  }
})
