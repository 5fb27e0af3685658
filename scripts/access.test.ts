import { afterAll, describe, expect, test } from 'vitest'
import { apiApp } from '../api/api.ts'
import { everyService, identity, keyOf, NOW_MS, sessionOf, testStores } from '../api/test-services.ts'
import type { Identity } from '../ports/auth/identity.ts'
import { SCOPES } from '../ports/http/gate/access.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import type { UserId } from '../protocol/ids.ts'
import { startTestApp } from '../server/http/test-app.ts'

/** Ana owns what the paths name, and comes last. The guest has a session and nothing else; the key is one of Ana's, with every scope. */
const ROLES = ['nobody', 'guest', 'other', 'key', 'admin', 'adminWithCode', 'owner'] as const
type Role = (typeof ROLES)[number]

interface Row {
  readonly body?: unknown
  readonly query?: string
  /** Ana plays a game, which the path names. */
  readonly playing?: true
  readonly expected: Readonly<Record<Role, number>>
}

const all = (status: number) => Object.fromEntries(ROLES.map((role) => [role, status])) as Record<Role, number>
const signedIn = (status: number) => ({ ...all(status), nobody: 401, key: 403 })
const ownerOnly = (status: number) => ({ ...all(403), nobody: 401, owner: status })
const raisedOnly = (status: number) => ({ ...all(403), nobody: 401, adminWithCode: status })

/** What each operation answers to whom. A new route needs a row: it may not be open by accident. */
const rows: Readonly<Record<string, Row>> = {
  'GET /health': { expected: all(200) },
  'GET /.well-known/jwks.json': { expected: all(200) },
  'GET /.well-known/oxo-keys': { expected: all(200) },

  'POST /auth/guest': { body: {}, expected: all(201) },
  'POST /auth/refresh': { body: { refreshToken: 'of nobody' }, expected: all(401) },
  'POST /auth/logout': { body: {}, expected: { ...all(204), nobody: 401, key: 401 } },
  'GET /auth/providers': { expected: all(200) },
  'POST /auth/nonce': { body: {}, expected: all(200) },
  'POST /auth/login': { body: { provider: 'none', idToken: 'x', nonce: 'x' }, expected: all(404) },
  'GET /auth/login/{provider}': { expected: all(404) },
  'GET /auth/callback': { query: '?code=x&state=x', expected: all(400) },
  'POST /auth/totp/enrol': { expected: signedIn(201) },
  'POST /auth/totp': { body: { code: '123456' }, expected: { ...all(403), nobody: 401 } },

  'GET /users/{userId}': { expected: all(200) },
  'GET /users/{userId}/stats': { expected: all(200) },
  'GET /users/{userId}/games': { expected: all(200) },
  'GET /leaderboard': { expected: all(200) },
  'PUT /users/{userId}': { body: { displayName: 'New' }, expected: ownerOnly(200) },
  'GET /users/me': { expected: signedIn(200) },
  'GET /users/me/export': { expected: signedIn(200) },
  'GET /users/me/blocks': { expected: signedIn(200) },
  'PUT /users/me/blocks/{userId}': { expected: { ...signedIn(204), owner: 400 } },
  'DELETE /users/me/blocks/{userId}': { expected: signedIn(204) },
  'DELETE /users/me': { expected: signedIn(204) },

  'POST /games': { body: { mode: 'bot', level: 1 }, expected: signedIn(201) },
  'GET /games/{id}': { playing: true, expected: all(200) },
  'PUT /games/{id}/moves': { playing: true, body: { position: [1, 1], ply: 0 }, expected: ownerOnly(200) },
  'DELETE /games/{id}': { playing: true, expected: ownerOnly(200) },

  'POST /keys': { body: { name: 'New', scopes: ['stats:read'] }, expected: signedIn(201) },
  'GET /keys': { expected: signedIn(200) },
  'GET /keys/self': { expected: { ...all(401), key: 200 } },
  'DELETE /keys/{keyId}': { expected: { ...signedIn(404), owner: 204 } },

  'GET /admin/users/{userId}': { expected: raisedOnly(200) },
  'POST /admin/users/{userId}/ban': { expected: raisedOnly(200) },
  'POST /admin/users/{userId}/unban': { expected: raisedOnly(200) },
}

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>
  readonly 'x-access'?: string
}

