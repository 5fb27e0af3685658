import { describe, expect, test } from 'vitest'
import type { CookieSession } from './cookie-tokens.ts'
import { type MemoryHttp, setUp, tokensAnswer } from './test-harness.ts'
import { storageTokens } from './tokens.ts'

const UNAUTHENTICATED = { status: 401, body: { error: { code: 'UNAUTHENTICATED', message: 'over' } } }

/** A browser that remembers its cookies: the account's first, if there is one, else the guest's. */
function aBrowser(...inUse: readonly string[]) {
  const kept = new Map<string, { renewalKey: string | null }>(inUse.map((name) => [name, { renewalKey: null }]))
  let holders = 0
  const cookies: CookieSession = {
    async hold(use) {
      const name = kept.has('account') ? 'account' : '0'
      holders += 1
      expect(holders, 'one holder at a time').toBe(1)
      const load = () => kept.get(name) ?? null
      const save = (state: { renewalKey: string | null } | null) =>
        void (state === null ? kept.delete(name) : kept.set(name, state))
      try {
        return await use({ name, load, save })
      } finally {
        holders -= 1
      }
    },
  }
  return { kept, cookies }
}

/** Tokens as the platform answers where the refresh token is in a cookie. */
const byCookie = (n: number) => {
  const answer = tokensAnswer(n)
  return { ...answer, body: { ...(answer.body as object), refreshToken: undefined } }
}
const asked = (http: MemoryHttp) => http.calls.map(({ path, body }) => [path, (body as { cookie?: string }).cookie])
const keys = (http: MemoryHttp) => http.calls.map(({ headers }) => headers['idempotency-key'])

async function online(browser: ReturnType<typeof aBrowser>, answer: MemoryHttp['answer'] = (_) => byCookie(1)) {
  const parts = setUp({ cookies: browser.cookies })
  parts.http.answer = answer
  parts.network.onFrame = (peer, message) => {
    if (message.type === 'ping') peer.push({ type: 'pong', clientTime: message.clientTime, serverTime: 0 })
    if (message.type === 'auth') peer.push({ type: 'ok', rid: message.rid })
  }
  await parts.online()
  return parts
}

describe('a session in a cookie', () => {
  test('[auth] begins as a guest where nothing is remembered, and says that it is our own page', async () => {
    const browser = aBrowser()
    const { http } = await online(browser)
    expect(asked(http)).toEqual([['/auth/guest', '0']])
    expect(http.calls[0]?.headers).toMatchObject({ 'x-requested-with': 'oxo' })
    expect([...browser.kept.keys()]).toEqual(['0'])
  })

  test('[auth] goes on by the cookie, renews before the token ends, each renewal under a key of its own', async () => {
    const { http, clock, peer } = await online(aBrowser('0'))
    http.answer = () => byCookie(2)
    await clock.advance(860_000)
    expect(peer().last('auth').jwt).toBe('access-2')
    expect(asked(http)).toEqual([
      ['/auth/refresh', '0'],
      ['/auth/refresh', '0'],
    ])
    expect(new Set(keys(http)).size).toBe(2)
  })

  test('[P4] a renewal whose answer was lost is repeated under its key, by the next page too', async () => {
    const browser = aBrowser('0')
    const first = setUp({ cookies: browser.cookies })
    first.http.answer = () => {
      throw new Error('ECONNRESET')
    }
    void first.oxo.connect().catch(() => {})
    await first.clock.advance(2_000)
    first.oxo.close()
    const { http } = await online(browser)
    expect(first.http.calls.length).toBeGreaterThan(1)
    expect(new Set([...keys(first.http), ...keys(http)]).size).toBe(1)
    expect(browser.kept.get('0')).toEqual({ renewalKey: null })
  })

  test('[auth] when the account’s session is over, the guest of this window is there, or a new one', async () => {
    const dead = (of: readonly string[]) => (path: string, body: unknown) =>
      path === '/auth/refresh' && of.includes((body as { cookie: string }).cookie) ? UNAUTHENTICATED : byCookie(1)
    const known = await online(aBrowser('account', '0'), dead(['account']))
    expect(asked(known.http)).toEqual([
      ['/auth/refresh', 'account'],
      ['/auth/refresh', '0'],
    ])
    const none = aBrowser('account', '0')
    const { http } = await online(none, dead(['account', '0']))
    expect(asked(http)).toEqual([
      ['/auth/refresh', 'account'],
      ['/auth/refresh', '0'],
      ['/auth/guest', '0'],
    ])
    expect([...none.kept.keys()]).toEqual(['0'])
  })

  test('[auth] a platform that is away keeps the session: it is asked again, and no guest is made', async () => {
    const browser = aBrowser('account')
    const { oxo, http, clock } = setUp({ cookies: browser.cookies })
    http.answer = () => ({ status: 503 })
    void oxo.connect().catch(() => {})
    await clock.advance(5_000)
    expect(new Set(asked(http).map(([path]) => path))).toEqual(new Set(['/auth/refresh']))
    expect([...browser.kept.keys()]).toEqual(['account'])
    oxo.close()
  })
})

describe('logout', () => {
  test('[auth] ends the session at the platform and forgets it; the next connection is a new guest’s', async () => {
    const browser = aBrowser('account')
    const { oxo, http, statuses } = await online(browser)
    await oxo.logout()
    expect(http.calls.at(-1)).toMatchObject({
      path: '/auth/logout',
      body: { cookie: 'account', all: false },
      headers: { 'x-requested-with': 'oxo' },
    })
    expect([...browser.kept]).toEqual([])
    expect(statuses.at(-1)).toMatchObject({ state: 'stopped', error: { code: 'CLOSED' } })
    void oxo.connect().catch(() => {})
    await Promise.resolve()
    await Promise.resolve()
    expect(asked(http).at(-1)).toEqual(['/auth/guest', '0'])
    oxo.close()
  })

  test('[auth] of a client with tokens: by the refresh token, else by the access token; a store forgets', async () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => void kept.set(k, v),
    }
    const stored = setUp({ tokenStore: storageTokens(storage) })
    await stored.online()
    expect(storageTokens(storage).load()).toMatchObject({ refreshToken: 'refresh-1' })
    await stored.oxo.logout({ all: true })
    expect(stored.http.calls.at(-1)?.body).toEqual({ refreshToken: 'refresh-1', all: true })
    expect(storageTokens(storage).load()).toBeNull()

    const given = setUp({ tokens: { accessToken: 'mine' } })
    await given.online()
    await given.oxo.logout()
    expect(given.http.calls.at(-1)).toMatchObject({ headers: { authorization: 'Bearer mine' }, body: { all: false } })
  })

  test('[P8] that could not be done leaves all as it was; a session that is over already is out', async () => {
    const { oxo, http } = await online(aBrowser('account'))
    http.answer = () => ({ status: 503 })
    await expect(oxo.logout()).rejects.toMatchObject({ name: 'OxoError', code: 'UNAVAILABLE' })
    expect(oxo.status().state).toBe('open')
    http.answer = () => UNAUTHENTICATED
    await oxo.logout()
    expect(oxo.status().state).toBe('stopped')
  })
})
