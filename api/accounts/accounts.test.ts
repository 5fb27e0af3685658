import { OpenAPIHono } from '@hono/zod-openapi'
import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { testPassage } from '../../ports/http/gate/test-gate.ts'
import { memorySessionStore } from '../../ports/memory/session-store.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import { fixedKeyRing } from './key-ring.ts'
import { SESSION_MS } from './session-tokens.ts'
import { keys, NOW_MS, newKeys, refused, type Signed, startAccounts } from './test-accounts.ts'

describe('POST /auth/guest', () => {
  test('[accounts] signs in a new guest, with tokens for no cache', async () => {
    const { post } = await startAccounts()
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
    const { guest, claims } = await startAccounts()
    const { userId, name, accessToken } = await guest()
    expect(await claims(accessToken)).toEqual({
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
    const { guest } = await startAccounts()
    const guests = await Promise.all(Array.from({ length: 20 }, guest))
    expect(new Set(guests.map(({ userId }) => userId)).size).toBe(20)
    expect(new Set(guests.map(({ refreshToken }) => refreshToken)).size).toBe(20)
  })

  test.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['more fields', '{"name": "Me", "userId": "root", "__proto__": {"admin": true}}'],
  ])('[accounts] takes %s', async (_, body) => {
    const response = await (await startAccounts()).post('/auth/guest', body)
    expect(response.status).toBe(201)
    expect(await response.json()).not.toMatchObject({ name: 'Me' })
  })

  test.each([
    ['text', 'guest', 'the body is not JSON'],
    ['half an object', '{"a":', 'the body is not JSON'],
    ['an array', '[]', 'the body must be an object, and cookie a name of our list'],
    ['a number', '7', 'the body must be an object, and cookie a name of our list'],
    ['16 KiB and one byte', `{"a":"${'x'.repeat(16 * 1024 - 7)}"}`, 'the body is over 16384 bytes'],
  ])('[P8] refuses %s, whatever the content type', async (_, body, why) => {
    const { post, logged } = await startAccounts()
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
    const { post, logged } = await startAccounts({ sessions: failing })
    const response = await post('/auth/guest', '{}')
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await refused(response, 503, 'UNAVAILABLE')).not.toContain('space')
    expect(logged).toMatchObject([{ event: 'http_request_failed', fields: { path: '/auth/guest' } }])
  })

  test('[accounts] sign-in, reuse and logout are told to the audit log, without any token', async () => {
    const { guest, refresh, post, logged, audited } = await startAccounts()
    const { userId, accessToken, refreshToken } = await guest()
    await refresh(refreshToken)
    await refresh(refreshToken)
    await post('/auth/logout', { refreshToken: (await guest()).refreshToken })
    const text = JSON.stringify([logged, audited])
    expect(audited.map(({ event }) => event)).toEqual(['signed_in', 'token_reused', 'signed_in', 'logged_out'])
    expect(audited[0]?.entry).toMatchObject({ outcome: 'done', how: 'guest', userId, address: '192.0.2.1' })
    for (const secret of [accessToken, refreshToken]) expect(text).not.toContain(secret)
  })
})

