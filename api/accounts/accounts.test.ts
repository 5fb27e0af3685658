import { OpenAPIHono } from '@hono/zod-openapi'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import type { Log, LogFields } from '../../kit/log.ts'
import { seededRandom } from '../../kit/random.ts'
import { memorySessionStore } from '../../ports/memory/session-store.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import { type AccountsDeps, createAccounts } from './accounts.ts'
import { type AuthKeys, newKeysText, parseKeys } from './keys.ts'
import type { SignedIn } from './routes.ts'
import { SESSION_MS } from './sign-in.ts'

const NOW_MS = 1_800_000_000_000

async function newKeys(): Promise<AuthKeys> {
  const keys = await parseKeys(await newKeysText())
  if (!keys.ok) throw new Error(keys.error)
  return keys.value
}
const keys = await newKeys()

function newAccounts(changes: Partial<AccountsDeps> = {}) {
  let nowMs = NOW_MS
  const logged: { readonly event: string; readonly fields: LogFields }[] = []
  const note = (event: string, fields: LogFields = {}) => void logged.push({ event, fields })
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const { app, jwks } = createAccounts({
    keys,
    sessions: memorySessionStore(1_000),
    issuer: 'https://oxo.example',
    region: 'eu',
    clock: { ...systemClock, now: () => nowMs },
    random: seededRandom(7),
    log,
    ...changes,
  })
  const post = async (path: string, body?: string, headers: Record<string, string> = {}) =>
    app.request(path, { method: 'POST', headers, ...(body === undefined ? {} : { body }) })
  const guest = async () => (await (await post('/auth/guest', '{}')).json()) as SignedIn
  const refresh = (refreshToken: unknown, headers = {}) =>
    post('/auth/refresh', JSON.stringify({ refreshToken }), headers)
  const advance = (ms: number) => {
    nowMs += ms
  }
  return { app, jwks, logged, post, guest, refresh, advance }
}

/** The answer must be a refusal in the one format. */
async function refused(response: Response, status: number, code: string): Promise<string> {
  const body = (await response.json()) as { error: { message: string } }
  expect(body).toMatchObject({
    error: {
      code,
      message: expect.stringMatching(/./),
      timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
      requestId: response.headers.get('x-request-id'),
    },
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  return body.error.message
}

describe('POST /auth/guest', () => {
  test('[accounts] signs in a new guest, with tokens for no cache', async () => {
    const { post } = newAccounts()
    const response = await post('/auth/guest', '{}', { 'x-request-id': 'from-outside' })
    expect(response.status).toBe(201)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-request-id': 'from-outside',
    })
    expect(await response.json()).toEqual({
      userId: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      name: expect.stringMatching(/^[A-Z][a-z]+ [A-Z][a-z]+ [1-9]\d?$/),
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
    })
  })

  test('[accounts] the access token says who plays, for 15 minutes', async () => {
    const { guest, jwks } = newAccounts()
    const { userId, name, accessToken } = await guest()
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet(jwks), { currentDate: new Date(NOW_MS) })
    expect(payload).toEqual({
      iss: 'https://oxo.example',
      aud: 'oxo',
      sub: userId,
      name,
      sid: expect.stringMatching(new RegExp(`^${userId.slice(0, 6)}[A-Za-z0-9_-]{22}$`)),
      region: 'eu',
      iat: NOW_MS / 1_000,
      exp: NOW_MS / 1_000 + 900,
    })
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: keys[0].kid })
  })

  test('[accounts] guests are different players', async () => {
    const { guest } = newAccounts()
    const guests = await Promise.all(Array.from({ length: 20 }, guest))
    expect(new Set(guests.map(({ userId }) => userId)).size).toBe(20)
    expect(new Set(guests.map(({ refreshToken }) => refreshToken)).size).toBe(20)
  })

  test.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['more fields', '{"name": "Me", "userId": "root", "__proto__": {"admin": true}}'],
  ])('[accounts] takes %s', async (_, body) => {
    const response = await newAccounts().post('/auth/guest', body)
    expect(response.status).toBe(201)
    expect(await response.json()).not.toMatchObject({ name: 'Me' })
  })

  test.each([
    ['text', 'guest', 'the body is not JSON'],
    ['half an object', '{"a":', 'the body is not JSON'],
    ['an array', '[]', 'the body must be an object'],
    ['a number', '7', 'the body must be an object'],
    ['16 KiB and one byte', `{"a":"${'x'.repeat(16 * 1024 - 7)}"}`, 'the body is over 16384 bytes'],
  ])('[P8] refuses %s, whatever the content type', async (_, body, why) => {
    const { post, logged } = newAccounts()
    expect(await refused(await post('/auth/guest', body), 400, 'BAD_REQUEST')).toBe(why)
    const typed = await post('/auth/guest', body, { 'content-type': 'application/json' })
    expect(await refused(typed, 400, 'BAD_REQUEST')).toBe(why)
    expect(logged).toEqual([])
    expect((await post('/auth/guest', '{}')).status).toBe(201)
  })

  test('[accounts] a store that fails is UNAVAILABLE with a delay, and an error in the log', async () => {
    const failing: SessionStore = {
      ...memorySessionStore(1),
      create: async () => {
        throw new Error('no space left')
      },
    }
    const { post, logged } = newAccounts({ sessions: failing })
    const response = await post('/auth/guest', '{}')
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await refused(response, 503, 'UNAVAILABLE')).not.toContain('space')
    expect(logged).toMatchObject([
      { event: 'accounts_request_failed', fields: { path: '/auth/guest', error: 'Error: no space left' } },
    ])
  })

  test('[accounts] no token reaches the log', async () => {
    const { guest, refresh, logged } = newAccounts()
    const { accessToken, refreshToken } = await guest()
    await refresh(refreshToken)
    await refresh(refreshToken)
    const text = JSON.stringify(logged)
    expect(logged.map(({ event }) => event)).toEqual(['guest_signed_in', 'refresh_token_reused'])
    for (const secret of [accessToken, refreshToken]) expect(text).not.toContain(secret)
  })
})

