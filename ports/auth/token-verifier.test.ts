import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  base64url,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../kit/clock.ts'
import { systemClock } from '../../kit/clock.ts'
import { jwksVerifier, localVerifier } from './token-verifier.ts'

const NOW_MS = 1_800_000_000_000
const NOW_S = NOW_MS / 1_000

/** A clock that stands still until it is moved. */
function standingClock(): Clock & { advance(ms: number): void } {
  let elapsedMs = 0
  return {
    ...systemClock,
    now: () => NOW_MS + elapsedMs,
    monotonic: () => elapsedMs,
    advance(ms) {
      elapsedMs += ms
    },
  }
}

async function keyPair() {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { privateKey, kid, jwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' } satisfies JWK }
}
type Keys = Awaited<ReturnType<typeof keyPair>>

const keys = await keyPair()
const strangers = await keyPair()

const claims = {
  iss: 'oxo',
  aud: 'oxo',
  sub: 'user-1',
  name: 'Quiet Otter 42',
  sid: 'session-1',
  region: 'local',
  iat: NOW_S,
  exp: NOW_S + 900,
}

const sign = (payload: object = claims, header: object = {}, by: Keys = keys): Promise<string> =>
  new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: by.kid, ...header })
    .sign(by.privateKey)

const without = (claim: string) => Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim))

const text = (value: object) => base64url.encode(JSON.stringify(value))

async function hmacSigned(secret: Uint8Array): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys.kid }).sign(secret)
}

async function rsaSigned(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: keys.kid }).sign(privateKey)
}

const always =
  <T>(value: T) =>
  () =>
    value
const newVerifier = (clock: Clock = standingClock()) => localVerifier(always({ keys: [keys.jwk] }), 'oxo', clock)

