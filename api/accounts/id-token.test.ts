import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base64url, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { NONCE_MS } from './id-token.ts'
import { createProvider } from './provider.ts'
import { refused, type Signed, startAccounts, type TestAccounts } from './test-accounts.ts'

/** A provider whose tokens we write ourselves, good and bad ones. */
let server: Server
let issuer = ''
let key: CryptoKey
let strangers: CryptoKey
let publicJwk: JWK
let publicPem = ''
let accounts: TestAccounts

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  key = pair.privateKey
  strangers = (await generateKeyPair('RS256')).privateKey
  publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  publicPem = await exportSPKI(pair.publicKey)
  server = createServer((request, response) => {
    const answers: Record<string, object> = {
      '/.well-known/openid-configuration': {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        authorization_endpoint: `${issuer}/a`,
      },
      '/jwks': { keys: [publicJwk] },
    }
    const answer = answers[request.url ?? '']
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = { name: 'phone', title: 'Phone', issuer, clientId: 'web', audiences: ['ios-app'] }
  accounts = await startAccounts({ providers: [createProvider(config, systemClock)] }, Date.now())
})
afterAll(() => server.close())

const nonceOf = async () => ((await (await accounts.post('/auth/nonce')).json()) as { nonce: string }).nonce
const seconds = () => Math.floor(Date.now() / 1_000)
const claims = (nonce: string) => ({
  iss: issuer,
  aud: 'ios-app',
  sub: 'person-1',
  iat: seconds(),
  exp: seconds() + 600,
  nonce,
})
const sign = (payload: object, header: object = {}, by: CryptoKey | Uint8Array = key) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(by)
const login = (nonce: string, idToken: string, more: object = {}) =>
  accounts.post('/auth/login', { provider: 'phone', idToken, nonce, ...more })
const text = (value: object) => base64url.encode(JSON.stringify(value))

test('[accounts] a good identity token signs in, for the same person always the same account', async () => {
  const nonce = await nonceOf()
  const response = await login(nonce, await sign(claims(nonce)))
  expect(response.status).toBe(200)
  const first = (await response.json()) as Signed
  expect(await accounts.claims(first.accessToken)).toMatchObject({ sub: first.userId, amr: ['fed'] })
  expect((await accounts.refresh(first.refreshToken)).status).toBe(200)

  const again = await nonceOf()
  const second = (await (await login(again, await sign({ ...claims(again), aud: 'web' }))).json()) as Signed
  expect(second.userId).toBe(first.userId)
  const other = await nonceOf()
  const person2 = (await (await login(other, await sign({ ...claims(other), sub: 'person-2' }))).json()) as Signed
  expect(person2.userId).not.toBe(first.userId)
})

test('[accounts] the guest whose refresh token comes along becomes the account; another’s access token gives nothing', async () => {
  const guest = await accounts.guest()
  const nonce = await nonceOf()
  const more = { refreshToken: guest.refreshToken }
  const signed = (await (await login(nonce, await sign({ ...claims(nonce), sub: 'person-3' }), more)).json()) as Signed
  expect(signed).toMatchObject({ userId: guest.userId, name: guest.name })
  await refused(await accounts.refresh(guest.refreshToken), 401, 'UNAUTHENTICATED')

  const victim = await accounts.guest()
  const fresh = (await (await accounts.refresh(victim.refreshToken)).json()) as Signed
  const next = await nonceOf()
  const old = { refreshToken: victim.refreshToken }
  const thief = (await (await login(next, await sign({ ...claims(next), sub: 'thief' }), old)).json()) as Signed
  expect(thief.userId, 'an old refresh token makes nobody that guest').not.toBe(victim.userId)
  expect((await accounts.refresh(fresh.refreshToken)).status).toBe(200)
  expect(await accounts.accounts.get(victim.userId as UserId)).toBeNull()
})

/** How a token is wrong, and the token. */
const wrong: Readonly<Record<string, (nonce: string) => Promise<string> | string>> = {
  'an expired token': (nonce) => sign({ ...claims(nonce), iat: seconds() - 700, exp: seconds() - 60 }),
  'a token without an end': (nonce) => sign({ ...claims(nonce), exp: undefined }),
  'another audience': (nonce) => sign({ ...claims(nonce), aud: 'other-app' }),
  'another issuer': (nonce) => sign({ ...claims(nonce), iss: 'https://accounts.example' }),
  'alg none': (nonce) => `${text({ alg: 'none', kid: 'k1' })}.${text(claims(nonce))}.`,
  'RS256 turned to HS256 with the public key as secret': (nonce) =>
    sign(claims(nonce), { alg: 'HS256' }, Buffer.from(publicPem)),
  'the key of somebody else': (nonce) => sign(claims(nonce), {}, strangers),
  'an unknown key id': (nonce) => sign(claims(nonce), { kid: 'k2' }),
  'another nonce': async () => sign(claims(await nonceOf())),
  'no nonce': (nonce) => sign({ ...claims(nonce), nonce: undefined }),
  'no subject': (nonce) => sign({ ...claims(nonce), sub: undefined }),
  'an empty subject': (nonce) => sign({ ...claims(nonce), sub: '' }),
  'an access token of ours': async () => (await accounts.guest()).accessToken,
  'no token at all': () => 'x',
}

test.each(Object.keys(wrong))('[P8] %s is refused, and a good one with the same nonce is not', async (name) => {
  const nonce = await nonceOf()
  const message = await refused(await login(nonce, await wrong[name]!(nonce)), 401, 'UNAUTHENTICATED')
  expect(message).toBe('the provider did not sign you in')
  expect((await login(nonce, await sign(claims(nonce)))).status).toBe(200)
})

test('[P8] a nonce that is not ours, or older than ten minutes, is refused', async () => {
  await refused(await login('made-up', await sign(claims('made-up'))), 401, 'UNAUTHENTICATED')
  const nonce = await nonceOf()
  const token = await sign({ ...claims(nonce), exp: seconds() + 3_600 })
  accounts.advance(NONCE_MS - 1)
  expect((await login(nonce, token)).status).toBe(200)
  accounts.advance(1)
  await refused(await login(nonce, token), 401, 'UNAUTHENTICATED')
  accounts.advance(-NONCE_MS)
})

test('[P8] an unknown provider, and bodies of another shape', async () => {
  await refused(await accounts.post('/auth/login', { provider: 'x', idToken: 'x', nonce: 'x' }), 404, 'NOT_FOUND')
  for (const body of [{}, { provider: 'phone' }, { provider: 'phone', idToken: 7, nonce: 'x' }, 'null', '[]', 'x']) {
    await refused(await accounts.post('/auth/login', body), 400, 'BAD_REQUEST')
  }
})
