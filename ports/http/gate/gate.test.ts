import { describe, expect, test } from 'vitest'
import { err, ok } from '../../../kit/result.ts'
import { virtualClock } from '../../../kit/virtual-clock.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { AuditEntry, AuditEvent } from '../../audit.ts'
import type { VerifyToken } from '../../auth/identity.ts'
import { memoryRateLimiter } from '../../memory/rate-limiter.ts'
import { createClientAddress } from '../client-address.ts'
import { createGate, type GateDeps, pathOf } from './gate.ts'
import { rememberKeys } from './keys.ts'
import { createCount, quotasOf } from './limits.ts'
import { testGateDeps } from './test-gate.ts'

const PEER = '203.0.113.5'
const KEY = `oxo_${'k'.repeat(43)}`
const verify: VerifyToken = async (jwt) =>
  jwt.startsWith('user-')
    ? ok({ userId: jwt as UserId, name: jwt, sessionId: 's', region: 'eu', expiresAtMs: 1e15 })
    : err('invalid')

function testGate(overrides: Partial<GateDeps> = {}) {
  const clock = virtualClock()
  const audited: (AuditEntry & { readonly event: AuditEvent })[] = []
  const deps: GateDeps = {
    ...testGateDeps(),
    clock,
    verify,
    audit: (event, entry) => audited.push({ event, ...entry }),
    findKey: rememberKeys(
      async (key) => (key === KEY ? { keyId: 'key-1', userId: 'owner' as UserId, scopes: [] } : null),
      clock,
    ),
    limiter: memoryRateLimiter(clock),
    quotas: quotasOf({ signedIn: 1_000, anonymous: 100 }),
    clientAddress: createClientAddress([{ address: '10.0.0.0', prefixBits: 8, family: 'ipv4' }]),
    isExempt: (path) => path === '/health',
    ...overrides,
  }
  const gate = createGate(deps)
  const ask = (headers: Record<string, string> = {}, address = PEER, path = '/things') =>
    gate.handle(new Request(`http://oxo.test${path}`, { headers }), { address }, () => new Response('thing'))
  const allowedOf = async (requests: number, one: (n: number) => Promise<Response>) => {
    const answers = await Promise.all(Array.from({ length: requests }, (_, n) => one(n)))
    return answers.filter(({ status }) => status === 200).length
  }
  return { deps, clock, gate, ask, allowedOf, audited }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('how often', () => {
  test.each([
    ['signed in', 1_000, bearer('user-ana')],
    ['nobody', 100, {}],
    ['an API key', 2_000, bearer(KEY)],
  ])('[LIMIT] %s: %d requests a minute, by count', async (_, limit, headers) => {
    const { ask, allowedOf } = testGate()
    const allowed = await allowedOf(1.1 * limit, () => ask(headers))
    expect(Math.abs(allowed - limit)).toBeLessThanOrEqual(0.02 * limit)
  })

  test('[LIMIT] says in headers what is left, and in the one error format when to come again', async () => {
    const { ask, allowedOf, clock } = testGate()
    const first = await ask()
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'ratelimit-limit': '100',
      'ratelimit-remaining': '99',
      'ratelimit-reset': '61',
      'ratelimit-policy': '100;w=60',
    })
    await clock.advance(20_000)
    expect(await allowedOf(99, () => ask())).toBe(99)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('41')
    expect(refused.headers.get('ratelimit-remaining')).toBe('0')
    expect(await refused.json()).toMatchObject({
      error: {
        code: 'RATE_LIMITED',
        details: { retryAfterMs: 40_100 },
        requestId: refused.headers.get('x-request-id'),
      },
    })
    await clock.advance(40_100)
    expect((await ask()).status).toBe(200)
  })

  test('[LIMIT] an account is counted wherever it is, and not with others at its address', async () => {
    const { ask, allowedOf } = testGate()
    expect(await allowedOf(1_100, (n) => ask(bearer('user-ana'), `198.51.100.${n % 200}`))).toBe(1_000)
    expect(await allowedOf(50, () => ask(bearer('user-bo')))).toBe(50)
    expect(await allowedOf(110, () => ask())).toBe(100)
  })

  test('[LIMIT] what clients say of themselves evades nothing: forwarded addresses, bad tokens, request ids', async () => {
    const { ask, allowedOf } = testGate()
    const spoofed = (n: number) => ({
      'x-forwarded-for': `198.51.100.${n}`,
      'x-real-ip': `198.51.100.${n}`,
      forwarded: `for=198.51.100.${n}`,
      'x-oxo-hop': 'guess',
      'x-request-id': `r-${n}`,
      ...(n % 2 === 0 ? bearer(`forged-${n}`) : {}),
    })
    expect(await allowedOf(150, (n) => ask(spoofed(n)))).toBe(100)
    // The control: a proxy that is trusted is believed.
    expect(await allowedOf(150, (n) => ask(spoofed(n), '10.0.0.1'))).toBe(150)
    expect(await allowedOf(150, () => ask({ 'x-forwarded-for': '198.51.100.250' }, '10.0.0.1'))).toBe(100)
  })

  test('[LIMIT] a network of IPv6 is one address; its neighbour is another', async () => {
    const { ask, allowedOf } = testGate()
    expect(await allowedOf(150, (n) => ask({}, `2001:db8:0:7:0:0:${n.toString(16)}:1`))).toBe(100)
    expect(await allowedOf(150, (n) => ask({}, `2001:db8:0:8::${n.toString(16)}`))).toBe(100)
  })

  test('[LIMIT] opening sockets counts with requests, however many sockets there are', async () => {
    const { deps, ask, allowedOf, gate } = testGate()
    const { countNow } = createCount(deps.limiter, deps.quotas)
    const identity = await verify('user-ana')
    if (!identity.ok) throw new Error('not verified')
    const upgrades = Array.from({ length: 600 }, () => countNow({ type: 'user', identity: identity.value }, PEER))
    expect(upgrades.every(({ allowed }) => allowed)).toBe(true)
    expect(await allowedOf(600, () => ask(bearer('user-ana')))).toBe(400)
    expect(countNow({ type: 'user', identity: identity.value }, PEER).allowed).toBe(false)
    expect(gate).toBeDefined()
  })

  test('[LIMIT] health is answered to whoever asks, as often as they ask', async () => {
    const { ask, allowedOf } = testGate()
    expect(await allowedOf(500, () => ask({}, PEER, '/health'))).toBe(500)
    expect((await ask({}, PEER, '/health')).headers.has('ratelimit-limit')).toBe(false)
    expect(await allowedOf(110, () => ask()), 'and counts for nothing').toBe(100)
  })

  test('[LIMIT] guessing keys does not reach their store more often than a stranger may ask', async () => {
    let lookups = 0
    const { ask, allowedOf } = testGate({
      findKey: async () => {
        lookups += 1
        return null
      },
    })
    await allowedOf(500, (n) => ask(bearer(`oxo_${String(n).padStart(43, '0')}`)))
    expect(lookups).toBe(100)
    await allowedOf(10, () => ask(bearer('oxo_short'), '203.0.113.99'))
    expect(lookups, 'what is no key is not looked up').toBe(100)
  })
})

