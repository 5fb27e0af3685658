import { beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../kit/random.ts'
import { err, ok } from '../../kit/result.ts'
import { type VirtualClock, virtualClock } from '../../kit/virtual-clock.ts'
import type { ApiKeyStore } from '../../ports/api-key-store.ts'
import type { AuditEvent } from '../../ports/audit.ts'
import { storedKeys } from '../../ports/http/gate/find-key.ts'
import { REMEMBERED_MS } from '../../ports/http/gate/keys.ts'
import { testGateDeps } from '../../ports/http/gate/test-gate.ts'
import { memoryApiKeyStore } from '../../ports/memory/api-key-store.ts'
import type { UserId } from '../../protocol/ids.ts'
import { createApi } from '../api.ts'
import { createKeys } from './keys.ts'

const DAY_MS = 24 * 3_600_000
interface Created {
  readonly keyId: string
  readonly key: string
  readonly prefix: string
  readonly expiresAt: string
}

let clock: VirtualClock
let store: ApiKeyStore
let audited: [AuditEvent, unknown][]
let ask: (method: string, path: string, token?: string, body?: unknown) => Promise<Response>

beforeEach(() => {
  clock = virtualClock()
  store = memoryApiKeyStore()
  audited = []
  const api = createApi(
    { keys: createKeys({ keys: store, clock, random: seededRandom(1) }) },
    {
      ...testGateDeps(),
      clock,
      audit: (event, entry) => audited.push([event, entry]),
      findKey: storedKeys(store, clock),
      verify: async (jwt) =>
        jwt.startsWith('user-')
          ? ok({ userId: jwt.slice(5) as UserId, name: 'x', sessionId: 's', region: 'eu', expiresAtMs: 1e15 })
          : err('invalid'),
    },
  )
  ask = async (method, path, token, body) =>
    api.handle(
      new Request(`http://oxo.test${path}`, {
        method,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      { address: '192.0.2.1' },
    )
})

const wanted = { name: 'Score board', scopes: ['stats:read', 'games:read', 'stats:read'] }
const create = async (body: object = wanted, token = 'user-ana'): Promise<Created> => {
  const answer = await ask('POST', '/keys', token, body)
  expect(answer.status).toBe(201)
  return (await answer.json()) as Created
}

describe('API keys', () => {
  test('[keys] a key is shown once, and works from then on', async () => {
    const { key, ...shown } = await create()
    expect(key).toMatch(/^oxo_[A-Za-z0-9_-]{43}$/)
    expect(shown).toMatchObject({ name: 'Score board', scopes: ['stats:read', 'games:read'] })
    expect(key.startsWith(shown.prefix)).toBe(true)
    expect(shown.prefix).toHaveLength(12)
    expect(new Date(shown.expiresAt).getTime()).toBe(clock.now() + 90 * DAY_MS)
    const self = await ask('GET', '/keys/self', key)
    expect(await self.json()).toEqual({ keyId: shown.keyId, userId: 'ana', scopes: ['stats:read', 'games:read'] })
    expect(self.headers.get('ratelimit-limit')).toBe('2000000')
    expect(await (await ask('GET', '/keys', 'user-ana')).json()).toEqual({ keys: [shown] })
  })

  test('[SECRETS] neither the store nor the audit log has the key', async () => {
    const { key } = await create()
    const kept = JSON.stringify([await store.list('ana' as UserId), audited])
    expect(kept).toContain('api_key_created')
    expect(kept).not.toContain(key.slice(12))
  })

  test('[keys] one that ended is refused, at the latest after what gates remember', async () => {
    const removed = await create()
    const short = await create({ ...wanted, expiresInDays: 1 })
    const statusOf = async ({ key }: Created) => (await ask('GET', '/keys/self', key)).status
    expect([await statusOf(removed), await statusOf(short)]).toEqual([200, 200])
    expect((await ask('DELETE', `/keys/${removed.keyId}`, 'user-ana')).status).toBe(204)
    await clock.advance(REMEMBERED_MS)
    expect([await statusOf(removed), await statusOf(short)]).toEqual([401, 200])
    await clock.advance(DAY_MS)
    expect(await statusOf(short)).toBe(401)
  })

  test('[keys] belong to their owner: others neither see nor end them, and a key makes no keys', async () => {
    const { keyId, key } = await create()
    expect(await (await ask('GET', '/keys', 'user-bo')).json()).toEqual({ keys: [] })
    expect((await ask('DELETE', `/keys/${keyId}`, 'user-bo')).status).toBe(404)
    for (const [method, path] of [
      ['POST', '/keys'],
      ['GET', '/keys'],
      ['DELETE', `/keys/${keyId}`],
    ] as const) {
      expect((await ask(method, path, key, method === 'POST' ? wanted : undefined)).status, 'by key').toBe(403)
      expect((await ask(method, path)).status, 'by nobody').toBe(401)
    }
    expect((await ask('GET', '/keys/self', 'user-ana')).status, 'a token is no key').toBe(401)
    expect((await ask('GET', '/keys/self', key)).status).toBe(200)
  })

  test('[bounded] a user has ten', async () => {
    for (let n = 0; n < 10; n++) await create()
    const eleventh = await ask('POST', '/keys', 'user-ana', wanted)
    expect([eleventh.status, (await eleventh.json()).error.code]).toEqual([403, 'FORBIDDEN'])
    await create(wanted, 'user-bo')
  })

  test.each([
    ['no name', { scopes: ['stats:read'] }],
    ['an empty name', { ...wanted, name: '' }],
    ['a name with a line break', { ...wanted, name: 'a\nb' }],
    ['no scopes', { name: 'x' }],
    ['an empty list of scopes', { ...wanted, scopes: [] }],
    ['a scope that is none', { ...wanted, scopes: ['admin:all'] }],
    ['no time at all', { ...wanted, expiresInDays: 0 }],
    ['more than a year', { ...wanted, expiresInDays: 366 }],
  ])('[keys] %s is a bad request', async (_, body) => {
    const answer = await ask('POST', '/keys', 'user-ana', body)
    expect([answer.status, (await answer.json()).error.code]).toEqual([400, 'BAD_REQUEST'])
    expect(await store.list('ana' as UserId)).toEqual([])
  })
})
