import { describe, expect, test } from 'vitest'
import { WebSocket as WsWebSocket } from 'ws'
import { seededRandom } from '../kit/random.ts'
import { connect, createOxo } from './create-oxo.ts'
import { afterClose, backoffMs } from './reconnect.ts'
import { g1, memoryHttp, memoryNetwork, settled, setUp, state, virtualClock, welcome } from './test-harness.ts'
import type { WebSocketConstructor } from './web-socket.ts'

/** A random source whose fractions are always `value`. */
const fixed = (value: number) => ({
  uint32: () => Math.floor(value * 0xffff_ffff),
  bytes: (n: number) => new Uint8Array(n),
})
const latest = fixed(1)

describe('back-off', () => {
  test('[P5] first delay at most 500 ms, doubling, capped at 30 s, full jitter', () => {
    const most = [0, 1, 2, 3, 6, 7, 50].map((attempt) => Math.round(backoffMs(latest, attempt)))
    expect(most).toEqual([500, 1000, 2000, 4000, 30_000, 30_000, 30_000])
    expect(backoffMs(fixed(0), 9)).toBe(0)
    const random = seededRandom(7)
    const delays = Array.from({ length: 1000 }, () => backoffMs(random, 4))
    expect(Math.min(...delays)).toBeLessThan(100)
    expect(Math.max(...delays)).toBeGreaterThan(7_900)
  })

  test('what the server asked for is the least delay', () => {
    expect(backoffMs(fixed(0), 0, 1234)).toBe(1234)
    expect(backoffMs(latest, 0, 1234)).toBeCloseTo(1734)
  })

  test('each close code does what its row of PROTOCOL.md says', () => {
    const retry = { next: 'retry', leastMs: 0, newToken: false }
    for (const code of [1001, 1011, 4413, 1006, 1000, 4999]) expect(afterClose(code)).toEqual(retry)
    expect(afterClose(4408)).toEqual({ next: 'wait_for_user' })
    expect(afterClose(4401)).toEqual({ ...retry, newToken: true })
    expect(afterClose(4429)).toEqual({ ...retry, leastMs: 30_000 })
    for (const code of [1003, 1009, 4400, 4409]) expect(afterClose(code)).toEqual({ next: 'stop' })
  })
})

