import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUTH, connect, type Guest, signIn } from './client.ts'
import { type HandshakeOptions, handshake } from './handshake.ts'
import { witnessedScene } from './scene.ts'
import { ed25519, mint, parts, signingKey } from './tokens.ts'

/** What is refused before the upgrade, and how long a token keeps a socket. */

const dataDir = mkdtempSync(join(tmpdir(), 'oxo-outside-'))
/** Said before the scene, so done after its server has ended: what is said first comes last. */
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))
const { server, here, game } = witnessedScene({
  TURN_SECONDS: '3600',
  RATE_LIMIT_FRAMES: '1000',
  DATA_DIR: dataDir,
  ALLOWED_ORIGINS: 'https://play.example',
})
let guest: Guest
let key: KeyObject
const nowS = () => Math.floor(Date.now() / 1_000)

beforeAll(async () => {
  guest = await signIn(server.url)
  key = await signingKey(dataDir)
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** The status, and the code of the JSON error; every refusal has the one form. */
async function answerTo(options: HandshakeOptions): Promise<readonly [number, string | null]> {
  const { status, headers, body, socket } = await handshake(server.url, {
    ...options,
    headers: { 'x-request-id': 'outside-1', ...options.headers },
  })
  socket?.destroy()
  if (status === 101) return [101, null]
  expect(headers['content-type']).toMatch(/^application\/json/)
  expect(headers['x-request-id']).toBe('outside-1')
  expect(body).toEqual({
    error: expect.objectContaining({
      message: expect.any(String),
      timestamp: expect.any(String),
      requestId: 'outside-1',
    }),
  })
  return [status, body!.error.code]
}
const withToken = (token: string) => answerTo({ headers: bearer(token) })

const TAKEN = [101, null]
const NO_TOKEN = [401, 'UNAUTHENTICATED']

test('[401] no token, or none that could be one', async () => {
  expect(await withToken(guest.accessToken)).toEqual(TAKEN)
  expect(await answerTo({})).toEqual(NO_TOKEN)
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    `Basic ${guest.accessToken}`,
    guest.accessToken,
    'Bearer a b',
  ]) {
    expect([authorization, await answerTo({ headers: { authorization } })]).toEqual([authorization, NO_TOKEN])
  }
})

test('[401] never in the URL', async () => {
  for (const name of ['token', 'access_token', 'jwt', 'bearer', 'authorization']) {
    expect(await answerTo({ path: `/v1/play?${name}=${guest.accessToken}` })).toEqual(NO_TOKEN)
  }
})