/** The whole REST surface in one process, as `npm start` has it. */
async function openWorld() {
  const stores = testStores()
  const { services, mint, verify } = await everyService(stores)
  const mounted = apiApp(services, stores)
  const keys = new Map<string, UserId>()
  const rest = await startTestApp({
    clock: stores.clock,
    verify,
    findKey: async (given) => {
      const userId = keys.get(given)
      return userId === undefined ? null : { keyId: `key of ${userId}`, userId, scopes: SCOPES }
    },
    mounts: [
      {
        prefixes: ['/auth', '/.well-known', '/users', '/leaderboard', '/keys', '/admin'],
        fetch: (request, passage) => mounted.fetch(request, passage),
        openapi: mounted.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Oxo', version: '1' } }),
      },
    ],
  })
  let crowds = 0

  /** Somebody for each role, whom no other row knows: their credentials, and what is Ana's. */
  async function newCrowd() {
    const crowd = ++crowds
    const people = {
      guest: identity(`guest-${crowd}`),
      owner: identity(`ana-${crowd}`),
      other: identity(`bo-${crowd}`),
      admin: identity(`eve-${crowd}`, { role: 'admin' }),
      adminWithCode: identity(`zoe-${crowd}`, { role: 'admin', amr: ['otp'] }),
    } as const
    const tokens = new Map<Role, string>()
    for (const [role, who] of Object.entries(people) as [keyof typeof people, Identity][]) {
      const session = { ...sessionOf(who), role: who.role ?? 'player', amr: who.amr ?? [] } as const
      await stores.sessions.create(session)
      tokens.set(role, (await mint(session)).accessToken)
      if (role === 'guest') continue
      await stores.accounts.ensureGuest(who.userId, { displayName: who.name, region: 'eu' }, NOW_MS)
      await stores.accounts.setRole(who.userId, session.role, NOW_MS)
    }
    const { owner, other } = people
    tokens.set('key', `oxo_${String(crowd).padStart(43, 'k')}`)
    keys.set(tokens.get('key')!, owner.userId)
    await stores.apiKeys.add(keyOf(owner), `hash ${crowd}`, NOW_MS)
    await stores.stats.apply([finishedGameOf({ players: [owner.userId, other.userId] })])
    return { tokens, ana: { userId: owner.userId, keyId: keyOf(owner).keyId } }
  }

  const call = (token: string | undefined, method: string, path: string, body?: unknown) =>
    rest.request(method, path, {
      ...(body !== undefined && { body }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
  return { rest, newCrowd, call }
}

const { rest, newCrowd, call } = await openWorld()
afterAll(() => rest.server.drain('draining'))

const document = (await (await call(undefined, 'GET', '/openapi.json')).json()) as {
  paths: Record<string, Record<string, Operation>>
}
const operations = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
)

test('[access] every operation of every service has a row, and every row an operation', () => {
  expect(Object.keys(rows).sort()).toEqual([...operations.keys()].sort())
  expect(operations.size).toBeGreaterThan(30)
})

describe.each([...operations])('%s', (name, operation) => {
  const { body, query = '', playing, expected } = rows[name] ?? { expected: all(0) }

  test('[access] answers each role as its row says', async () => {
    const { tokens, ana } = await newCrowd()
    const [method = '', template = ''] = name.split(' ')
    const names: Record<string, string> = { ...ana, provider: 'none' }
    if (playing) {
      const created = await call(tokens.get('owner'), 'POST', '/games', rows['POST /games']?.body)
      names.id = ((await created.json()) as { gameId: string }).gameId
    }
    const path = template.replaceAll(/\{(\w+)\}/g, (_, param: string) =>
      encodeURIComponent(names[param] ?? `no ${param}`),
    )
    const answered: Partial<Record<Role, number>> = {}
    for (const role of ROLES) {
      const response = await call(tokens.get(role), method, path + query, body)
      answered[role] = response.status
      expect(Object.keys(operation.responses)).toContain(String(response.status))
      if (response.status >= 400) expect(await response.json()).toMatchObject({ error: { code: expect.any(String) } })
    }
    expect(answered).toEqual(expected)
  })

  test('[access] the row agrees with the access that the route declares', () => {
    const access = operation['x-access']
    if (access === 'signedIn') expect(expected).toMatchObject({ nobody: 401, key: 403 })
    else if (access === 'admin') expect(expected).toEqual(raisedOnly(200))
    else expect([undefined, 'anonymous']).toContain(access)
  })
})
