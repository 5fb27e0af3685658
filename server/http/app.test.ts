import { afterAll, beforeAll, expect, test } from 'vitest'
import { err } from '../../kit/result.ts'
import { PAGE_POLICY } from '../../ports/http/security-headers.ts'
import { refusal } from '../../protocol/errors.ts'
import type { Health } from './health.ts'
import { staticFile } from './static-files.ts'
import { listenTest, startTestApp, type TestApp, VERSION } from './test-app.ts'

const ALLOWED = 'https://allowed.example'
const text = (content: string) => new TextEncoder().encode(content)
const health: { status: Health['status'] } = { status: 'ok' }
let rest: TestApp

beforeAll(async () => {
  rest = await startTestApp({
    allowedOrigins: [ALLOWED],
    web: new Map([
      ['/', staticFile('index.html', text('<!doctype html>'), PAGE_POLICY)],
      ['/assets/app-1a2b.js', staticFile('app-1a2b.js', text('export {}'), PAGE_POLICY, 'public, immutable')],
    ]),
    health: () => ({
      ...health,
      level: 'full',
      durability: 'process',
      version: VERSION,
      server: 'test',
      uptimeMs: 1,
      draining: false,
    }),
    mounts: [
      {
        prefixes: ['/auth', '/.well-known'],
        fetch: async (request, peer) =>
          Response.json({
            path: new URL(request.url).pathname,
            method: request.method,
            requestId: request.headers.get('x-request-id'),
            address: peer.address,
          }),
      },
      { prefixes: ['/broken'], fetch: () => Promise.reject(new Error('mounted app broke')) },
      { prefixes: ['/immutable'], fetch: () => Response.redirect('http://oxo.invalid/elsewhere', 303) },
    ],
  })
})
afterAll(() => rest.server.drain('draining'))

const errorOf = async (answer: Response) => ((await answer.json()) as { error: Record<string, unknown> }).error

test.each([
  ['GET', '/nothing'],
  ['GET', '/games'],
  ['GET', '/games/'],
  ['GET', '/games/a/b/c'],
  ['POST', '/health'],
  ['DELETE', '/games'],
  ['PATCH', '/games/x'],
  ['OPTIONS', '/games'],
  ['PURGE', '/games'],
  ['POST', '/'],
  ['GET', '/assets/'],
  ['GET', '/assets/other.js'],
  ['GET', '/authentic'],
  ['GET', '/metrics'],
  ['GET', '/v1/play'],
])('[REST] %s %s is 404 NOT_FOUND in the one format', async (method, path) => {
  const answer = await rest.request(method, path)
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('application/json')
  const error = await errorOf(answer)
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'requestId', 'timestamp'])
  expect(error).toMatchObject({ code: 'NOT_FOUND', requestId: answer.headers.get('x-request-id') })
  expect(new Date(error.timestamp as string).toISOString()).toBe(error.timestamp)
})

test('[REST] a request keeps the id it brings if it is one, else it gets a fresh one', async () => {
  const idOf = async (given?: string) => {
    const answer = await rest.request('GET', '/health', {
      headers: given === undefined ? {} : { 'x-request-id': given },
    })
    return answer.headers.get('x-request-id')
  }
  for (const good of ['a', 'Trace-1.2_3', 'x'.repeat(64)]) expect(await idOf(good)).toBe(good)
  const fresh = await Promise.all([undefined, 'x'.repeat(65), 'a b', 'é', '<script>', ''].map(idOf))
  for (const id of fresh) expect(id).toMatch(/^[0-9a-f]{24}$/)
  expect(new Set(fresh).size).toBe(fresh.length)
})

test.each(['/health', '/nothing', '/', '/assets/app-1a2b.js', '/docs', '/auth/guest', '/openapi.json'])(
  '[REST] %s carries the security headers',
  async (path) => {
    const { headers } = await rest.request('GET', path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).not.toBeNull()
    const policy = headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|http|\*/)
  },
)

test('[REST] the page may load from this origin only, data may be no page at all', async () => {
  const policyOf = async (path: string) => (await rest.request('GET', path)).headers.get('content-security-policy')
  expect(await policyOf('/')).toBe(PAGE_POLICY)
  expect(await policyOf('/health')).toBe("default-src 'none'; frame-ancestors 'none'")
})

test('[REST] files are served with their types and caching', async () => {
  const page = await rest.request('GET', '/')
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const script = await rest.request('GET', '/assets/app-1a2b.js')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(script.headers.get('cache-control')).toBe('public, immutable')
  expect(await script.text()).toBe('export {}')
})

test.each([
  '/../package.json',
  '/assets/../../package.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/..\\..\\package.json',
  '/assets/....//package.json',
  '//package.json',
  '/%00',
  '/assets/%zz',
  '/assets/app-1a2b.js%00.html',
])('[REST] %s leads nowhere', async (path) => {
  expect((await rest.request('GET', path)).status).toBe(404)
})

test('[REST] health is 200 when players are welcome, else 503', async () => {
  const ready = await rest.request('GET', '/health')
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({
    status: 'ok',
    level: 'full',
    durability: 'process',
    version: VERSION,
    server: 'test',
    uptimeMs: 1,
    draining: false,
  })
  for (const status of ['starting', 'draining', 'unavailable'] as const) {
    health.status = status
    const answer = await rest.request('GET', '/health')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ status })
  }
  health.status = 'ok'
})

