import type { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { startRedis, startRedisCluster } from '../../scripts/test-redis.ts'
import { busContract, inboxOf } from '../bus.contract.ts'
import { BUS_QUEUE_BYTES_MAX, type Bus } from '../bus.ts'
import { channelOf, type ValkeyBusOptions, valkeyBus } from './bus.ts'
import { connectValkey } from './connect.ts'
import { testStore } from './test-stores.ts'

const stores = { single: testStore('single'), cluster: testStore('cluster') }
const opened: Bus[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()))
})

const busAt = (url: string, part: Partial<ValkeyBusOptions> = {}) =>
  valkeyBus({ url, name: 'test', clock: systemClock, log: silentLog, ...part })

async function open(url: string, part: Partial<ValkeyBusOptions> = {}): Promise<Bus> {
  const bus = await busAt(url, part)
  opened.push(bus)
  return bus
}

busContract('valkey', () => busAt(stores.single.url()))
busContract('valkey cluster', () => busAt(stores.cluster.url()))

test('valkey: [bus] all messages of one turn to one node are one publish', async () => {
  const listener = await connectValkey(stores.single.url(), { name: 'listener' })
  const frames: string[] = []
  await listener.subscribe(channelOf('b.1'), channelOf('c.1'))
  const both = new Promise((resolve) =>
    listener.on('message', (channel: string, frame: string) => {
      frames.push(`${channel} ${frame}`)
      if (frames.length === 2) resolve(frames)
    }),
  )
  const bus = await open(stores.single.url())
  for (const i of [1, 2, 3]) for (const to of ['b.1', 'c.1']) bus.send(to, `${to} ${i}`)
  await both
  listener.disconnect()
  expect(frames).toEqual(['bus:{b.1} 5,5,5\nb.1 1b.1 2b.1 3', 'bus:{c.1} 5,5,5\nc.1 1c.1 2c.1 3'])
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('valkey: [bounded] what the store has not confirmed yet counts as waiting, and leaves before close', async () => {
  const own = await connectValkey(stores.single.url(), { name: 'pause' })
  const [sender, receiver] = [await open(stores.single.url()), await open(stores.single.url())]
  const inbox = await inboxOf(receiver, 'b.1')
  const half = 'x'.repeat(BUS_QUEUE_BYTES_MAX / 2)
  await own.client('PAUSE', 60_000, 'WRITE')
  try {
    for (let i = 0; i < 3; i++) {
      sender.send('b.1', half)
      await turn()
    }
    expect(sender.dropped()).toBe(1)
    const closed = sender.close()
    await turn()
    await own.client('UNPAUSE')
    await closed
    expect(await inbox.holds(2)).toEqual([half, half])
  } finally {
    await own.client('UNPAUSE')
    own.disconnect()
  }
})

/** Sends until it is heard: what the bus loses meanwhile is its right. */
async function getsThrough(
  sender: Bus,
  inbox: { readonly messages: readonly string[] },
  message: string,
  to = 'b.1',
): Promise<void> {
  const heard = () => {
    sender.send(to, message)
    return inbox.messages.includes(message)
  }
  await expect.poll(heard, { timeout: 10_000, interval: 20 }).toBe(true)
}

test('valkey: [bus] it subscribes again by itself after its connections were cut', async () => {
  const [sender, receiver] = [await open(stores.single.url()), await open(stores.single.url())]
  const inbox = await inboxOf(receiver, 'b.1')
  for (const type of ['normal', 'pubsub'] as const) {
    await stores.single.valkey().call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
    await getsThrough(sender, inbox, `after the ${type} connections`)
  }
})

test('valkey: [bus] with the store out of reach nothing throws, losses are counted, and it heals when the store is back', async () => {
  const own = await startRedis()
  try {
    const [sender, receiver] = [await open(own.url), await open(own.url)]
    const inbox = await inboxOf(receiver, 'b.1')
    await own.kill()
    await expect
      .poll(() => {
        sender.send('b.1', 'lost')
        return sender.dropped()
      })
      .toBeGreaterThan(0)
    await own.start()
    await getsThrough(sender, inbox, 'found')
  } finally {
    await own.stop()
  }
})

test.for(['single', 'cluster'] as const)(
  'valkey %s: [bus] a subscription that fell silent is made anew',
  async (kind) => {
    const clock = virtualClock()
    const subscribers: Redis[] = []
    const subscribed = (redis: Redis) => void subscribers.push(redis)
    const url = stores[kind].url()
    const [sender, receiver] = [await open(url), await open(url, { clock, subscribed })]
    const inbox = await inboxOf(receiver, 'b.1')
    for (let second = 1; second <= 6; second++) {
      await clock.advance(1_000)
      await getsThrough(sender, inbox, `second ${second}`)
    }
    expect(subscribers.length, 'as long as it hears').toBe(1)
    const [first] = subscribers
    await (kind === 'single' ? first!.unsubscribe() : first!.sunsubscribe(channelOf('b.1')))
    await clock.advance(5_000)
    await expect.poll(() => subscribers.length).toBe(2)
    await getsThrough(sender, inbox, 'heard again')
  },
)

test('valkey cluster: [P6] after kill -9 of one primary, then of the one that it was told of, every channel is heard again', async () => {
  const cluster = await startRedisCluster(3, 1)
  try {
    const sender = await open(cluster.url)
    const names = ['a.1', 'b.1', 'c.1', 'd.1', 'e.1', 'f.1']
    const inboxes = await Promise.all(
      names.map(async (name) => [name, await inboxOf(await open(cluster.url), name)] as const),
    )
    const allHear = (what: string) =>
      Promise.all(inboxes.map(([name, inbox]) => getsThrough(sender, inbox, `${what} ${name}`, name)))
    await allHear('before')
    for (const primary of [1, 0]) {
      await cluster.nodes[primary]!.kill()
      await allHear(`without primary ${primary}`)
    }
  } finally {
    await cluster.stop()
  }
}, 30_000)

test('valkey: [bus] without a store at the start it is refused at once', async () => {
  await expect(busAt('redis://127.0.0.1:1')).rejects.toThrow()
})
