import fc from 'fast-check'
import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { startRedis } from '../../scripts/test-redis.ts'
import { memoryTicketQueue } from '../memory/ticket-queue.ts'
import { matchOf, ticketOf, ticketQueueContract } from '../ticket-queue.contract.ts'
import type { Ticket, TicketQueue } from '../ticket-queue.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'
import { testStore } from './test-stores.ts'
import { valkeyTicketQueue } from './ticket-queue.ts'

const single = testStore('single')
const cluster = testStore('cluster')
const ana = ticketOf('ana')
const bo = ticketOf('bo')

/** A lease that ends earlier is what a clock that went on looks like. */
const pass = async (valkey: Valkey, ms: number) => {
  for (const region of ['local', 'far']) await valkey.hincrby(`{q:${region}}:leader`, 'until', -ms)
}

for (const [name, store] of [
  ['valkey', single],
  ['valkey cluster', cluster],
] as const) {
  ticketQueueContract(name, async () => ({
    queue: valkeyTicketQueue(store.valkey()),
    pass: (ms) => pass(store.valkey(), ms),
  }))
}

const step = fc.record({
  call: fc.constantFrom(
    ...(['enqueue', 'enqueue', 'enqueue', 'takePair', 'takePairs', 'waiting'] as const),
    ...(['cancel', 'touch', 'find', 'pending', 'placed', 'requeue', 'expire'] as const),
  ),
  one: fc.integer({ min: 0, max: 7 }),
  other: fc.integer({ min: 0, max: 7 }),
  number: fc.integer({ min: 0, max: 3 }),
})

test('valkey: [P5] any course of calls is answered as by the memory adapter, also when several readers look', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80, size: 'max' }), async (steps) => {
      await single.valkey().flushall()
      const queues = [memoryTicketQueue(virtualClock()), valkeyTicketQueue(single.valkey())]
      const reader = valkeyTicketQueue(single.valkey())
      const epochs = await Promise.all(queues.map((queue) => queue.lead('local', 'leader', 60_000)))
      for (const { call, one, other, number } of steps) {
        const user = `p${one}` as UserId
        // Ids come anew: a ticket that was taken is not let in again.
        const ticket = ticketOf(user, { id: `t${ids++}`, rating: number, mode: one < 4 ? 'ranked' : 'casual' })
        const pair = async (queue: TicketQueue) => {
          const tickets = [await queue.find('local', user), await queue.find('local', `p${other}` as UserId)]
          return tickets.map((found, i) => found ?? ticketOf(`p${[one, other][i]}`)) as [Ticket, Ticket]
        }
        const answers = await Promise.all(
          queues.map(async (queue, i): Promise<unknown> => {
            switch (call) {
              case 'enqueue': {
                const others = [ticketOf(`p${other}`, { id: `${ticket.id}-2`, absentSinceMs: number || null }), ticket]
                return Promise.all([ticket, ...others, { ...ticket, id: `${ticket.id}-3` }].map(queue.enqueue))
              }
              case 'cancel':
                return queue.cancel('local', user, (await queue.find('local', user))?.id ?? '')
              case 'find':
                return queue.find('local', user)
              case 'touch':
                return queue.touch('local', user, `n${other}`, number === 0 ? null : number)
              case 'takePair':
                return one === other ? null : queue.takePair(epochs[i]!, matchOf(...(await pair(queue)), `m${number}`))
              case 'takePairs': {
                const users = [one, other, number, one + 4, other + 4].map((n) => `p${n % 8}` as UserId)
                const found = await Promise.all(users.map((userId) => queue.find('local', userId)))
                const tickets = found.map((ticket, n) => ticket ?? ticketOf(users[n]!))
                const pairs = tickets.slice(1).map((b, n) => matchOf(tickets[n]!, b, `m${(number + n) % 5}`))
                return Promise.all(
                  pairs.map((match) => {
                    const [a, b] = match.tickets
                    return a.userId === b.userId ? null : queue.takePair(epochs[i]!, match)
                  }),
                )
              }
              case 'pending':
                return queue.pending('local')
              case 'placed':
                await Promise.all([number, one % 5].map((n) => queue.placed('local', `m${n}`)))
                return
              case 'requeue':
                return queue.requeue('local', `m${number}`, [user])
              case 'expire':
                return (await queue.expire('local', number)).map(({ id }) => id).sort()
              case 'waiting':
                return queue.waiting('local', one < 4 ? 'ranked' : 'casual')
            }
          }),
        )
        expect(answers[1], call).toEqual(answers[0])
      }
      for (const mode of ['casual', 'ranked'] as const) {
        const expected = await queues[0]!.waiting('local', mode)
        expect(await queues[1]!.waiting('local', mode)).toEqual(expected)
        expect(await reader.waiting('local', mode), 'a reader who looks for the first time').toEqual(expected)
      }
    }),
    { numRuns: 20 },
  )
})
let ids = 0

test('valkey: [P5] a reader far behind, or of another history, reads everything anew', async () => {
  const queue = valkeyTicketQueue(single.valkey())
  const names = async () => (await queue.waiting('local', 'ranked')).map(({ userId }) => userId)
  await queue.enqueue(ana)
  expect(await names()).toEqual(['ana'])

  await queue.enqueue(bo)
  await single.valkey().xtrim('{q:local}:changes', 'MAXLEN', 0)
  expect(await names(), 'what changed was trimmed').toEqual(['ana', 'bo'])

  await single.valkey().flushall()
  await queue.enqueue(ticketOf('cy'))
  await queue.enqueue(ticketOf('di'))
  await queue.enqueue(ticketOf('ed'))
  expect(await names(), 'the store forgot').toEqual(['cy', 'di', 'ed'])
})

