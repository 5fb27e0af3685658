import { describe, expect, test } from 'vitest'
import { settled, setUp } from './test-harness.ts'

describe('keeping alive', () => {
  test('a PING at once, and one every 25 to 30 s; a socket that answers stays', async () => {
    const { oxo, online, clock, network, peer } = setUp()
    await online()
    network.onFrame = (from, message) => {
      if (message.type === 'ping') from.push({ type: 'pong', clientTime: message.clientTime, serverTime: 1 })
    }
    expect(peer().count('ping')).toBe(1)
    await clock.advance(600_000)
    expect(peer().count('ping')).toBeGreaterThanOrEqual(20)
    expect(peer().count('ping')).toBeLessThanOrEqual(25)
    expect(network.peers).toHaveLength(1)
    expect(oxo.status().state).toBe('open')
  })

  test('a socket that is silent for 45 s is left', async () => {
    const { online, clock, network } = setUp()
    const first = await online()
    await clock.advance(44_999)
    expect(first.closed()).toBe(false)
    await clock.advance(501)
    expect(first.closed()).toBe(true)
    await clock.advance(500)
    expect(network.peers).toHaveLength(2)
  })

  test('one that owes an answer is left after 10 s of silence', async () => {
    const { oxo, online, clock } = setUp()
    const first = await online()
    await clock.advance(20_000)
    void oxo.find('casual').catch(() => {})
    await clock.advance(9_999)
    expect(first.closed()).toBe(false)
    await clock.advance(5_001)
    expect(first.closed()).toBe(true)
  })

  test('ping tells the round trip; a lost connection and too many at a time reject', async () => {
    const { oxo, online, clock, peer } = setUp()
    await online()
    const asked = oxo.ping()
    await clock.advance(42)
    peer().push({ type: 'pong', clientTime: 1, serverTime: 0 })
    peer().push({ type: 'pong', clientTime: peer().last('ping').clientTime, serverTime: 0 })
    expect(await asked).toBe(42)
    const many = Array.from({ length: 16 }, () => oxo.ping())
    await expect(many.at(-1)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    const first = expect(many[0]).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    for (const each of many) each.catch(() => {})
    peer().close()
    await first
  })
})

describe("the server's clock", () => {
  test('is known from WELCOME, better from PONG, and best from the shortest round trip', async () => {
    const { oxo, clock, network } = setUp()
    expect(oxo.serverNow()).toBe(clock.now())
    const ahead = (ms: number) => clock.now() + 60_000 + ms
    void oxo.connect()
    await settled()
    network.peer().welcome({ serverTime: ahead(-300) })
    expect(oxo.serverNow()).toBe(ahead(-300))
    const pong = async (thereMs: number, backMs: number) => {
      const { clientTime } = network.peer().last('ping')
      await clock.advance(thereMs)
      const serverTime = ahead(0)
      await clock.advance(backMs)
      network.peer().push({ type: 'pong', clientTime, serverTime })
    }
    await pong(100, 100)
    expect(oxo.serverNow()).toBe(ahead(0))
    void oxo.ping()
    await pong(400, 0)
    expect(oxo.serverNow()).toBe(ahead(0))
    void oxo.ping()
    await pong(0, 20)
    expect(oxo.serverNow()).toBe(ahead(-10))
  })

  test('is measured anew when the best sample is 5 min old: clocks drift', async () => {
    const { oxo, online, clock, network } = setUp()
    let driftMs = 0
    let delayMs = 1
    network.onFrame = (from, message) => {
      if (message.type !== 'ping') return
      const { clientTime } = message
      clock.after(delayMs, () => from.push({ type: 'pong', clientTime, serverTime: clock.now() + driftMs }))
    }
    await online()
    await clock.advance(1_000)
    driftMs = 50
    delayMs = 2
    await clock.advance(240_000)
    expect(Math.abs(oxo.serverNow() - clock.now())).toBeLessThan(5)
    await clock.advance(90_000)
    expect(Math.abs(oxo.serverNow() - clock.now() - driftMs)).toBeLessThan(5)
  })

  test('starts anew with each connection: a clock may stand still while the machine sleeps', async () => {
    const { oxo, online, clock, peer } = setUp()
    await online()
    peer().push({ type: 'pong', clientTime: peer().last('ping').clientTime, serverTime: clock.now() })
    peer().close()
    await clock.advance(500)
    peer().welcome({ serverTime: clock.now() + 7_777 })
    expect(oxo.serverNow()).toBe(clock.now() + 7_777)
  })
})