describe('POST /auth/refresh', () => {
  test('[accounts] gives the same guest fresh tokens', async () => {
    const { guest, refresh, advance, claims } = await startAccounts()
    const before = await guest()
    advance(600_000)
    const response = await refresh(before.refreshToken)
    expect(response.status).toBe(200)
    const after = (await response.json()) as Signed
    expect(after).toMatchObject({ userId: before.userId, name: before.name, expiresIn: 900 })
    expect(after.refreshToken).not.toBe(before.refreshToken)
    expect((await claims(after.accessToken)).exp).toBe(NOW_MS / 1_000 + 1_500)
    expect((await refresh(after.refreshToken)).status).toBe(200)
  })

  test('[accounts] a token shown twice ends the session for both holders', async () => {
    const { guest, refresh } = await startAccounts()
    const { refreshToken } = await guest()
    const rotated = (await (await refresh(refreshToken)).json()) as Signed
    expect(await refused(await refresh(refreshToken), 401, 'UNAUTHENTICATED')).toContain('used before')
    expect(await refused(await refresh(rotated.refreshToken), 401, 'UNAUTHENTICATED')).toContain('ended')
  })

  test('[P4] the same request with the same Idempotency-Key has the same answer', async () => {
    const { guest, refresh } = await startAccounts()
    const { refreshToken } = await guest()
    const key = { 'idempotency-key': 'a-key' }
    const first = (await (await refresh(refreshToken, key)).json()) as Signed
    const again = (await (await refresh(refreshToken, key)).json()) as Signed
    expect(again.refreshToken).toBe(first.refreshToken)
    expect((await refresh(first.refreshToken, { 'idempotency-key': 'b-key' })).status).toBe(200)
  })

  test('[accounts] a session ends 30 days after its last refresh', async () => {
    const { guest, refresh, advance } = await startAccounts()
    const [first, other] = [await guest(), await guest()]
    advance(SESSION_MS - 1)
    const second = (await (await refresh(first.refreshToken)).json()) as Signed
    advance(1)
    expect(await refused(await refresh(other.refreshToken), 401, 'UNAUTHENTICATED')).toContain('ended')
    advance(SESSION_MS - 2)
    expect((await refresh(second.refreshToken)).status).toBe(200)
  })

  test('[accounts] tokens of a replaced key stay good while the key is in the file', async () => {
    const sessions = memorySessionStore(10)
    const [newer] = await newKeys()
    const { refreshToken } = await (await startAccounts({ sessions })).guest()
    const without = await startAccounts({ sessions, keys: fixedKeyRing([newer]) })
    expect((await without.refresh(refreshToken)).status).toBe(401)
    const { refresh, jwks } = await startAccounts({ sessions, keys: fixedKeyRing([newer, keys[0]]) })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(200)
    const { accessToken } = (await response.json()) as Signed
    expect(decodeProtectedHeader(accessToken).kid).toBe(newer.kid)
    expect(jwks().keys.map(({ kid }) => kid)).toEqual([newer.kid, keys[0].kid])
  })

  test('[P8] tokens that are not ours change nothing', async () => {
    const { guest, refresh } = await startAccounts()
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
    await refused(await (await startAccounts()).post('/auth/refresh', body), 400, 'BAD_REQUEST')
  })

  test.each(['', 'a b', 'x'.repeat(65)])(
    '[P8] refuses "%s" as Idempotency-Key, and the token stays good',
    async (key) => {
      const { guest, refresh } = await startAccounts()
      const { refreshToken } = await guest()
      await refused(await refresh(refreshToken, { 'idempotency-key': key }), 400, 'BAD_REQUEST')
      expect((await refresh(refreshToken)).status).toBe(200)
    },
  )
})

describe('the accounts app', () => {
  test('[accounts] publishes public keys only', async () => {
    const { get, jwks } = await startAccounts()
    const response = await get('/.well-known/jwks.json')
    const text = await response.text()
    expect(JSON.parse(text)).toEqual(jwks())
    expect(jwks().keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: keys[0].kid }])
    expect(jwks().keys[0]).not.toHaveProperty('d')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
  })

  test('[P8] unknown paths and methods are NOT_FOUND', async () => {
    const { get, post, send } = await startAccounts()
    await refused(await post('/auth/nothing', '{}'), 404, 'NOT_FOUND')
    await refused(await get('/auth/guest'), 404, 'NOT_FOUND')
    await refused(await send('DELETE', '/auth/refresh'), 404, 'NOT_FOUND')
  })

  test('[accounts] mounts into another app, and documents its paths there', async () => {
    const parent = new OpenAPIHono()
    parent.route('/', (await startAccounts()).app)
    expect((await parent.request('/auth/guest', { method: 'POST' }, testPassage())).status).toBe(201)
    const { paths = {} } = parent.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } })
    expect(Object.keys(paths)).toEqual([
      '/auth/guest',
      '/auth/refresh',
      '/auth/logout',
      '/auth/providers',
      '/auth/nonce',
      '/auth/login',
      '/auth/login/{provider}',
      '/auth/callback',
      '/.well-known/jwks.json',
    ])
  })
})