const good = await sign()
const [header = '', payload = '', signature = ''] = good.split('.')
const publicKeyBytes = base64url.decode(keys.jwk.x ?? '')
const bad: Readonly<Record<string, string>> = {
  'another issuer': await sign({ ...claims, iss: 'oxo-staging' }),
  'another audience': await sign({ ...claims, aud: 'other' }),
  'no type': await sign(claims, { typ: undefined }),
  'the type of an id token': await sign(claims, { typ: 'JWT' }),
  'an unknown key id': await sign(claims, {}, strangers),
  'a known key id but the key of someone else': await sign(claims, { kid: keys.kid }, strangers),
  'alg none without a signature': `${text({ alg: 'none', typ: 'at+jwt', kid: keys.kid })}.${payload}.`,
  'alg none with the signature of a good token': `${text({ alg: 'none', typ: 'at+jwt', kid: keys.kid })}.${payload}.${signature}`,
  'HS256 with the public key as secret': await hmacSigned(publicKeyBytes),
  'HS256 with the text of the public key as secret': await hmacSigned(Buffer.from(JSON.stringify(keys.jwk))),
  RS256: await rsaSigned(),
  'a changed payload': `${header}.${text({ ...claims, sub: 'user-2' })}.${signature}`,
  'a changed signature': `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
  'no signature': `${header}.${payload}.`,
  'over 4,096 characters': await sign({ ...claims, padding: 'x'.repeat(4_096) }),
  'a time before which it is not good': await sign({ ...claims, nbf: NOW_S + 60 }),
  'a user id with other characters': await sign({ ...claims, sub: 'a:b' }),
  'a user id of 65 characters': await sign({ ...claims, sub: 'a'.repeat(65) }),
  'a name that is no string': await sign({ ...claims, name: 7 }),
  'a session id that is empty': await sign({ ...claims, sid: '' }),
  'a region that is no string': await sign({ ...claims, region: ['local'] }),
  'an empty string': '',
  'no token at all': 'Quiet Otter',
  'three dots': '...',
  ...Object.fromEntries(
    await Promise.all(Object.keys(claims).map(async (claim) => [`no ${claim}`, await sign(without(claim))] as const)),
  ),
}

describe('localVerifier', () => {
  test('[keys] keys that change are the keys that count, without a restart', async () => {
    let jwks = { keys: [keys.jwk] }
    const verify = localVerifier(() => jwks, 'oxo', standingClock())
    const [ours, theirs] = [await sign(), await sign(claims, {}, strangers)]
    expect([(await verify(ours)).ok, (await verify(theirs)).ok]).toEqual([true, false])
    jwks = { keys: [strangers.jwk, keys.jwk] }
    expect([(await verify(ours)).ok, (await verify(theirs)).ok]).toEqual([true, true])
  })

  test('[auth] a good token says who plays', async () => {
    expect(await newVerifier()(await sign())).toEqual({
      ok: true,
      value: {
        userId: 'user-1',
        name: 'Quiet Otter 42',
        sessionId: 'session-1',
        region: 'local',
        expiresAtMs: NOW_MS + 900_000,
      },
    })
  })

  test('[auth] what is known at once is what a wait would tell, for good tokens and bad ones', async () => {
    const { known } = newVerifier()
    const verified = await newVerifier()(good)
    expect({ ok: true, value: known?.(good) }).toEqual(verified)
    const taken = Object.entries(bad).filter(([, token]) => known?.(token) !== null)
    expect(taken.map(([name]) => name)).toEqual([])
    const ended = (secondsAgo: number) => sign({ ...claims, exp: NOW_S - secondsAgo })
    expect(known?.(await ended(4))).toMatchObject({ userId: 'user-1' })
    expect(known?.(await ended(5))).toBeNull()
  })

  test('[auth] a token is good for 5 s after its end, not longer', async () => {
    const ended = (secondsAgo: number) => sign({ ...claims, exp: NOW_S - secondsAgo })
    expect(await newVerifier()(await ended(4))).toMatchObject({ ok: true })
    expect(await newVerifier()(await ended(5))).toEqual({ ok: false, error: 'expired' })
  })

  test('[auth] a token that was good before ends at its time as well', async () => {
    const clock = standingClock()
    const verify = newVerifier(clock)
    const token = await sign()
    expect(await verify(token)).toMatchObject({ ok: true })
    clock.advance(904_999)
    expect(await verify(token)).toMatchObject({ ok: true })
    clock.advance(1)
    expect(await verify(token)).toEqual({ ok: false, error: 'expired' })
  })

  test('[auth] any key of the set verifies', async () => {
    const verify = localVerifier(always({ keys: [strangers.jwk, keys.jwk] }), 'oxo', standingClock())
    expect(await verify(await sign())).toMatchObject({ ok: true })
    expect(await verify(await sign(claims, {}, strangers))).toMatchObject({ ok: true })
  })

  test.each(Object.keys(bad))('[auth] refuses %s', async (name) => {
    const verify = newVerifier()
    expect(await verify(bad[name] ?? '')).toEqual({ ok: false, error: 'invalid' })
    expect(await verify(good)).toMatchObject({ ok: true })
    expect(await verify(bad[name] ?? '')).toEqual({ ok: false, error: 'invalid' })
  })
})

test('[auth] refuses other algorithms even if a published key has them', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'es', alg: 'ES256', use: 'sig' }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'es' })
    .sign(privateKey)
  const verify = localVerifier(always({ keys: [keys.jwk, jwk] }), 'oxo', standingClock())
  expect(await verify(token)).toEqual({ ok: false, error: 'invalid' })
  expect(await verify(await sign())).toMatchObject({ ok: true })
})

describe('jwksVerifier', () => {
  const servers: Server[] = []
  afterAll(() => {
    for (const server of servers) server.close()
  })

  /** Publishes `jwks` and counts the questions; changed by assignment. */
  async function publisher(jwks: JSONWebKeySet) {
    const state = { jwks, asked: 0, status: 200 }
    const server = createServer((_, response) => {
      state.asked += 1
      response.writeHead(state.status, { connection: 'close' }).end(JSON.stringify(state.jwks))
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
    return Object.assign(state, { jwksUrl })
  }

  test('[auth] asks for the keys once, whatever strangers send', async () => {
    const published = await publisher({ keys: [keys.jwk] })
    const verify = jwksVerifier({ ...published, issuer: 'oxo', clock: standingClock() })
    expect(await verify(await sign())).toMatchObject({ ok: true })
    for (let i = 0; i < 5; i++) {
      expect(await verify(await sign({ ...claims, iat: NOW_S + i }, {}, strangers))).toEqual({
        ok: false,
        error: 'invalid',
      })
    }
    expect(await verify(await sign({ ...claims, sub: 'user-2' }))).toMatchObject({ ok: true })
    expect(published.asked).toBe(1)
  })

  test('[auth] takes over new keys and drops withdrawn ones within its refresh time', async () => {
    const published = await publisher({ keys: [keys.jwk] })
    const clock = standingClock()
    const verify = jwksVerifier({ ...published, issuer: 'oxo', clock })
    expect(await verify(await sign())).toMatchObject({ ok: true })

    published.jwks = { keys: [strangers.jwk] }
    clock.advance(5 * 60_000)
    // This one starts the refresh and is judged by the keys at hand.
    expect(await verify(await sign({ ...claims, sub: 'user-2' }))).toMatchObject({ ok: true })
    await expect.poll(async () => verify(await sign(claims, {}, strangers))).toMatchObject({ ok: true })
    expect(await verify(await sign({ ...claims, sub: 'user-3' }))).toEqual({ ok: false, error: 'invalid' })
    expect(published.asked).toBe(2)
  })

  test('[auth] goes on with the keys that it has while their publisher is out of reach', async () => {
    const published = await publisher({ keys: [keys.jwk] })
    const clock = standingClock()
    const verify = jwksVerifier({ ...published, issuer: 'oxo', clock })
    expect(await verify(await sign())).toMatchObject({ ok: true })

    published.status = 503
    for (const sub of ['user-2', 'user-3', 'user-4']) {
      clock.advance(5 * 60_000)
      expect(await verify(await sign({ ...claims, sub, exp: NOW_S + 3_600 }))).toMatchObject({ ok: true })
    }
  })

  test('[auth] rejects, rather than judging a token, when there are no keys', async () => {
    const published = await publisher({ keys: [keys.jwk] })
    const verify = jwksVerifier({ ...published, issuer: 'oxo', clock: standingClock() })
    published.status = 503
    await expect(verify(await sign())).rejects.toThrow('Expected 200 OK')
    published.status = 200
    expect(await verify(await sign())).toMatchObject({ ok: true })

    const nobody = jwksVerifier({ jwksUrl: 'http://127.0.0.1:1/jwks', issuer: 'oxo', clock: standingClock() })
    await expect(nobody(await sign())).rejects.toThrow()
  })
})
