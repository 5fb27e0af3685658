import { describe, expect, test } from 'vitest'
import { type MemoryHttp, settled, setUp, tokensAnswer } from './test-harness.ts'
import { storageTokens, type TokenStore, type Tokens } from './tokens.ts'

const paths = (http: MemoryHttp) => http.calls.map(({ path }) => path)
const refreshPaths = (http: MemoryHttp) => http.calls.filter(({ path }) => path === '/auth/refresh').length

function memoryStore(tokens: Tokens | null = null): TokenStore & { tokens: Tokens | null } {
  const store: TokenStore & { tokens: Tokens | null } = {
    tokens,
    load: () => store.tokens,
    save(fresh) {
      store.tokens = fresh
    },
  }
  return store
}

async function keptAlive() {
  const parts = setUp()
  parts.network.onFrame = (peer, message) => {
    if (message.type === 'ping') peer.push({ type: 'pong', clientTime: message.clientTime, serverTime: 0 })
    if (message.type === 'auth') peer.push({ type: 'ok', rid: message.rid })
  }
  await parts.online()
  return parts
}

describe('renewing', () => {
  test('happens in the last minute of 15, by AUTH on the open socket', async () => {
    const { clock, peer, http, network } = await keptAlive()
    await clock.advance(800_000)
    expect(peer().count('auth')).toBe(0)
    await clock.advance(60_000)
    expect(peer().last('auth').jwt).toBe('access-2')
    await clock.advance(1_800_000)
    expect(paths(http)).toEqual(['/auth/guest', '/auth/refresh', '/auth/refresh', '/auth/refresh'])
    expect(http.calls.at(-1)?.body).toEqual({ refreshToken: 'refresh-3' })
    expect(network.peers).toHaveLength(1)
  })

  test('is tried again with back-off while sign-in is out of reach, at least Retry-After apart', async () => {
    const { clock, http, peer } = await keptAlive()
    http.answer = () => ({ status: 503, retryAfter: '20' })
    await clock.advance(870_000)
    const tries = refreshPaths(http)
    expect(tries).toBeGreaterThanOrEqual(1)
    expect(tries).toBeLessThanOrEqual(3)
    http.answer = () => tokensAnswer(77)
    await clock.advance(30_000)
    expect(peer().last('auth').jwt).toBe('access-77')
  })

  test('that was refused leaves the socket alone until 4401; then the guest becomes a new guest', async () => {
    const { clock, http, peer, network, oxo } = await keptAlive()
    http.answer = (path) => (path === '/auth/guest' ? tokensAnswer(9) : { status: 401 })
    await clock.advance(100_000)
    peer().close(4401)
    await clock.advance(500)
    expect(paths(http)).toEqual(['/auth/guest', '/auth/refresh', '/auth/guest'])
    expect(peer().protocols[1]).toBe('bearer.access-9')
    peer().welcome()
    expect([network.peers.length, oxo.status().state]).toEqual([2, 'open'])
  })

  test('never becomes a busy loop, however short-lived tokens are', async () => {
    const { clock, http, online } = setUp()
    http.answer = () => tokensAnswer(http.calls.length, 0)
    await online()
    await clock.advance(10_000)
    expect(http.calls.length).toBeLessThanOrEqual(11)
  })

  test('AUTH that the socket refuses or loses is not repeated', async () => {
    const { online, clock, peer, network } = setUp()
    await online()
    network.onFrame = (from, message) => {
      if (message.type === 'ping') from.push({ type: 'pong', clientTime: message.clientTime, serverTime: 0 })
      if (message.type === 'auth') from.close()
    }
    network.onOpen = (opened) => opened.welcome()
    await clock.advance(895_000)
    expect(network.peers).toHaveLength(2)
    expect(peer().protocols[1]).toBe('bearer.access-2')
    expect(peer().count('auth')).toBe(0)
  })

  test('waits of more than 2^31 ms work', async () => {
    const { clock, http, online, network } = setUp()
    http.answer = () => tokensAnswer(http.calls.length, 40 * 86_400)
    network.onFrame = (from, message) => {
      if (message.type === 'ping') from.push({ type: 'pong', clientTime: message.clientTime, serverTime: 0 })
    }
    await online()
    network.peer().close(4409) // no keep-alive work for 39 days
    await online()
    network.peer().close(4408)
    await clock.advance(39 * 86_400_000)
    expect(refreshPaths(http)).toBe(0)
    await clock.advance(86_400_000)
    expect(refreshPaths(http)).toBe(1)
  })
})

