import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MatchersV3, PactV4 } from '@pact-foundation/pact'
import { createRest } from '../client/rest.ts'
import { profileActions } from '../web/profile.ts'

/** What the page and its client count on, each as one interaction: written to `pacts/`, which the provider must meet. */
const { like, eachLike, integer, regex, string } = MatchersV3

const dir = fileURLToPath(new URL('pacts', import.meta.url))
rmSync(dir, { recursive: true, force: true })
const pact = new PactV4({ consumer: 'oxo-page', provider: 'oxo-api', dir, logLevel: 'error' })

const TOKEN = 'token-of-ana'
const ANA = { userId: string('ana'), name: string('Ana'), username: null, avatarUrl: null }
const refusal = (code) => ({
  error: {
    code,
    message: string('why'),
    timestamp: regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, '2026-01-31T12:00:00.000Z'),
    requestId: string('5f0c9e6f2f8a4a63b1f6d2c1'),
  },
})

/**
 * One interaction, and what the client makes of it. `as`: with the access token of Ana.
 * @param {{ state?: string, method: string, path: string, body?: object, as?: boolean, status: number, answer?: object }} interaction
 */
function agreed(name, { state, method, path, body, as = true, status, answer }, check) {
  test(name, () => {
    const given = state === undefined ? pact.addInteraction() : pact.addInteraction().given(state)
    return given
      .uponReceiving(name)
      .withRequest(method, path, (request) => {
        if (as) request.headers({ authorization: `Bearer ${TOKEN}` })
        if (body !== undefined) request.jsonBody(body)
      })
      .willRespondWith(status, (response) => {
        if (answer !== undefined) response.jsonBody(answer)
      })
      .executeTest(({ url }) => check(createRest({ origin: url, ...(as && { accessToken: async () => TOKEN }) })))
  })
}

const KNOWN = 'ana has played a game that counts'
const meBody = { ...ANA, guest: like(true), region: string('eu'), role: regex(/^(player|admin)$/, 'player') }

agreed('reads its own account', { method: 'GET', path: '/users/me', status: 200, answer: meBody }, async (rest) => {
  assert.equal((await rest.GET('/users/me')).data?.name, 'Ana')
})

agreed(
  'reads its own account with a token that is none',
  { state: 'the token is not good', method: 'GET', path: '/users/me', status: 401, answer: refusal('UNAUTHENTICATED') },
  async (rest) => assert.equal((await rest.GET('/users/me')).error?.error.code, 'UNAUTHENTICATED'),
)

agreed(
  'reads a player',
  { state: KNOWN, method: 'GET', path: '/users/ana', as: false, status: 200, answer: { ...ANA, guest: like(true) } },
  async (rest) => {
    const { data } = await rest.GET('/users/{userId}', { params: { path: { userId: 'ana' } } })
    assert.equal(data?.userId, 'ana')
  },
)

agreed(
  'reads statistics',
  {
    state: KNOWN,
    method: 'GET',
    path: '/users/ana/stats',
    as: false,
    status: 200,
    answer: { gamesPlayed: integer(1), gamesWon: integer(1), gamesDrawn: integer(0), rating: integer(1500) },
  },
  async (rest) => {
    const { data } = await rest.GET('/users/{userId}/stats', { params: { path: { userId: 'ana' } } })
    assert.equal(data?.gamesPlayed, 1)
  },
)

agreed(
  'reads statistics of nobody',
  { method: 'GET', path: '/users/nobody/stats', as: false, status: 404, answer: refusal('NOT_FOUND') },
  async (rest) => {
    const { error } = await rest.GET('/users/{userId}/stats', { params: { path: { userId: 'nobody' } } })
    assert.equal(error?.error.code, 'NOT_FOUND')
  },
)

agreed(
  'changes its name',
  { method: 'PUT', path: '/users/me', body: { displayName: 'Ana' }, status: 200, answer: meBody },
  async (rest) => assert.deepEqual(await profileActions(rest, async () => {}).rename('Ana'), { name: 'Ana' }),
)

agreed(
  'changes its name to nothing',
  {
    method: 'PUT',
    path: '/users/me',
    body: { displayName: ' ' },
    status: 400,
    answer: {
      error: { ...refusal('BAD_REQUEST').error, message: regex(/^displayName: .+$/, 'displayName: must show') },
    },
  },
  async (rest) =>
    assert.deepEqual(await profileActions(rest, async () => {}).rename(' '), { why: 'A name must show.' }),
)

agreed('blocks a player', { method: 'PUT', path: '/users/me/blocks/bo', status: 204 }, async (rest) => {
  const { response } = await rest.PUT('/users/me/blocks/{userId}', { params: { path: { userId: 'bo' } } })
  assert.equal(response.status, 204)
})

agreed(
  'reads whom it blocked',
  {
    state: 'ana has blocked bo',
    method: 'GET',
    path: '/users/me/blocks',
    status: 200,
    answer: { blocked: eachLike('bo') },
  },
  async (rest) => assert.deepEqual((await rest.GET('/users/me/blocks')).data?.blocked, ['bo']),
)

agreed(
  'signs in as a guest',
  {
    method: 'POST',
    path: '/auth/guest',
    body: {},
    as: false,
    status: 201,
    answer: {
      userId: string('ana'),
      name: string('Quiet Otter 42'),
      accessToken: string('a.b.c'),
      refreshToken: string('session.0.mac'),
      expiresIn: integer(900),
    },
  },
  async (rest) => assert.equal((await rest.POST('/auth/guest', { body: {} })).data?.expiresIn, 900),
)

agreed(
  'refreshes with a token of nobody',
  {
    method: 'POST',
    path: '/auth/refresh',
    body: { refreshToken: 'of nobody' },
    as: false,
    status: 401,
    answer: refusal('UNAUTHENTICATED'),
  },
  async (rest) => {
    const { error } = await rest.POST('/auth/refresh', { body: { refreshToken: 'of nobody' } })
    assert.equal(error?.error.code, 'UNAUTHENTICATED')
  },
)

agreed(
  'asks who may vouch for players',
  { method: 'GET', path: '/auth/providers', as: false, status: 200, answer: { providers: [] } },
  async (rest) => assert.deepEqual((await rest.GET('/auth/providers')).data?.providers, []),
)