describe('every answer', () => {
  test('[gate] what throws is UNAVAILABLE in the one format, with limits, headers and request id', async () => {
    const { gate } = testGate()
    const answer = await gate.handle(new Request('http://oxo.test/things'), { address: PEER }, () => {
      throw new Error('broken')
    })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      error: { code: 'UNAVAILABLE', requestId: answer.headers.get('x-request-id') },
    })
  })

  test('[gate] hands on who calls, from where, and answers in their name', async () => {
    const { gate, audited } = testGate()
    const request = new Request('http://oxo.test/things', { headers: bearer('user-ana') })
    await gate.handle(request, { address: PEER }, (_, passage) => {
      expect(passage).toMatchObject({ address: PEER, caller: { type: 'user', identity: { userId: 'user-ana' } } })
      passage.audit('logged_out', { outcome: 'done' })
      return new Response()
    })
    expect(audited).toEqual([
      expect.objectContaining({ event: 'logged_out', userId: 'user-ana', sessionId: 's', address: PEER }),
    ])
  })

  test('[CSRF] a forged request is refused before anybody answers it, and noted', async () => {
    const { gate, audited } = testGate()
    const forged = new Request('http://oxo.test/auth/refresh', {
      method: 'POST',
      headers: { cookie: 'oxo_refresh_account=x', 'sec-fetch-site': 'cross-site' },
    })
    let answered = 0
    const answer = await gate.handle(forged, { address: PEER }, () => {
      answered += 1
      return new Response()
    })
    expect([answer.status, answered]).toEqual([403, 0])
    expect(audited).toMatchObject([{ event: 'csrf_refused', target: 'POST /auth/refresh' }])
  })

  test('[AUDIT] floods of refusals are a line a minute for each who floods', async () => {
    const { ask, allowedOf, audited, clock } = testGate()
    await allowedOf(150, () => ask(bearer('forged')))
    await allowedOf(1_050, () => ask(bearer('user-ana')))
    expect(audited.map(({ event, why }) => [event, why])).toEqual([
      ['token_refused', 'invalid'],
      ['rate_limited', undefined],
      ['rate_limited', undefined],
    ])
    await clock.advance(60_200)
    await allowedOf(150, () => ask())
    expect(audited).toHaveLength(4)
    expect(JSON.stringify(audited)).not.toContain('forged')
  })
})

test.each([
  ['http://oxo.test/a/b?c=/d', '/a/b'],
  ['http://oxo.test', '/'],
  ['http://oxo.test/#x', '/'],
  ['http://oxo.test/a#b?c', '/a'],
])('[gate] the path of %s is %s', (url, path) => {
  expect(pathOf(url)).toBe(path)
})
