import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { signIn } from './client.ts'
import { handshake } from './handshake.ts'
import { errorOf, fetchJson, type HttpRequest } from './rest.ts'

/** How often one may ask, seen from outside. */

const ANONYMOUS = 40
const SIGNED_IN = 60
let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ RATE_LIMIT_ANONYMOUS: `${ANONYMOUS}`, RATE_LIMIT_SIGNED_IN: `${SIGNED_IN}` })
})
afterAll(() => server.stop())

const rest = (method: string, path: string, request?: HttpRequest) => fetchJson(server.url, method, path, request)
const NO_GAME = '/games/00000001-0000-8000-8000-000000000000'

test('[429] nobody and an account have their own limits, which sockets share and claims do not widen', async () => {
  const guest = await signIn(server.url)
  const again = { headers: { 'idempotency-key': '7d8e7c0a-5c2f-4f7e-9d54-2f1c7a1b0c55' }, body: {} }
  const [first, second] = [await rest('POST', '/auth/guest', again), await rest('POST', '/auth/guest', again)]
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  expect(second.body).toEqual(first.body)

  const spoofed = (n: number) => ({ headers: { 'x-forwarded-for': `198.51.100.${n}` } })
  const reads = await Promise.all(Array.from({ length: 60 }, (_, n) => rest('GET', NO_GAME, spoofed(n))))
  expect(reads.filter(({ status }) => status === 404)).toHaveLength(ANONYMOUS - 3)
  const refused = reads.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(60 - (ANONYMOUS - 3))
  const { headers } = refused[0]!
  expect(errorOf(refused[0]!)).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } })
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(30)
  expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([`${ANONYMOUS}`, '0'])
  for (const path of ['/health', '/', '/.well-known/jwks.json']) expect((await rest('GET', path)).status).toBe(200)

  const token = guest.accessToken
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => handshake(server.url, { headers: { authorization: `Bearer ${token}` } })),
  )
  expect(sockets.map(({ status }) => status)).toEqual(Array(20).fill(101))
  const mine = await Promise.all(Array.from({ length: 60 }, () => rest('GET', NO_GAME, { token })))
  expect(mine.filter(({ status }) => status === 404)).toHaveLength(SIGNED_IN - 20)
  const late = await handshake(server.url, { headers: { authorization: `Bearer ${token}` } })
  expect([late.status, late.body?.error.code, late.headers['ratelimit-remaining']]).toEqual([429, 'RATE_LIMITED', '0'])
  for (const { socket } of sockets) socket?.destroy()
})

test('[AUDIT] what happened is in the audit stream, without a secret', async () => {
  const lines = server.lines.filter((line) => line.includes('"stream":"audit"'))
  const events = new Set(lines.map((line) => (JSON.parse(line) as { event: string }).event))
  for (const event of ['signed_in', 'rate_limited']) expect(events).toContain(event)
  expect(lines.join('\n')).not.toMatch(/oxo_[A-Za-z0-9_-]{20}|eyJ|127\.0\.0\.1/)
})