describe('connecting', () => {
  test('signs in as a guest by itself and brings the token as a subprotocol, never in the URL', async () => {
    const { oxo, online, http, statuses } = setUp()
    const peer = await online()
    expect(http.calls).toMatchObject([{ path: '/auth/guest', body: {} }])
    expect(peer.url).toBe('ws://oxo.test/v1/play')
    expect(peer.protocols).toEqual(['oxo.v1', 'bearer.access-1'])
    expect(statuses).toEqual([{ state: 'connecting' }, { state: 'open' }])
    expect(oxo.userId()).toBe('anna')
    expect(await oxo.connect()).toEqual(welcome())
  })

  test('an https URL leads to wss; other URLs and hosts without WebSocket are refused at once', async () => {
    const { oxo, peer } = setUp({ url: 'https://oxo.test/some/page?x=1' })
    void oxo.connect().catch(() => {})
    await settled()
    expect(peer().url).toBe('wss://oxo.test/v1/play')
    expect(() => setUp({ url: 'file:///tmp' })).toThrow('not the URL of a platform')
    const host = globalThis as { WebSocket?: unknown }
    const before = host.WebSocket
    try {
      delete host.WebSocket
      expect(() => createOxo({ url: 'http://oxo.test' })).toThrow("the option 'webSocket'")
    } finally {
      host.WebSocket = before
    }
  })

  test("the types of the host's own WebSocket, of the package ws and of fetch fit the options", () => {
    const constructors: WebSocketConstructor[] = [WebSocket, WsWebSocket]
    expect(
      constructors.map((webSocket) => createOxo({ url: 'http://oxo.test', webSocket, fetch }).status().state),
    ).toEqual(['idle', 'idle'])
  })

  test('before connect and after close every request is CLOSED', async () => {
    const { oxo, online } = setUp()
    await expect(oxo.cancel()).rejects.toMatchObject({ code: 'CLOSED' })
    await online()
    const waiting = oxo.cancel()
    oxo.close()
    oxo.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(oxo.watch(g1)).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(oxo.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('close ends every timer and the socket; connect starts again as the same player', async () => {
    const { oxo, online, clock, peer, network, http } = setUp()
    await online()
    oxo.close()
    expect(clock.timers()).toBe(0)
    expect(peer().closed()).toBe(true)
    await online()
    expect(network.peers).toHaveLength(2)
    expect(http.calls).toHaveLength(1)
    oxo.close()
    expect(clock.timers()).toBe(0)
  })

  test('close while signing in or shaking hands leaves nothing behind', async () => {
    const { oxo, clock, network } = setUp()
    const first = oxo.connect()
    oxo.close()
    await expect(first).rejects.toMatchObject({ code: 'CLOSED' })
    await settled()
    expect(network.peers).toHaveLength(0)
    expect(clock.timers()).toBe(0)
    const second = oxo.connect()
    await settled()
    oxo.close()
    await expect(second).rejects.toMatchObject({ code: 'CLOSED' })
    expect(network.peer().closed()).toBe(true)
    await clock.advance(0)
    expect(clock.timers()).toBe(0)
  })

  test('the page is listened to only while there is something to come back to', async () => {
    let listening = 0
    const whenUserReturns = () => {
      listening += 1
      return () => {
        listening -= 1
      }
    }
    const { oxo, online } = setUp({ whenUserReturns })
    expect(listening).toBe(0)
    await online()
    expect(listening).toBe(1)
    oxo.close()
    expect(listening).toBe(0)
  })

  test('a host that refuses the URL or the token as such ends it', async () => {
    const webSocket = class {
      constructor() {
        throw new SyntaxError('not a subprotocol')
      }
    } as unknown as WebSocketConstructor
    const { oxo, clock } = setUp({ webSocket, tokens: { accessToken: 'a b' } })
    await expect(oxo.connect()).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(clock.timers()).toBe(0)
  })

  test('a listener that closes the client in the middle of an event is obeyed', async () => {
    for (const when of ['connecting', 'open'] as const) {
      const { oxo, clock, network } = setUp()
      oxo.on('connection', ({ state }) => {
        if (state === when) oxo.close()
      })
      const told: unknown[] = []
      oxo.on('welcome', (message) => told.push(message))
      const connected = oxo.connect()
      connected.catch(() => {})
      await settled()
      if (when === 'open') network.peer().welcome()
      await expect(connected).rejects.toMatchObject({ code: 'CLOSED' })
      expect(told).toEqual([])
      expect(clock.timers()).toBe(0)
    }
  })

  test('a first connection that takes too long rejects, and attempts go on', async () => {
    const { oxo, clock, network, peer } = setUp({ giveUpMs: 5_000 })
    const connected = oxo.connect()
    connected.catch(() => {})
    await clock.advance(5_000)
    await expect(connected).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await clock.advance(30_000)
    expect(network.peers.length).toBeGreaterThan(2)
    peer().welcome()
    expect(oxo.status().state).toBe('open')
  })

  test('connect() as a function leaves nothing behind when it fails', async () => {
    const clock = virtualClock()
    const { webSocket } = memoryNetwork()
    const { fetch } = memoryHttp()
    const failed = connect({ url: 'http://oxo.test', clock, webSocket, fetch, giveUpMs: 100 })
    failed.catch(() => {})
    await clock.advance(100)
    await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(clock.timers()).toBe(0)
  })

  test('connect() as a function gives a client that is welcome', async () => {
    const { webSocket, peer } = memoryNetwork()
    const connected = connect({ url: 'http://oxo.test', clock: virtualClock(), webSocket, fetch: memoryHttp().fetch })
    await settled()
    peer().welcome()
    expect((await connected).status()).toEqual({ state: 'open' })
  })
})

describe('after a socket ended', () => {
  test('[P5] it comes back by itself within 500 ms and tells so', async () => {
    const { online, clock, network, statuses, peer } = setUp({ random: latest })
    await online()
    peer().close(1011)
    expect(statuses.at(-1)).toEqual({ state: 'waiting', retryInMs: 500, code: 1011 })
    await clock.advance(499)
    expect(network.peers).toHaveLength(1)
    await clock.advance(1)
    expect(network.peers).toHaveLength(2)
    peer().welcome()
    expect(statuses.at(-1)).toEqual({ state: 'open' })
  })

  test('delays double while connections fail or live for less than 10 s, and start anew after a longer one', async () => {
    const { online, clock, peer, statuses } = setUp({ random: latest })
    await online()
    const delays: number[] = []
    const dropAfter = async (livesMs: number | null) => {
      if (livesMs !== null) {
        peer().welcome()
        await clock.advance(livesMs)
      }
      peer().close()
      const status = statuses.at(-1)
      const retryInMs = status?.state === 'waiting' ? status.retryInMs : Number.NaN
      delays.push(retryInMs)
      await clock.advance(retryInMs)
    }
    for (const lives of [0, 9_000, null, null, 11_000]) await dropAfter(lives)
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 500])
  })

  test('1003, 1009, 4400 and 4409 end it for good; connect starts again', async () => {
    for (const code of [1003, 1009, 4400, 4409]) {
      const { oxo, online, clock, peer, network, statuses } = setUp()
      await online()
      const waiting = oxo.cancel()
      peer().close(code)
      expect(statuses.at(-1)).toMatchObject({ state: 'stopped', code, error: { code: 'CLOSED' } })
      await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
      expect(clock.timers()).toBe(0)
      await online()
      expect(network.peers).toHaveLength(2)
    }
  })

  test('4408: it comes back when the user does', async () => {
    const { online, clock, peer, network, statuses, userReturns } = setUp()
    await online()
    peer().close(4408)
    expect(statuses.at(-1)).toEqual({ state: 'away' })
    await clock.advance(3_600_000)
    expect(network.peers).toHaveLength(1)
    userReturns()
    await settled()
    expect(network.peers).toHaveLength(2)
  })

  test('4408: it comes back with the next request, with one that waits, and by connect', async () => {
    const { oxo, online, peer, network } = setUp()
    await online()
    peer().close(4408)
    const found = oxo.find('casual')
    await settled()
    expect(network.peers).toHaveLength(2)
    peer().welcome()
    peer().close(4408)
    await settled()
    expect(network.peers).toHaveLength(3)
    peer().welcome()
    peer().ok('find')
    expect(await found).toBe(null)
    peer().close(4408)
    void oxo.connect()
    await settled()
    expect(network.peers).toHaveLength(4)
  })

  test('4429: it stays away for 30 s, whoever returns', async () => {
    const { online, clock, peer, network, userReturns } = setUp({ random: latest })
    await online()
    peer().close(4429)
    userReturns()
    await clock.advance(30_000)
    expect(network.peers).toHaveLength(1)
    await clock.advance(500)
    expect(network.peers).toHaveLength(2)
  })

  test('4401: it comes back with a new token', async () => {
    const { online, clock, peer, http } = setUp({ random: latest })
    await online()
    peer().close(4401)
    await clock.advance(500)
    expect(http.calls.at(-1)).toMatchObject({ path: '/auth/refresh', body: { refreshToken: 'refresh-1' } })
    expect(peer().protocols[1]).toBe('bearer.access-2')
  })

  test('a user who returns cuts a long wait short', async () => {
    const { online, clock, peer, network, userReturns } = setUp({ random: latest })
    await online()
    for (let n = 0; n < 5; n++) {
      peer().close()
      await clock.advance(500 * 2 ** n)
    }
    peer().close()
    userReturns()
    await clock.advance(500)
    expect(network.peers).toHaveLength(7)
    userReturns()
    expect(network.peers).toHaveLength(7)
  })

  test('GOODBYE: it plays on, and moves to another server after the delay', async () => {
    const { oxo, online, clock, peer, network } = setUp({ random: latest })
    const first = await online()
    first.push({ type: 'goodbye', reason: 'draining', retryAfterMs: 3_000 })
    const found = oxo.find('casual')
    first.ok('find')
    await found
    await clock.advance(3_499)
    expect([network.peers.length, first.closed()]).toEqual([1, false])
    await clock.advance(1)
    expect([network.peers.length, first.closed()]).toEqual([2, true])
    peer().welcome()
    await clock.advance(20_000)
    expect([network.peers.length, oxo.status().state]).toEqual([2, 'open'])
  })

  test('GOODBYE and then the end: it comes back after the delay, not before', async () => {
    const { online, clock, peer, network } = setUp({ random: fixed(0) })
    await online()
    peer().push({ type: 'goodbye', reason: 'cut_off', retryAfterMs: 3_000 })
    await clock.advance(1_000)
    peer().close(1001)
    await clock.advance(1_999)
    expect(network.peers).toHaveLength(1)
    await clock.advance(1)
    expect(network.peers).toHaveLength(2)
  })

  test('no server keeps a client away for more than 10 min', async () => {
    const { online, clock, peer, network } = setUp({ random: latest })
    await online()
    peer().push({ type: 'goodbye', reason: 'maintenance', retryAfterMs: 10 * 31_536_000_000 })
    peer().close(1001)
    await clock.advance(600_500)
    expect(network.peers).toHaveLength(2)
  })

  test('what a socket that we left still brings is ignored', async () => {
    const { oxo, online, clock, network } = setUp()
    const first = await online()
    const held: unknown[] = []
    oxo.on('state', (message) => held.push(message))
    first.push({ type: 'goodbye', reason: 'draining', retryAfterMs: 1 })
    await clock.advance(501)
    expect(network.peers).toHaveLength(2)
    first.push(state(g1))
    first.close(4409)
    expect(held).toEqual([])
    expect(oxo.status().state).toBe('connecting')
  })
})

describe('a handshake that fails', () => {
  test('hosts without a close event after the error event are no reason to wait for ever', async () => {
    const { oxo, clock, network, peer } = setUp()
    void oxo.connect().catch(() => {})
    await settled()
    peer().failSilently()
    await clock.advance(500)
    expect(network.peers).toHaveLength(2)
  })

  test('an error on an open socket waits a moment for the close event, which tells the code', async () => {
    const { online, clock, network, peer, statuses } = setUp()
    await online()
    peer().error()
    peer().close(4409)
    expect(statuses.at(-1)).toMatchObject({ state: 'stopped', code: 4409 })
    await online()
    peer().error()
    await clock.advance(999)
    expect(network.peers).toHaveLength(2)
    await clock.advance(501)
    expect(network.peers).toHaveLength(3)
  })

  test('no WELCOME within 10 s is a failure', async () => {
    const { oxo, clock, network, peer } = setUp()
    void oxo.connect().catch(() => {})
    await clock.advance(9_999)
    expect(network.peers).toHaveLength(1)
    await clock.advance(501)
    expect(network.peers).toHaveLength(2)
    expect(network.peers[0]?.closed()).toBe(true)
    peer().welcome()
    expect(oxo.status().state).toBe('open')
  })

  test('after two in a row the token is suspected and renewed, once', async () => {
    const { oxo, clock, peer, http } = setUp()
    void oxo.connect().catch(() => {})
    await settled()
    for (let n = 0; n < 3; n++) {
      peer().close()
      await clock.advance(500 * 2 ** n)
    }
    expect(http.calls.map(({ path }) => path)).toEqual(['/auth/guest', '/auth/refresh'])
    expect(peer().protocols[1]).toBe('bearer.access-2')
  })

  test('a token that cannot be renewed is kept through an outage', async () => {
    const { oxo, clock, peer, http } = setUp({ tokens: { accessToken: 'given' }, random: fixed(0) })
    void oxo.connect().catch(() => {})
    await settled()
    for (let n = 0; n < 6; n++) {
      peer().close()
      await clock.advance(0)
    }
    peer().welcome()
    expect(oxo.status().state).toBe('open')
    expect(http.calls).toEqual([])
    expect(peer().protocols[1]).toBe('bearer.given')
  })
})

describe('frames', () => {
  test('bytes that no server sends end the connection, and it comes back', async () => {
    for (const bytes of ['text', new Uint8Array([0xc1]).buffer, new ArrayBuffer(0)]) {
      const { online, peer, statuses } = setUp()
      const first = await online()
      peer().pushRaw(bytes)
      expect(statuses.at(-1)?.state).toBe('waiting')
      expect(first.closed()).toBe(true)
    }
  })

  test('unknown tags are ignored', async () => {
    const { oxo, online, peer } = setUp()
    await online()
    peer().pushRaw(new Uint8Array([0x92, 0x7f, 0x01]).buffer)
    expect(oxo.status().state).toBe('open')
  })
})
