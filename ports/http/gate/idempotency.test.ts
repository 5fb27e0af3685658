import { OpenAPIHono } from '@hono/zod-openapi'
import { describe, expect, test } from 'vitest'
import { silentLog as log } from '../../../kit/log.ts'
import { seededRandom } from '../../../kit/random.ts'
import { type VirtualClock, virtualClock } from '../../../kit/virtual-clock.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { withFallback } from '../../idempotency-fallback.ts'
import type { IdempotencyStore } from '../../idempotency-store.ts'
import { memoryIdempotencyStore } from '../../memory/idempotency-store.ts'
import type { Caller } from './access.ts'
import { idempotency } from './idempotency.ts'
import type { GateEnv } from './passage.ts'
import { testPassage } from './test-gate.ts'

const user = (userId: string): Caller => ({
  type: 'user',
  identity: { userId: userId as UserId, name: userId, sessionId: 's', region: 'eu', expiresAtMs: 1e15 },
})

/** An app that makes things, and counts how many. */
function testApp(storeOf: (clock: VirtualClock) => IdempotencyStore = memoryIdempotencyStore) {
  const clock = virtualClock()
  const app = new OpenAPIHono<GateEnv>()
  const made = { things: 0, failNext: false }
  let hold: Promise<void> = Promise.resolve()
  app.use(idempotency({ store: storeOf(clock), random: seededRandom(1), log, except: new Set(['/own']) }))
  const make = async (text: string) => {
    await hold
    made.things += 1
    return { thing: made.things, text }
  }
  app.post('/things', async (c) => {
    const thing = await make(await c.req.text())
    if (made.failNext) return c.json({ error: 'no' }, 409)
    return c.json(thing, 201, { location: `/things/${thing.thing}`, 'set-cookie': 'oxo_a=secret' })
  })
  app.post('/own', async (c) => c.json(await make('')))
  app.put('/things', async (c) => c.json(await make('')))
  const send = async (
    key: string | null,
    { as = user('ana'), body = '{}', path = '/things', method = 'POST' } = {},
  ) => {
    const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key }
    const request = new Request(`http://oxo.test${path}`, { method, headers, body })
    return app.fetch(request, testPassage({ caller: as }))
  }
  return {
    clock,
    made,
    send,
    thingOf: async (...args: Parameters<typeof send>) => (await (await send(...args)).json()) as { thing: number },
    holdUp(until: Promise<void>) {
      hold = until
    },
  }
}

describe('a POST that names itself', () => {
  test('[P4] is answered alike when it comes again, and done once', async () => {
    const { send, made, clock } = testApp()
    const first = await send('k1')
    await clock.advance(23 * 3_600_000)
    const second = await send('k1')
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    for (const name of ['location', 'content-type', 'set-cookie']) {
      expect(second.headers.get(name)).toBe(first.headers.get(name))
    }
    expect(await second.json()).toEqual(await first.json())
    expect(made.things).toBe(1)
    await clock.advance(2 * 3_600_000)
    expect((await send('k1')).headers.get('idempotency-replayed'), 'a day is over').toBeNull()
  })

  test('[P4] without a key, with another key, of another caller or for another path it is another one', async () => {
    const { thingOf, made } = testApp()
    await thingOf('k1')
    await thingOf(null)
    await thingOf(null)
    await thingOf('k2')
    await thingOf('k1', { as: user('bo') })
    await thingOf('k1', { as: { type: 'anonymous', problem: null } })
    expect(made.things).toBe(6)
    expect(await thingOf('k1')).toMatchObject({ thing: 1 })
  })

  test('[P4] with another body it is a conflict, and the first answer stands', async () => {
    const { send, thingOf, made } = testApp()
    await thingOf('k1')
    const other = await send('k1', { body: '{"other":1}' })
    expect(other.status).toBe(409)
    expect(await other.json()).toMatchObject({ error: { code: 'STALE' } })
    expect(await thingOf('k1')).toMatchObject({ thing: 1 })
    expect(made.things).toBe(1)
  })

  test('[P4] while the first one runs the second is told to come again', async () => {
    const { send, holdUp, made } = testApp()
    let release = () => {}
    holdUp(
      new Promise((resolve) => {
        release = resolve
      }),
    )
    const first = send('k1')
    const second = await send('k1')
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1'])
    release()
    expect((await first).status).toBe(201)
    expect((await send('k1')).status).toBe(201)
    expect(made.things).toBe(1)
  })

  test('[P4] what failed changed nothing and may be tried again', async () => {
    const { send, made } = testApp()
    made.failNext = true
    expect((await send('k1')).status).toBe(409)
    made.failNext = false
    expect((await send('k1')).status).toBe(201)
    expect((await send('k1')).headers.get('idempotency-replayed')).toBe('true')
  })

  test('[P4] other methods and paths with a promise of their own are left alone; a key that is none is refused', async () => {
    const { send, made } = testApp()
    for (let n = 0; n < 2; n++) {
      await send('k1', { method: 'PUT' })
      await send('k1', { path: '/own' })
    }
    expect(made.things).toBe(4)
    for (const bad of ['', 'x'.repeat(65), 'ü']) expect((await send(bad)).status, bad).toBe(400)
    expect((await send('x'.repeat(64))).status).toBe(201)
  })
})

test('[P4] while the shared store is away repeats to the same process are still known', async () => {
  const away = { begin: () => Promise.reject(new Error('away')), finish: async () => {}, abandon: async () => {} }
  const { thingOf, send, made } = testApp((clock) => withFallback(away, memoryIdempotencyStore(clock)))
  expect(await thingOf('k1')).toEqual(await thingOf('k1'))
  made.failNext = true
  await send('k2')
  made.failNext = false
  expect((await send('k2')).status).toBe(201)
  expect(made.things).toBe(3)
})

test('[SECRETS] what is stored shows nothing of the answer', async () => {
  const stored: string[] = []
  const spying = (clock: VirtualClock): IdempotencyStore => {
    const store = memoryIdempotencyStore(clock)
    return {
      ...store,
      begin: (key, run) => {
        stored.push(key)
        return store.begin(key, run)
      },
      finish: (key, run, answer, keptMs) => {
        stored.push(answer, Buffer.from(answer, 'base64').toString('latin1'))
        return store.finish(key, run, answer, keptMs)
      },
    }
  }
  const { thingOf } = testApp(spying)
  await thingOf('my-key', { body: 'marmalade' })
  expect(stored).toHaveLength(3)
  for (const text of stored) expect(text).not.toMatch(/marmalade|secret|my-key|ana|thing/)
})
