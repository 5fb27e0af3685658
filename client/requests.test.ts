import { describe, expect, test } from 'vitest'
import type { ErrorCode, ErrorDetails } from '../protocol/errors.ts'
import type { ClientMessage } from '../protocol/messages.ts'
import type { Oxo } from './oxo.ts'
import { g1, g2, type Peer, setUp, state } from './test-harness.ts'

type Requested = Exclude<ClientMessage['type'], 'ping' | 'auth' | 'watch'>

/** Each request, its fields on the wire, a value of its OK, and what the promise then gives. */
const calls: { type: Requested; call: (oxo: Oxo) => Promise<unknown>; sent: object; value?: string; gives: unknown }[] =
  [
    { type: 'find', call: (oxo) => oxo.find('casual'), sent: { mode: 'casual' }, gives: null },
    { type: 'find', call: (oxo) => oxo.find('ranked'), sent: { mode: 'ranked' }, gives: null },
    {
      type: 'find',
      call: (oxo) => oxo.find('bot', { level: 3 }),
      sent: { mode: 'bot', level: 3 },
      value: g1,
      gives: g1,
    },
    { type: 'find', call: (oxo) => oxo.find('bot'), sent: { mode: 'bot', level: 1 }, value: g1, gives: g1 },
    { type: 'cancel', call: (oxo) => oxo.cancel(), sent: {}, gives: undefined },
    { type: 'unwatch', call: (oxo) => oxo.unwatch(g1), sent: { gameId: g1 }, gives: undefined },
    {
      type: 'move',
      call: (oxo) => oxo.move(g1, 8),
      sent: { gameId: g1, ply: 2, cell: 8 },
      gives: expect.objectContaining({ moves: [4, 0, 8] }),
    },
    { type: 'resign', call: (oxo) => oxo.resign(g1), sent: { gameId: g1 }, gives: undefined },
    { type: 'rematch', call: (oxo) => oxo.rematch(g1), sent: { gameId: g1 }, gives: null },
    { type: 'rematch', call: (oxo) => oxo.rematch(g1), sent: { gameId: g1 }, value: g2, gives: g2 },
    { type: 'invite', call: (oxo) => oxo.invite(), sent: {}, value: 'ABCD1234', gives: 'ABCD1234' },
    { type: 'accept', call: (oxo) => oxo.accept('abcd1234'), sent: { code: 'abcd1234' }, value: g2, gives: g2 },
    { type: 'say', call: (oxo) => oxo.say(g1, 15), sent: { gameId: g1, phrase: 15 }, gives: undefined },
  ]
const repeatable = calls.filter(({ type }) => type !== 'say')

/** OK to a request, and what the server says after it. */
function grant(peer: Peer, type: Requested, value?: string): void {
  peer.ok(type, value)
  if (type === 'move') peer.push(state(g1, [4, 0, 8]))
}

async function playing() {
  const parts = setUp()
  const peer = await parts.online()
  peer.push(state(g1, [4, 0]))
  return { ...parts, first: peer }
}