describe('signing in', () => {
  test('given tokens are used as they are; when they are dead it stops with UNAUTHENTICATED', async () => {
    const { oxo, http, peer, clock, statuses } = setUp({ tokens: { accessToken: 'mine', refreshToken: 'r' } })
    const connected = oxo.connect()
    await settled()
    expect(peer().protocols[1]).toBe('bearer.mine')
    expect(http.calls).toEqual([])
    http.answer = () => ({ status: 401, body: { error: { code: 'UNAUTHENTICATED', message: 'signed out elsewhere' } } })
    peer().welcome()
    await connected
    peer().close(4401)
    await clock.advance(500)
    expect(paths(http)).toEqual(['/auth/refresh'])
    expect(statuses.at(-1)).toMatchObject({
      state: 'stopped',
      error: { code: 'UNAUTHENTICATED', message: 'signed out elsewhere' },
    })
  })

  test('a given token that cannot be renewed ends with UNAUTHENTICATED at 4401', async () => {
    const { oxo, peer, clock } = setUp({ tokens: { accessToken: 'mine' } })
    void oxo.connect()
    await settled()
    peer().welcome()
    peer().close(4401)
    await clock.advance(500)
    expect(oxo.status()).toMatchObject({ state: 'stopped', error: { code: 'UNAUTHENTICATED' } })
  })

  test('what will not change is told at once, what may pass is tried again', async () => {
    const refused: [number, unknown, string][] = [
      [404, null, 'NOT_FOUND'],
      [403, { error: { code: 'FORBIDDEN', message: 'no' } }, 'FORBIDDEN'],
      [400, { error: { code: 'no such code' } }, 'BAD_REQUEST'],
      [418, { error: { code: 'toString' } }, 'BAD_REQUEST'],
      [401, 'text', 'UNAUTHENTICATED'],
    ]
    for (const [status, body, code] of refused) {
      const { oxo, http } = setUp()
      http.answer = () => ({ status, body })
      await expect(oxo.connect()).rejects.toMatchObject({ name: 'OxoError', code })
    }
    for (const status of [429, 408, 500, 503]) {
      const { oxo, http, clock, peer } = setUp()
      http.answer = () => ({ status, retryAfter: '2' })
      void oxo.connect()
      await clock.advance(1_999)
      expect(http.calls).toHaveLength(1)
      http.answer = () => tokensAnswer(5)
      await clock.advance(501)
      expect(peer().protocols[1]).toBe('bearer.access-5')
    }
  })

  test('an unreachable or silent endpoint and an answer without tokens are tried again', async () => {
    const broken: MemoryHttp['answer'][] = [
      () => {
        throw new Error('ECONNREFUSED')
      },
      () => new Promise<never>(() => {}) as never,
      () => ({ status: 201, body: { accessToken: 5 } }),
      () => ({ status: 201, body: null }),
      () => ({ status: 200, body: 'hello' }),
    ]
    for (const answer of broken) {
      const { oxo, http, clock, peer } = setUp()
      http.answer = answer
      void oxo.connect()
      await clock.advance(9_999)
      http.answer = () => tokensAnswer(5)
      await clock.advance(30_000)
      expect(peer().protocols[1]).toBe('bearer.access-5')
    }
  })

  test('while sign-in is out of reach, a token that still lives is good enough', async () => {
    const store = memoryStore()
    const { oxo, online, http, clock, peer, network } = setUp({ tokenStore: store })
    await online()
    peer().close(4408)
    http.answer = () => ({ status: 503 })
    await clock.advance(845_000)
    void oxo.connect()
    await settled()
    expect(network.peers).toHaveLength(2)
    expect(peer().protocols[1]).toBe('bearer.access-1')
  })
})

describe('a token store', () => {
  test('is loaded first and told every new token', async () => {
    const store = memoryStore()
    const first = setUp({ tokenStore: store })
    await first.online()
    expect(store.tokens).toMatchObject({ userId: 'anna', accessToken: 'access-1', refreshToken: 'refresh-1' })
    const second = setUp({ tokenStore: store })
    await second.online()
    expect(second.http.calls).toEqual([])
    expect(second.peer().protocols[1]).toBe('bearer.access-1')
  })

  test('expired tokens in it are renewed, not replaced by a new guest', async () => {
    const store = memoryStore({ accessToken: 'old', refreshToken: 'old-r', expiresAt: 5 })
    const { http, online } = setUp({ tokenStore: store })
    await online()
    expect(http.calls).toMatchObject([{ path: '/auth/refresh', body: { refreshToken: 'old-r' } }])
  })

  test('what another tab renewed is used instead of a refresh token that works once', async () => {
    const store = memoryStore()
    const { clock, online, peer, http } = setUp({ tokenStore: store })
    await online()
    store.tokens = { accessToken: 'other-tab', refreshToken: 'other-r', expiresAt: clock.now() + 900_000 }
    peer().close(4401)
    await clock.advance(500)
    expect(paths(http)).toEqual(['/auth/guest'])
    expect(peer().protocols[1]).toBe('bearer.other-tab')
  })

  test('with the very token that the server refused is no help: that one is renewed', async () => {
    const items = new Map<string, string>()
    const setItem = (key: string, value: string) => void items.set(key, value)
    const tokenStore = storageTokens({ getItem: (key) => items.get(key) ?? null, setItem })
    const { clock, online, peer, http } = setUp({ tokenStore })
    await online()
    peer().close(4401)
    await clock.advance(500)
    expect(paths(http)).toEqual(['/auth/guest', '/auth/refresh'])
    expect(peer().protocols[1]).toBe('bearer.access-2')
  })

  test('one that fails is no reason not to play', async () => {
    const fail = () => Promise.reject(new Error('quota'))
    const { online, oxo } = setUp({ tokenStore: { load: fail, save: fail } })
    await online()
    expect(oxo.status().state).toBe('open')
  })

  test('storageTokens keeps tokens in a storage, ignores rubbish, and survives a storage that refuses', async () => {
    const items = new Map<string, string>()
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    }
    const store = storageTokens(storage)
    expect(store.load()).toBe(null)
    store.save({ accessToken: 'a', refreshToken: 'r', expiresAt: 7, userId: 'u' })
    expect(store.load()).toEqual({ accessToken: 'a', refreshToken: 'r', expiresAt: 7, userId: 'u' })
    for (const rubbish of ['{', '5', '{"accessToken":""}', '{"accessToken":1}', '[]']) {
      items.set('oxo.tokens', rubbish)
      expect(store.load()).toBe(null)
    }
    items.set('oxo.tokens', '{"accessToken":"a","expiresAt":"soon","refreshToken":2,"x":1}')
    expect(store.load()).toEqual({ accessToken: 'a' })
    const refusing = () => {
      throw new Error('SecurityError')
    }
    const shut = storageTokens({ getItem: refusing, setItem: refusing })
    expect(shut.load()).toBe(null)
    expect(shut.save({ accessToken: 'a' })).toBe(undefined)
  })
})