test('valkey: [P5] a reader whose store was replaced by an older copy reads everything anew', async () => {
  const own = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always'])
  const valkey = await connectValkey(own.url, { name: 'test', commandTimeoutMs: 20_000 })
  try {
    const queue = valkeyTicketQueue(valkey)
    await queue.enqueue(ana)
    await queue.waiting('local', 'ranked')
    // What a failover lost: the reader saw it, the store has it no more, and counts on from before.
    await valkey.call('CONFIG', 'SET', 'appendonly', 'no')
    await queue.enqueue(bo)
    expect(await queue.waiting('local', 'ranked')).toHaveLength(2)
    await own.kill()
    await own.start()
    const next = () => queue.enqueue(ticketOf('cy')).catch(() => false)
    await expect.poll(next, { timeout: 5_000 }).toBe(true)
    expect((await queue.waiting('local', 'ranked')).map(({ userId }) => userId)).toEqual(['ana', 'cy'])
  } finally {
    closeValkey(valkey)
    await own.stop()
  }
})

test('valkey: [P4] calls repeated after a lost answer are answered alike', async () => {
  const queue = valkeyTicketQueue(single.valkey())
  const epoch = (await queue.lead('local', 'leader', 60_000))!
  const twice = async (run: () => Promise<unknown>, answer: unknown) => {
    for (const time of ['first', 'second']) expect(await run(), time).toEqual(answer)
  }
  const match = matchOf(ana, bo)
  await twice(() => queue.enqueue(ana), true)
  await queue.enqueue(bo)
  await twice(() => queue.touch('local', ana.userId, 'n2', null), true)
  await twice(() => queue.lead('local', 'leader', 60_000), epoch)
  await twice(() => queue.takePair(epoch, match), 'taken')
  await twice(() => queue.enqueue(ana), true)
  await twice(() => queue.placed('local', match.id), undefined)
  await twice(() => queue.enqueue(ana), true)
  expect(await queue.waiting('local', 'ranked'), 'its game has begun').toEqual([])
  expect(await queue.enqueue({ ...ana, id: 't-new' })).toBe(true)
})

test('valkey: [lease] an epoch never comes twice, also when the store went back to before it', async () => {
  const queue = valkeyTicketQueue(single.valkey())
  const first = (await queue.lead('local', 'leader-1', 60_000))!
  await single.valkey().del('{q:local}:leader')
  expect(await queue.takePair(first, matchOf(ana, bo))).toBe('fenced')
  expect(await queue.lead('local', 'leader-2', 60_000)).toBeGreaterThan(first)
})

test("valkey: [lease] a lease does not outlast a store's clock that went back", async () => {
  const queue = valkeyTicketQueue(single.valkey())
  await queue.lead('local', 'leader-1', 1_000)
  await pass(single.valkey(), -3_600_000)
  expect(await queue.lead('local', 'leader-2', 1_000)).toBeNull()
  await pass(single.valkey(), 1_000)
  expect(await queue.lead('local', 'leader-2', 1_000)).not.toBeNull()
})

test('valkey: [bounded] a region where nobody waits keeps next to nothing', async () => {
  const queue = valkeyTicketQueue(single.valkey())
  const epoch = (await queue.lead('local', 'leader', 60_000))!
  for (let i = 0; i < 10; i++) {
    await Promise.all([queue.enqueue({ ...ana, id: `a${i}` }), queue.enqueue({ ...bo, id: `b${i}` })])
    await queue.touch('local', ana.userId, 'n1', 5)
    await queue.touch('local', ana.userId, 'n1', null)
    await queue.takePair(epoch, matchOf({ ...ana, id: `a${i}` }, { ...bo, id: `b${i}` }, `m${i}`))
    await queue.placed('local', `m${i}`)
  }
  const keys = (await single.valkey().keys('*')).sort()
  expect(keys).toEqual(['{q:local}:changes', '{q:local}:leader', '{q:local}:taken'])
  expect(await single.valkey().zcard('{q:local}:taken')).toBe(20)
  for (const id of await single.valkey().zrange('{q:local}:taken', '0', '-1'))
    await single.valkey().zincrby('{q:local}:taken', -60_001, id)
  await Promise.all([queue.enqueue(ana), queue.enqueue(bo)])
  await queue.takePair(epoch, matchOf(ana, bo))
  expect(await single.valkey().zcard('{q:local}:taken')).toBe(2)
})

test('valkey: [P5] more absent players than one script expires are all dropped', async () => {
  const queue = valkeyTicketQueue(single.valkey())
  await Promise.all(Array.from({ length: 1_001 }, (_, i) => queue.enqueue(ticketOf(`p${i}`, { absentSinceMs: i }))))
  expect(await queue.expire('local', 1_000)).toHaveLength(1_000)
  expect(await queue.waiting('local', 'ranked')).toHaveLength(1)
})

test('valkey: [P4] without the replicas asked for a write has an unknown outcome', async () => {
  const queue = valkeyTicketQueue(single.valkey(), { replicas: 1, waitMs: 20 })
  await expect(queue.enqueue(ana)).rejects.toThrow(/0 of 1 replicas/)
  expect(await queue.find('local', ana.userId)).toEqual(ana)
})