describe('every request', () => {
  test('[P8] sends its fields once, and gives the value of its OK', async () => {
    for (const { type, call, sent, value, gives } of calls) {
      const { oxo, first } = await playing()
      const done = call(oxo)
      expect(first.last(type)).toEqual({ type, rid: expect.any(Number), ...sent })
      expect(first.count(type)).toBe(1)
      grant(first, type, value)
      expect(await done).toEqual(gives)
    }
  })

  test('[P8] rejects with the code, message and details of its ERROR', async () => {
    for (const { type, call } of calls) {
      const { oxo, first } = await playing()
      const done = call(oxo)
      first.refuse(type, 'FORBIDDEN', { version: 3, board: 81 })
      await expect(done).rejects.toMatchObject({
        name: 'OxoError',
        code: 'FORBIDDEN',
        details: { version: 3, board: 81 },
      })
    }
  })

  test('[P4] after UNAVAILABLE is repeated with the same fields and a new rid, retryAfterMs later; quick chat is not', async () => {
    for (const { type, call, value, gives } of repeatable) {
      const { oxo, first, clock } = await playing()
      const done = call(oxo)
      const { rid, ...fields } = first.last(type)
      first.refuse(type, 'UNAVAILABLE', { retryAfterMs: 700 })
      await clock.advance(699)
      expect(first.count(type)).toBe(1)
      await clock.advance(501)
      expect(first.count(type)).toBe(2)
      expect(first.last(type)).toMatchObject(fields)
      expect(first.last(type).rid).not.toBe(rid)
      grant(first, type, value)
      expect(await done).toEqual(gives)
    }
    const { oxo, first } = await playing()
    const said = oxo.say(g1, 1)
    first.refuse('say', 'UNAVAILABLE', { retryAfterMs: 1 })
    await expect(said).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('[P4] unanswered when the connection is lost, it is repeated on the next one; quick chat is not', async () => {
    for (const { type, call, value, gives } of repeatable) {
      const { oxo, first, clock, peer } = await playing()
      const done = call(oxo)
      const { rid, ...fields } = first.last(type)
      first.close()
      await clock.advance(500)
      peer().welcome()
      expect(peer()).not.toBe(first)
      expect(peer().last(type)).toMatchObject(fields)
      expect(peer().last(type).rid).not.toBe(rid)
      grant(peer(), type, value)
      expect(await done).toEqual(gives)
    }
    const { oxo, first, clock, peer } = await playing()
    const said = oxo.say(g1, 1)
    first.close()
    await expect(said).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await clock.advance(500)
    peer().welcome()
    expect(peer().count('say')).toBe(0)
  })

  test('made while there is no connection waits for the next one, in order', async () => {
    const { oxo, first, clock, peer } = await playing()
    first.close()
    const found = oxo.find('casual')
    const said = oxo.say(g1, 1)
    await clock.advance(500)
    peer().welcome()
    expect(
      peer()
        .received.map(({ type }) => type)
        .filter((type) => type === 'find' || type === 'say'),
    ).toEqual(['find', 'say'])
    peer().ok('find')
    peer().ok('say')
    expect([await found, await said]).toEqual([null, undefined])
  })

  test('is given up after giveUpMs: the outcome is unknown', async () => {
    const { oxo, first, clock, network } = await playing()
    network.onFrame = (from, message) => {
      if (message.type === 'ping') from.push({ type: 'pong', clientTime: message.clientTime, serverTime: 0 })
      if (message.type === 'find') from.refuse('find', 'UNAVAILABLE', { retryAfterMs: 1_000 })
    }
    const found = oxo.find('casual')
    found.catch(() => {})
    await clock.advance(60_000)
    await expect(found).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('unknown') })
    const tries = first.count('find')
    expect(tries).toBeGreaterThan(4)
    expect(tries).toBeLessThan(20)
    await clock.advance(60_000)
    expect(first.count('find')).toBe(tries)
  })

  test('answers that nobody waits for are ignored', async () => {
    const { oxo, first } = await playing()
    first.push({ type: 'ok', rid: 4_000_000_000 }, { type: 'error', rid: 77, code: 'STALE', message: '' })
    const found = oxo.find('casual')
    first.ok('find')
    first.refuse('find', 'FORBIDDEN')
    expect(await found).toBe(null)
  })

  test('more than 32 at a time are refused without being sent', async () => {
    const { oxo, first } = await playing()
    const many = Array.from({ length: 33 }, () => oxo.cancel())
    for (const each of many) each.catch(() => {})
    await expect(many[32]).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(first.count('cancel')).toBe(32)
  })

  test('that fits in no frame is BAD_REQUEST and never sent', async () => {
    const { oxo, first } = await playing()
    await expect(oxo.accept('x'.repeat(2_000))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(first.count('accept')).toBe(0)
    expect(oxo.status().state).toBe('open')
  })
})

describe('after a repeat', () => {
  const repeated = async (
    call: (oxo: Oxo) => Promise<unknown>,
    type: Requested,
    code: ErrorCode,
    details?: ErrorDetails,
  ) => {
    const { oxo, first, clock, peer } = await playing()
    const done = call(oxo)
    first.close()
    await clock.advance(500)
    peer().welcome()
    peer().refuse(type, code, details)
    return done
  }

  test('[P4] ALREADY_QUEUED and NOT_QUEUED are what was wanted; the first time they are refusals', async () => {
    expect(await repeated((oxo) => oxo.find('ranked'), 'find', 'ALREADY_QUEUED')).toBe(null)
    expect(await repeated((oxo) => oxo.cancel(), 'cancel', 'NOT_QUEUED')).toBe(undefined)
    await expect(repeated((oxo) => oxo.cancel(), 'cancel', 'ALREADY_QUEUED')).rejects.toMatchObject({
      code: 'ALREADY_QUEUED',
    })
    const { oxo, first } = await playing()
    const found = oxo.find('ranked')
    first.refuse('find', 'ALREADY_QUEUED')
    await expect(found).rejects.toMatchObject({ code: 'ALREADY_QUEUED' })
    const cancelled = oxo.cancel()
    first.refuse('cancel', 'NOT_QUEUED')
    await expect(cancelled).rejects.toMatchObject({ code: 'NOT_QUEUED' })
  })

  test('[P4] ALREADY_PLAYING answers FIND with the game that it led to; the first time it is a refusal', async () => {
    expect(await repeated((oxo) => oxo.find('bot'), 'find', 'ALREADY_PLAYING', { gameId: g2 })).toBe(g2)
    expect(await repeated((oxo) => oxo.find('casual'), 'find', 'ALREADY_PLAYING')).toBe(null)
    await expect(repeated((oxo) => oxo.invite(), 'invite', 'ALREADY_PLAYING')).rejects.toMatchObject({
      code: 'ALREADY_PLAYING',
    })
    const { oxo, first } = await playing()
    const found = oxo.find('bot')
    first.refuse('find', 'ALREADY_PLAYING', { gameId: g2 })
    await expect(found).rejects.toMatchObject({ code: 'ALREADY_PLAYING', details: { gameId: g2 } })
  })

  test('RATE_LIMITED is waited out; the first time it is a refusal', async () => {
    const { oxo, first, clock, peer } = await playing()
    const moved = oxo.move(g1, 8)
    first.close()
    await clock.advance(500)
    peer().welcome()
    peer().refuse('move', 'RATE_LIMITED', { retryAfterMs: 800 })
    await clock.advance(799)
    expect(peer().count('move')).toBe(1)
    await clock.advance(1_001)
    expect(peer().count('move')).toBe(2)
    grant(peer(), 'move')
    await moved
    const found = oxo.find('casual')
    peer().refuse('find', 'RATE_LIMITED', { retryAfterMs: 800 })
    await expect(found).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 800 } })
  })

  test('a pause that outlasts the connection goes on with the next one', async () => {
    const { oxo, first, clock, peer } = await playing()
    const found = oxo.find('casual')
    first.refuse('find', 'UNAVAILABLE', { retryAfterMs: 2_000 })
    first.close()
    await clock.advance(500)
    peer().welcome()
    expect(peer().count('find')).toBe(0)
    await clock.advance(2_000)
    expect(peer().count('find')).toBe(1)
    peer().ok('find')
    expect(await found).toBe(null)
    const again = oxo.find('casual')
    peer().refuse('find', 'UNAVAILABLE', { retryAfterMs: 1 })
    peer().close(4408)
    await clock.advance(2_000) // the pause ends while there is no connection
    peer().welcome()
    peer().ok('find')
    expect(await again).toBe(null)
  })
})
