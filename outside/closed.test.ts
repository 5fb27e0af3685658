import { Agent } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { type Client, connect, FIND, GOODBYE, INVITE, is } from './client.ts'
import { company, type Table } from './company.ts'
import { handshake, NO_UPGRADE } from './handshake.ts'
import { fetchJson } from './rest.ts'

/** When no more sockets are taken: 429 for an address with too many, 503 and GOODBYE while draining. */

let server: TestServer
let table: Table
let idle: Client
const here = company(() => server.url)
/** Keeps one connection open, on which requests still arrive when no new one is accepted. */
const keptAlive = new Agent({ keepAlive: true, maxSockets: 1 })

beforeAll(async () => {
  server = await startTestServer({ MAX_SOCKETS_PER_ADDRESS: '3' })
  table = await here.paired('casual')
  idle = await here.newcomer()
})
afterAll(async () => {
  keptAlive.destroy()
  await server.stop()
})

test('[429] one socket of an address too many is told when to try again; before it only the path is looked at', async () => {
  const authorization = `Bearer ${table.x.guest.accessToken}`
  const full = await handshake(server.url, { headers: { authorization } })
  expect(full.status).toBe(429)
  expect(Number(full.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(full.body!.error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } })
  const wrong = { origin: 'https://evil.example', 'sec-websocket-protocol': undefined }
  expect((await handshake(server.url, { headers: wrong })).status).toBe(429)
  expect((await handshake(server.url, { path: '/nowhere', headers: wrong })).status).toBe(404)
  expect((await handshake(server.url, { path: '/games/x/live', headers: wrong })).status).toBe(404)
  expect((await fetchJson(server.url, 'GET', '/health')).status).toBe(200)
})

test('[429] a socket that left makes room for one', async () => {
  await idle.leave()
  expect((await handshake(server.url, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
  expect((await handshake(server.url, { headers: {} })).status).toBe(401)
  idle = await connect(server.url, idle.guest)
  expect((await handshake(server.url, {})).status).toBe(429)
})

test('[GOODBYE] SIGTERM: everyone is told, what is refused is UNAVAILABLE, sockets close with 1001, the process ends with 0', async () => {
  const { x, o } = table
  const before = await handshake(server.url, { path: '/health', headers: NO_UPGRADE, agent: keptAlive })
  expect(before.status).toBe(200)
  const ended = server.stop('SIGTERM')
  for (const client of [x, o, idle]) {
    const [, reason, retryAfterMs] = await client.seen(is(GOODBYE))
    expect(reason).toBe('draining')
    expect(Number.isInteger(retryAfterMs) && (retryAfterMs as number) >= 0).toBe(true)
  }
  const retryLater = { code: 'UNAVAILABLE', details: { retryAfterMs: expect.any(Number) } }
  const [find, invite, health, upgrade] = await Promise.all([
    idle.refused(FIND, 'casual'),
    idle.refused(INVITE),
    handshake(server.url, { path: '/health', headers: NO_UPGRADE, agent: keptAlive }),
    handshake(server.url, { agent: keptAlive, headers: { authorization: `Bearer ${x.guest.accessToken}` } }),
  ])
  expect([find, invite]).toEqual([retryLater, retryLater])
  expect(health.status).toBe(503)
  expect(upgrade.status).toBe(503)
  expect(Number(upgrade.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(upgrade.body!.error.code).toBe('UNAVAILABLE')
  for (const client of [x, o, idle]) expect((await client.closed).code).toBe(1001)
  expect(await ended).toBe(0)
  expect(await here.dismiss()).toEqual([])
  expect(idle.faults).toEqual([])
})
