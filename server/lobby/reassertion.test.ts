import { describe, expect, test } from 'vitest'
import { NOTHING } from '../../ports/memory/losable.ts'
import { REGION, startCluster } from '../test-cluster.ts'

/** Longer than a server takes to notice that the store is another one, in ms. */
const NOTICED_MS = 1_000

const waiting = async (userId: string) => {
  const cluster = await startCluster({ servers: 2 })
  const socket = await cluster.node(0).connect(userId)
  expect(await socket.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ type: 'ok' })
  const ticket = (await cluster.tickets.find(REGION, socket.userId))!
  return { cluster, socket, ticket, userId: socket.userId }
}

describe('after the store restarted empty', () => {
  test('[P1] a ticket that was answered OK is there again, with its id and its waiting time, and QUEUE goes on', async () => {
    const { cluster, socket, ticket, userId } = await waiting('ana')
    await cluster.clock.advance(3_000)
    cluster.restartEmpty()
    await cluster.clock.advance(NOTICED_MS)
    expect(await cluster.tickets.find(REGION, userId)).toEqual(ticket)
    expect((await cluster.users.get(userId)).record.occupation).toMatchObject({ type: 'queued', ticketId: ticket.id })
    await cluster.clock.advance(10_000)
    expect(socket.of('queue').at(-1)!.waitedMs).toBeGreaterThan(12_000)
  })

  test('[P1] an open invite is there again under its code', async () => {
    const cluster = await startCluster({ servers: 2 })
    const [host, guest] = [await cluster.node(0).connect('ana'), await cluster.node(1).connect('bo')]
    const opened = await host.ask({ type: 'invite' })
    cluster.restartEmpty()
    await cluster.clock.advance(NOTICED_MS)
    const code = opened?.type === 'ok' ? opened.value! : ''
    expect(await guest.ask({ type: 'accept', code })).toMatchObject({ type: 'ok' })
    expect(host.of('state').length).toBeGreaterThan(0)
  })

  test('[P5] who plays is in that game, finds it in WELCOME, and gets no second one', async () => {
    const cluster = await startCluster({ servers: 2 })
    const ana = await cluster.node(0).connect('ana')
    const bot = await ana.ask({ type: 'find', mode: 'bot', level: 1 })
    cluster.restartEmpty()
    await cluster.clock.advance(NOTICED_MS)
    expect(await ana.ask({ type: 'find', mode: 'casual' })).toMatchObject({ code: 'ALREADY_PLAYING' })
    const back = await cluster.node(1).connect('ana')
    expect(back.of('welcome')[0]!.info.games).toEqual([bot?.type === 'ok' ? bot.value : 'none'])
  })
})

describe('after the store failed over to a copy that lags', () => {
  test('[P5] who was still queued in it, and plays, is not paired again', async () => {
    const { cluster, socket, userId } = await waiting('ana')
    const then = cluster.others.snapshot()
    await cluster.clock.advance(100)
    expect(await socket.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ type: 'ok' })
    const playing = (await cluster.users.get(userId)).record.occupation
    if (playing.type !== 'playing') throw new Error('no game')
    cluster.others.goBackTo(then)
    cluster.store.runId = 'another'
    await cluster.clock.advance(NOTICED_MS)
    const now = (await cluster.users.get(userId)).record.occupation
    expect(now).toEqual({ type: 'playing', gameId: playing.gameId })
    expect(await cluster.tickets.find(REGION, userId)).toBeNull()
  })

  test('[P4] a ticket that was cancelled stays cancelled', async () => {
    const { cluster, socket, userId } = await waiting('ana')
    expect(await socket.ask({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    cluster.store.runId = 'another'
    await cluster.clock.advance(NOTICED_MS)
    expect(await cluster.tickets.find(REGION, userId)).toBeNull()
    expect((await cluster.users.get(userId)).record.occupation.type).toBe('idle')
  })

  test('[P1] what reached the primary that was replaced after that is said again later', async () => {
    const cluster = await startCluster()
    await cluster.clock.advance(NOTICED_MS)
    cluster.store.runId = 'another'
    await cluster.clock.advance(NOTICED_MS)
    const ana = await cluster.node(0).connect('ana')
    expect(await ana.ask({ type: 'find', mode: 'casual' })).toMatchObject({ type: 'ok' })
    const ticket = await cluster.tickets.find(REGION, ana.userId)
    cluster.others.goBackTo(NOTHING)
    await cluster.clock.advance(5_000)
    expect(await cluster.tickets.find(REGION, ana.userId)).toEqual(ticket)
  })
})

describe('a FIND whose outcome is not known', () => {
  /** Only the first half of the FIND reaches the store: the player's record, and not the ticket. */
  async function halfWritten() {
    let whole = false
    const cluster = await startCluster({ servers: 0 })
    const refused = async () => {
      throw new Error('out of reach')
    }
    const tickets = new Proxy(cluster.tickets, {
      get: (queue, name) => (name === 'enqueue' && !whole ? refused : Reflect.get(queue, name)),
    })
    const ana = await (await cluster.add({ tickets })).connect('ana')
    expect(await ana.ask({ type: 'find', mode: 'casual' })).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await cluster.tickets.find(REGION, ana.userId)).toBeNull()
    whole = true
    return { cluster, ana }
  }

  test('[P4] repeated, is success: the ticket stands, and QUEUE comes within a second', async () => {
    const { cluster, ana } = await halfWritten()
    expect(await ana.ask({ type: 'find', mode: 'casual' })).toMatchObject({ code: 'ALREADY_QUEUED' })
    expect(await cluster.tickets.find(REGION, ana.userId)).not.toBeNull()
    await cluster.clock.advance(1_000)
    expect(ana.of('queue').length).toBeGreaterThan(0)
  })

  test('[P1] never repeated, is in the queue all the same, or not at all: never half', async () => {
    const { cluster, ana } = await halfWritten()
    await cluster.clock.advance(6_000)
    expect(await cluster.tickets.find(REGION, ana.userId)).not.toBeNull()
    await cluster.clock.advance(1_000)
    expect(ana.of('queue').length).toBeGreaterThan(0)
  })
})

test('[P1] QUEUE comes to a socket that never heard how the game before ended', async () => {
  const cluster = await startCluster({ servers: 2 })
  const here = await cluster.node(0).connect('ana')
  const bot = await here.ask({ type: 'find', mode: 'bot', level: 1 })
  // WELCOME names the game; nobody watches it there.
  const there = await cluster.node(1).connect('ana')
  expect(await here.ask({ type: 'resign', gameId: bot?.type === 'ok' ? bot.value! : '' })).toMatchObject({ type: 'ok' })
  await cluster.clock.settle()
  expect(await there.ask({ type: 'find', mode: 'casual' })).toMatchObject({ type: 'ok' })
  await cluster.clock.advance(10_000)
  expect(there.of('queue').length).toBeGreaterThan(3)
})