test('[REST] mounted apps get what is under their prefixes, with the id of the request', async () => {
  for (const path of ['/auth', '/auth/guest', '/.well-known/jwks.json']) {
    const answer = await rest.request('POST', path, { headers: { 'x-request-id': 'mine' } })
    expect(await answer.json()).toEqual({ path, method: 'POST', requestId: 'mine', address: '192.0.2.1' })
    expect(answer.headers.get('x-request-id')).toBe('mine')
  }
  const fresh = await rest.request('GET', '/auth/x')
  expect(await fresh.json()).toMatchObject({ requestId: fresh.headers.get('x-request-id') })
  const immutable = await rest.request('GET', '/immutable')
  expect(immutable.status).toBe(303)
  expect(immutable.headers.get('x-request-id')).not.toBeNull()
})

test('[REST] a mounted app that breaks is UNAVAILABLE, without a word of why', async () => {
  const answer = await rest.request('GET', '/broken/x')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('1')
  const error = await errorOf(answer)
  expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 1_000 } })
  expect(JSON.stringify(error)).not.toContain('broke')
})

test('[CORS] pages of listed origins may ask and read, others may not', async () => {
  const preflight = (origin: string) =>
    rest.request('OPTIONS', '/games', { headers: { origin, 'access-control-request-method': 'POST' } })
  const yes = await preflight(ALLOWED)
  expect(yes.status).toBe(204)
  expect(yes.headers.get('access-control-allow-origin')).toBe(ALLOWED)
  expect(yes.headers.get('access-control-allow-methods')).toContain('PUT')
  expect(yes.headers.get('access-control-allow-headers')).toContain('authorization')
  const no = await preflight('https://other.example')
  expect(no.status).toBe(403)
  expect(no.headers.get('access-control-allow-origin')).toBeNull()
  expect(await errorOf(no)).toMatchObject({ code: 'FORBIDDEN' })

  const asked = (origin: string) => rest.request('GET', '/health', { headers: { origin } })
  const read = await asked(ALLOWED)
  expect(read.headers.get('access-control-allow-origin')).toBe(ALLOWED)
  expect(read.headers.get('access-control-expose-headers')).toContain('x-request-id')
  expect(read.headers.get('access-control-allow-credentials')).toBeNull()
  for (const origin of ['https://other.example', 'null', `${ALLOWED}.evil.example`]) {
    expect((await asked(origin)).headers.get('access-control-allow-origin')).toBeNull()
  }
  expect((await rest.request('GET', '/health')).headers.get('vary')).toBe('Origin')
})

test('[REST] keys that are out of reach make a token unverifiable for now, not wrong', async () => {
  const { request, server } = await startTestApp({ verify: () => Promise.reject(new Error('no keys')) })
  const answer = await request('POST', '/games', { user: 'ana', body: { mode: 'bot' } })
  expect(answer.status).toBe(503)
  expect(await errorOf(answer)).toMatchObject({ code: 'UNAVAILABLE' })
  await server.drain('draining')
})

test('[REST] a delay in a refusal is Retry-After in whole seconds, rounded up', async () => {
  const busy = refusal('RATE_LIMITED', 'slow down', { retryAfterMs: 1_001 })
  const { request, server } = await startTestApp({ games: { ...rest.server.games, game: async () => err(busy) } })
  const answer = await request('GET', '/games/x')
  expect(answer.status).toBe(429)
  expect(answer.headers.get('retry-after')).toBe('2')
  await server.drain('draining')
})

test('[METRICS] requests are counted by route, refusals by code; strangers cannot invent labels', async () => {
  for (const path of ['/secret-1', '/secret-2']) await rest.request('GET', path)
  await rest.request('BREW', '/health')
  await rest.request('GET', '/games/some-game')
  const before = rest.server.metrics.refusals.UNAUTHENTICATED
  await rest.request('DELETE', '/games/some-game')
  expect(rest.server.metrics.refusals.UNAUTHENTICATED).toBe(before + 1)
  const metrics = await rest.server.metrics.exposition()
  expect(metrics).toContain('method="GET",route="/games/:id",status="404"')
  expect(metrics).toContain('method="DELETE",route="/games/:id",status="401"')
  expect(metrics).toContain('route="unmatched",status="404"')
  expect(metrics).not.toMatch(/secret|some-game|BREW/)
})

test('[REST] it all works through a real socket too', async () => {
  const listener = await listenTest(rest.app.fetch)
  const url = `http://127.0.0.1:${listener.port}`
  const headers = { authorization: 'Bearer user-socket', 'content-type': 'application/json' }
  const made = await fetch(`${url}/games`, { method: 'POST', headers, body: '{"mode":"bot","level":3}' })
  expect(made.status).toBe(201)
  const { gameId } = (await made.json()) as { gameId: string }
  const moved = await fetch(`${url}${made.headers.get('location')}/moves`, {
    method: 'PUT',
    headers,
    body: '{"position":[1,1]}',
  })
  expect(await moved.json()).toMatchObject({ gameId, moves: [{ player: 'X', position: [1, 1] }, { player: 'O' }] })
  const head = await fetch(`${url}/docs/swagger-ui.js`, { method: 'HEAD' })
  const whole = await fetch(`${url}/docs/swagger-ui.js`)
  expect((await whole.arrayBuffer()).byteLength).toBe(Number(head.headers.get('content-length')))
  expect(
    (await fetch(`${url}/docs/swagger-ui.js`, { headers: { 'if-none-match': whole.headers.get('etag')! } })).status,
  ).toBe(304)
  listener.close()
})
