import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { end, type Launched, launch } from '../../scripts/processes.ts'
import { startRedis, type TestRedis } from '../../scripts/test-redis.ts'
import type { Signed } from './test-accounts.ts'

/** Two api processes and a game server that share a real store: an api ends sessions, the server has their sockets. */
const folder = mkdtempSync(join(tmpdir(), 'oxo-sessions-'))
let redis: TestRedis
let apis: Launched[] = []
let server: Launched

const urlOf = ({ ready }: Launched) => `http://127.0.0.1:${ready.port}`
const env = () => ({
  HOST: '127.0.0.1',
  PORT: '0',
  ADMIN_PORT: '0',
  DATA_DIR: folder,
  VALKEY_URL: redis.url,
  RATE_LIMIT_ANONYMOUS: '100000',
  LOG_LEVEL: 'info',
})
const startApi = () => launch({ entry: 'api/main.ts', readyEvent: 'api_ready', env: env() })

beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
  apis = [await startApi()]
  const serverEnv = { ...env(), API_URL: urlOf(apis[0]!), NODE_ID: 'server-1' }
  const [second, started] = await Promise.all([
    startApi(),
    launch({ entry: 'server/main.ts', readyEvent: 'server_ready', env: serverEnv }),
  ])
  apis.push(second)
  server = started
})
afterAll(async () => {
  await Promise.all([...apis, server].map((process) => process && end(process, 'SIGKILL')))
  await redis?.stop()
  rmSync(folder, { recursive: true })
})

const post = (url: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
  fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers })
const guest = async (url: string) => (await (await post(url, '/auth/guest')).json()) as Signed
const bearer = ({ accessToken }: Signed) => ({ authorization: `Bearer ${accessToken}` })

/** A socket of the game server; what became of it. */
async function connect(signed: Signed): Promise<WebSocket> {
  const socket = new WebSocket(`${urlOf(server).replace('http', 'ws')}/v1/play`, 'oxo.v1', { headers: bearer(signed) })
  const [first] = await Promise.race([once(socket, 'message'), once(socket, 'unexpected-response')])
  if (!Buffer.isBuffer(first)) throw new Error('refused')
  return socket
}
/** What the game server says to resigning a game that there is not: 404 to who is signed in. */
const resigning = async (signed: Signed) =>
  (await fetch(`${urlOf(server)}/games/none`, { method: 'DELETE', headers: bearer(signed) })).status

test('[session] a logout at one api closes the session’s sockets within 5 s, and no process takes its tokens any more', async () => {
  const [here, there] = apis.map(urlOf) as [string, string]
  const [ana, bo] = [await guest(urlOf(server)), await guest(here)]
  const [anas, bos] = [await connect(ana), await connect(bo)]
  expect([await resigning(ana), await resigning(bo)]).toEqual([404, 404])

  const closed = once(anas, 'close')
  const askedMs = performance.now()
  expect((await post(there, '/auth/logout', {}, bearer(ana))).status).toBe(204)
  expect((await closed)[0]).toBe(4401)
  expect(performance.now() - askedMs).toBeLessThan(5_000)
  await expect(connect(ana)).rejects.toThrow()
  expect([await resigning(ana), await resigning(bo)]).toEqual([401, 404])
  expect((await post(here, '/auth/refresh', { refreshToken: ana.refreshToken })).status).toBe(401)
  expect(bos.readyState).toBe(WebSocket.OPEN)
  expect((await post(here, '/auth/logout', { all: true }, bearer(bo))).status).toBe(204)
  expect((await once(bos, 'close'))[0]).toBe(4401)
})

test('[session] a session outlives the api that began it, and any other goes on with it', async () => {
  const ana = await guest(urlOf(apis[0]!))
  await end(apis[0]!, 'SIGKILL')
  const answer = await post(urlOf(apis[1]!), '/auth/refresh', { refreshToken: ana.refreshToken })
  expect([answer.status, ((await answer.json()) as Signed).userId]).toEqual([200, ana.userId])
})

test('[level] with the store of sessions stuck everybody is told so within 2 s, and the same requests are good when it is back', async () => {
  const url = urlOf(apis[1]!)
  const ana = await guest(url)
  const refresh = () => post(url, '/auth/refresh', { refreshToken: ana.refreshToken }, { 'idempotency-key': 'a-key' })
  process.kill(redis.pid, 'SIGSTOP')
  for (const ask of [() => post(url, '/auth/guest'), refresh]) {
    const askedMs = performance.now()
    const answer = await ask()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toMatchObject({ error: { code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } } })
    expect(performance.now() - askedMs).toBeLessThan(2_000)
  }
  process.kill(redis.pid, 'SIGCONT')
  let answer = await refresh()
  for (const untilMs = performance.now() + 10_000; answer.status === 503 && performance.now() < untilMs; ) {
    answer = await refresh()
  }
  expect([answer.status, ((await answer.json()) as Signed).userId]).toEqual([200, ana.userId])
})