test('[401] a token that is expired, changed, of another kind, of another key or for something else', async () => {
  const token = parts(guest.accessToken)
  const signed = (header: object, claims: object) =>
    mint({ header: { ...token.header, ...header }, claims: { ...token.claims, ...claims } }, ed25519(key))
  expect(await withToken(signed({}, {}))).toEqual(TAKEN)
  const publicKey = createPublicKey(key)
  const hmac = (secret: string | Buffer) => (text: string) => createHmac('sha256', secret).update(text).digest()
  const hs256 = { ...token, header: { ...token.header, alg: 'HS256' } }
  const none = { ...token, header: { ...token.header, alg: 'none' } }
  const changed = parts(guest.accessToken)
  const [head, , signature] = guest.accessToken.split('.')
  const otherUser = Buffer.from(JSON.stringify({ ...changed.claims, sub: game.x.guest.userId })).toString('base64url')
  const refused: Readonly<Record<string, string>> = {
    expired: signed({}, { iat: nowS() - 1_000, exp: nowS() - 100 }),
    'without expiry': mint({ header: token.header, claims: { ...token.claims, exp: undefined } }, ed25519(key)),
    'another user under the same signature': `${head}.${otherUser}.${signature}`,
    'another issuer': signed({}, { iss: 'other' }),
    'another audience': signed({}, { aud: 'other' }),
    'another type': signed({ typ: 'JWT' }, {}),
    'an unknown key': signed({ kid: 'unknown' }, {}),
    'another key under the same name': mint(token, ed25519(generateKeyPairSync('ed25519').privateKey)),
    'no algorithm': mint(none, null),
    'no algorithm, signed': mint(none, ed25519(key)),
    'without a signature': mint(token, null),
    'the public key as a secret (raw)': mint(
      hs256,
      hmac(Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')),
    ),
    'the public key as a secret (PEM)': mint(hs256, hmac(publicKey.export({ format: 'pem', type: 'spki' }).toString())),
    'no user': signed({}, { sub: undefined }),
    'a refresh token': guest.refreshToken,
    'a user id': guest.userId,
  }
  for (const [name, value] of Object.entries(refused)) {
    expect([name, await withToken(value)]).toEqual([name, NO_TOKEN])
    expect([name, (await game.x.refused(AUTH, value)).code]).toEqual([name, 'UNAUTHENTICATED'])
  }
}, 60_000)

test('[401] with a header and a subprotocol item, the header wins', async () => {
  const offering = (token: string) => ({ 'sec-websocket-protocol': `oxo.v1, bearer.${token}` })
  expect(await answerTo({ headers: offering(guest.accessToken) })).toEqual(TAKEN)
  expect(await answerTo({ headers: offering('x') })).toEqual(NO_TOKEN)
  expect(await answerTo({ headers: { ...offering(guest.accessToken), ...bearer('x') } })).toEqual(NO_TOKEN)
  expect(await answerTo({ headers: { ...offering('x'), ...bearer(guest.accessToken) } })).toEqual(TAKEN)
})

test('[400] without oxo.v1, which alone is selected', async () => {
  for (const offered of [
    undefined,
    'oxo.v2',
    'oxo',
    'oxo.v1x',
    'OXO.V1',
    `bearer.${guest.accessToken}`,
    'chat, superchat',
  ]) {
    const headers = { ...bearer(guest.accessToken), 'sec-websocket-protocol': offered }
    expect([offered, await answerTo({ headers })]).toEqual([offered, [400, 'BAD_REQUEST']])
  }
  for (const offered of [`bearer.${guest.accessToken}, oxo.v1`, `oxo.v2,oxo.v1,bearer.${guest.accessToken}`]) {
    const { headers, socket } = await handshake(server.url, { headers: { 'sec-websocket-protocol': offered } })
    socket?.destroy()
    expect(headers['sec-websocket-protocol']).toBe('oxo.v1')
  }
})

test('[403] an Origin that is not on the list; none, the own one and a listed one are taken', async () => {
  const { port } = new URL(server.url)
  for (const [origin, expected] of [
    [undefined, TAKEN],
    [server.url, TAKEN],
    ['https://play.example', TAKEN],
    ...[
      'https://evil.example',
      'null',
      'http://play.example',
      'https://play.example.evil.example',
      'https://play.example:8443',
    ].map((other) => [other, [403, 'FORBIDDEN']] as const),
    [`http://127.0.0.1:${Number(port) - 1}`, [403, 'FORBIDDEN']],
    [`http://127.0.0.1:${port}.evil.example`, [403, 'FORBIDDEN']],
    [`http://evil.example/?${server.url}`, [403, 'FORBIDDEN']],
  ] as const) {
    expect([origin, await answerTo({ headers: { ...bearer(guest.accessToken), origin } })]).toEqual([origin, expected])
  }
})

test('[404] any other path, and the live path of an unknown game, before anything else is looked at', async () => {
  const unknown = game.gameId.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
  for (const path of [
    '/v1/play/',
    '/v1/playx',
    '/v2/play',
    '/V1/play',
    '/v1/../v1/play',
    '/games/x/live',
    `/games/${unknown}/live`,
    `/games/${game.gameId}/live/`,
    `/games/${'x'.repeat(65)}/live`,
    '/games/%2e%2e/live',
    '/games//live',
  ]) {
    for (const headers of [
      bearer(guest.accessToken),
      { origin: 'https://evil.example', 'sec-websocket-protocol': undefined },
    ]) {
      expect([path, await answerTo({ path, headers })]).toEqual([path, [404, 'NOT_FOUND']])
    }
  }
  expect(await answerTo({ path: `/games/${game.gameId}/live`, headers: bearer(guest.accessToken) })).toEqual(TAKEN)
})

test('[order] 404, then 403, then 401, then 400', async () => {
  const wrong = { origin: 'https://evil.example', authorization: 'Bearer x', 'sec-websocket-protocol': 'oxo.v2' }
  expect(await answerTo({ path: '/nowhere', headers: wrong })).toEqual([404, 'NOT_FOUND'])
  expect(await answerTo({ headers: wrong })).toEqual([403, 'FORBIDDEN'])
  expect(await answerTo({ headers: { ...wrong, authorization: undefined } })).toEqual([403, 'FORBIDDEN'])
  expect(await answerTo({ headers: { ...wrong, origin: undefined } })).toEqual(NO_TOKEN)
  expect(await answerTo({ headers: { ...wrong, origin: undefined, ...bearer(guest.accessToken) } })).toEqual([
    400,
    'BAD_REQUEST',
  ])
  expect(await answerTo({ path: `/games/${game.gameId}/live`, headers: wrong })).toEqual([403, 'FORBIDDEN'])
})

test('[4401] the end of the token closes the socket, unless AUTH brought a fresh one', async () => {
  const { header, claims } = parts(guest.accessToken)
  const accessToken = mint({ header, claims: { ...claims, exp: nowS() + 3 } }, ed25519(key))
  const [renewed, expiring] = await Promise.all([connect(server.url, guest), here.again({ ...guest, accessToken })])
  const alsoRenewed = await here.again({ ...guest, accessToken })
  await alsoRenewed.ok(AUTH, guest.accessToken)
  expect((await expiring.closed).code).toBe(4401)
  await Promise.all([renewed.settled(), alsoRenewed.settled()])
  await renewed.leave()
})