describe('POST /auth/refresh', () => {
  test('[accounts] gives the same guest fresh tokens', async () => {
    const { guest, refresh, advance, jwks } = newAccounts()
    const before = await guest()
    advance(600_000)
    const response = await refresh(before.refreshToken)
    expect(response.status).toBe(200)
    const after = (await response.json()) as SignedIn
    expect(after).toMatchObject({ userId: before.userId, name: before.name, expiresIn: 900 })
    expect(after.refreshToken).not.toBe(before.refreshToken)
    const at = { currentDate: new Date(NOW_MS + 600_000) }
    expect((await jwtVerify(after.accessToken, createLocalJWKSet(jwks), at)).payload.exp).toBe(NOW_MS / 1_000 + 1_500)
    expect((await refresh(after.refreshToken)).status).toBe(200)
  })

  test('[accounts] a token shown twice ends the session for both holders', async () => {
    const { guest, refresh } = newAccounts()
    const { refreshToken } = await guest()
    const rotated = (await (await refresh(refreshToken)).json()) as SignedIn
    expect(await refused(await refresh(refreshToken), 401, 'UNAUTHENTICATED')).toContain('used before')
    expect(await refused(await refresh(rotated.refreshToken), 401, 'UNAUTHENTICATED')).toContain('ended')
  })

  test('[P4] the same request with the same Idempotency-Key has the same answer', async () => {
    const { guest, refresh } = newAccounts()
    const { refreshToken } = await guest()
    const key = { 'idempotency-key': 'a-key' }
    const first = (await (await refresh(refreshToken, key)).json()) as SignedIn
    const again = (await (await refresh(refreshToken, key)).json()) as SignedIn
    expect(again.refreshToken).toBe(first.refreshToken)
    expect((await refresh(first.refreshToken, { 'idempotency-key': 'b-key' })).status).toBe(200)
  })

  test('[accounts] a session ends 30 days after its last refresh', async () => {
    const { guest, refresh, advance } = newAccounts()
    const [first, other] = [await guest(), await guest()]
    advance(SESSION_MS - 1)
    const second = (await (await refresh(first.refreshToken)).json()) as SignedIn
    advance(1)
    expect(await refused(await refresh(other.refreshToken), 401, 'UNAUTHENTICATED')).toContain('ended')
    advance(SESSION_MS - 2)
    expect((await refresh(second.refreshToken)).status).toBe(200)
  })

  test('[accounts] tokens of a replaced key stay good while the key is in the file', async () => {
    const sessions = memorySessionStore(10)
    const [newer] = await newKeys()
    const { refreshToken } = await newAccounts({ sessions }).guest()
    expect((await newAccounts({ sessions, keys: [newer] }).refresh(refreshToken)).status).toBe(401)
    const { refresh, jwks } = newAccounts({ sessions, keys: [newer, keys[0]] })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(200)
    const { accessToken } = (await response.json()) as SignedIn
    expect(decodeProtectedHeader(accessToken).kid).toBe(newer.kid)
    expect(jwks.keys.map(({ kid }) => kid)).toEqual([newer.kid, keys[0].kid])
  })

  test('[P8] tokens that are not ours change nothing', async () => {
    const { guest, refresh } = newAccounts()
    const { refreshToken, accessToken } = await guest()
    const [id, generation, mac = ''] = refreshToken.split('.')
    const flipped = `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`
    const notOurs = [
      `${id}.${generation}.${flipped}`,
      `${id}.1.${mac}`,
      `${id}.00.${mac}`,
      `x${id}.${generation}.${mac}`,
      `${id}.${generation}`,
      `${id}.${generation}.${mac}.`,
      accessToken.slice(0, 100),
      'x',
    ]
    for (const token of notOurs) {
      expect(await refused(await refresh(token), 401, 'UNAUTHENTICATED'), token).toBe(
        'this is no refresh token of ours',
      )
    }
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  test.each([
    ['no body', undefined],
    ['not JSON', 'refreshToken=abc'],
    ['no token', '{}'],
    ['a number as token', '{"refreshToken": 7}'],
    ['an empty token', '{"refreshToken": ""}'],
    ['a token that is too long', JSON.stringify({ refreshToken: 'x'.repeat(200) })],
    ['null', 'null'],
  ])('[P8] refuses %s', async (_, body) => {
    await refused(await newAccounts().post('/auth/refresh', body), 400, 'BAD_REQUEST')
  })

  test.each(['', 'a b', 'x'.repeat(65)])(
    '[P8] refuses "%s" as Idempotency-Key, and the token stays good',
    async (key) => {
      const { guest, refresh } = newAccounts()
      const { refreshToken } = await guest()
      await refused(await refresh(refreshToken, { 'idempotency-key': key }), 400, 'BAD_REQUEST')
      expect((await refresh(refreshToken)).status).toBe(200)
    },
  )
})

describe('the accounts app', () => {
  test('[accounts] publishes public keys only', async () => {
    const { app, jwks } = newAccounts()
    const response = await app.request('/.well-known/jwks.json')
    const text = await response.text()
    expect(JSON.parse(text)).toEqual(jwks)
    expect(jwks.keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: keys[0].kid }])
    expect(jwks.keys[0]).not.toHaveProperty('d')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
  })

  test('[P8] unknown paths and methods are NOT_FOUND', async () => {
    const { app, post } = newAccounts()
    await refused(await post('/auth/nothing', '{}'), 404, 'NOT_FOUND')
    await refused(await app.request('/auth/guest'), 404, 'NOT_FOUND')
    await refused(await app.request('/auth/refresh', { method: 'DELETE' }), 404, 'NOT_FOUND')
  })

  test('[accounts] mounts into another app, and documents its paths there', async () => {
    const parent = new OpenAPIHono()
    parent.route('/', newAccounts().app)
    expect((await parent.request('/auth/guest', { method: 'POST' })).status).toBe(201)
    const { paths = {} } = parent.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } })
    expect(Object.keys(paths)).toEqual(['/auth/guest', '/auth/refresh', '/.well-known/jwks.json'])
  })
})
