import { describe, expect, test } from 'vitest'
import { below, seededRandom } from '../kit/random.ts'
import type { Ticket } from '../ports/ticket-queue.ts'
import { ABSENT_TTL_MS } from '../protocol/limits.ts'
import { LEASE_MS, LEASE_RENEW_MS } from './lease.ts'
import { ROUND_MS } from './matchmaker.ts'
import { PLACING_MAX, REPLACE_AFTER_MS } from './placements.ts'
import { flaky, gate, type Life, mortal, newWorld, type World } from './test-world.ts'

const waiting = async ({ tickets }: World, mode: Ticket['mode'] = 'ranked') =>
  (await tickets.waiting('local', mode)).map(({ userId }) => userId)
const playersOf = ({ servers }: World) => [...servers.rooms.values()]

async function leading() {
  const world = newWorld()
  const maker = world.matchmaker('leader-1')
  maker.start()
  await world.clock.advance(0)
  return { ...world, world, maker }
}

describe('pairing rounds', () => {
  test('[round] who waits is paired within a round, in each mode on its own', async () => {
    const { world, clock, servers, maker, enqueue } = await leading()
    for (const name of ['ana', 'bo']) await enqueue(name)
    await enqueue('cy', { enqueuedAtMs: clock.now() + 1 })
    for (const name of ['di', 'ed']) await enqueue(name, { mode: 'casual' })
    await clock.advance(ROUND_MS)
    expect(playersOf(world).map((players) => [...players].sort())).toEqual([
      ['di', 'ed'],
      ['ana', 'bo'],
    ])
    expect(servers.asked.map(({ match }) => match.mode)).toEqual(['casual', 'ranked'])
    expect(await waiting(world)).toEqual(['cy'])
    expect(await world.tickets.pending('local')).toEqual([])
    expect(maker.counts).toMatchObject({
      leading: true,
      pairs: 2,
      placed: 2,
      placing: 0,
      waiting: { ranked: 3, casual: 2 },
    })
  })

  test('[reason] a match says who, when and why', async () => {
    const { clock, servers, enqueue } = await leading()
    const ana = await enqueue('ana', { rating: 1_400 })
    await clock.advance(1_000)
    const bo = await enqueue('bo', { rating: 1_460 })
    await clock.advance(1_000)
    const [asked] = servers.asked
    expect(asked!.match).toMatchObject({ mode: 'ranked', region: 'local', tickets: [ana, bo] })
    const [anaMs, boMs] = asked!.match.reason.waitedMs
    expect(anaMs - boMs).toBe(1_000)
    expect(asked!.match.reason).toEqual({ waitedMs: [anaMs, boMs], width: 50 + Math.floor(boMs / 40), distance: 60 })
    expect(asked!.match.pairedAtMs).toBe(bo.enqueuedAtMs + boMs)
    expect(boMs).toBeGreaterThanOrEqual(400)
  })

  test('[counts] gauges and histograms tell how long players wait', async () => {
    const { clock, maker, enqueue } = await leading()
    await enqueue('ana')
    await enqueue('cy', { rating: 2_000 })
    await enqueue('di', { rating: 2_000, absentSinceMs: clock.now() })
    await clock.advance(300)
    expect(maker.counts).toMatchObject({ waiting: { ranked: 2, casual: 0 }, absent: 1 })
    expect(maker.counts.oldestMs.ranked).toBeGreaterThanOrEqual(250)
    await enqueue('bo', { rating: 1_530 })
    await clock.advance(ROUND_MS)
    const { waitedMs, distance } = maker.counts
    expect(waitedMs.ranked.bounds.filter((_, i) => waitedMs.ranked.counts[i]! > 0)).toEqual([50, 500])
    expect(distance.ranked).toMatchObject({ counts: [0, 0, 0, 1, 0, 0, 0, 0, 0], sum: 30 })
    expect(distance.casual.sum).toBe(0)
  })

  test('[bounded] servers that do not answer stop the pairing at PLACING_MAX; the longest waits went first', async () => {
    const { world, clock, servers, maker, enqueue } = await leading()
    const pairs = PLACING_MAX + 10
    for (let i = 0; i < 2 * pairs; i++) await enqueue(`p${i}`, { enqueuedAtMs: clock.now() - (2 * pairs - i) })
    for (let i = 0; i < PLACING_MAX; i++) servers.moods.push('never answers')
    await clock.advance(ROUND_MS * 4)
    expect(maker.counts.placing).toBe(PLACING_MAX)
    const left = await waiting(world)
    expect(left).toHaveLength(20)
    expect(left.every((userId) => Number(userId.slice(1)) >= 2 * pairs - 60)).toBe(true)
    await clock.advance(2 * REPLACE_AFTER_MS)
    expect(maker.counts).toMatchObject({ placed: pairs, placing: 0 })
  })
})

describe('placing', () => {
  for (const mood of ['request lost', 'answer lost', 'never answers', 'breaks'] as const) {
    test(`[place] ${mood}: the same match again after 2 s, one room`, async () => {
      const { world, clock, servers, maker, enqueue } = await leading()
      servers.moods.push(mood, mood)
      for (const name of ['ana', 'bo']) await enqueue(name)
      await clock.advance(3 * REPLACE_AFTER_MS)
      const times = servers.asked.map(({ atMs }) => atMs)
      expect(times.map((atMs) => atMs - times[0]!)).toEqual([0, REPLACE_AFTER_MS, 2 * REPLACE_AFTER_MS])
      expect(new Set(servers.asked.map(({ match }) => match.id)).size).toBe(1)
      expect(playersOf(world)).toHaveLength(1)
      expect(await world.tickets.pending('local')).toEqual([])
      expect(maker.counts).toMatchObject({ placed: 1, replaced: 2, placing: 0 })
    })
  }

  test('[place] refused: who is free waits again with the old time, and plays the next', async () => {
    const { world, clock, servers, maker, enqueue } = await leading()
    servers.enter((await enqueue('ana')).userId)
    const bo = await enqueue('bo')
    await clock.advance(ROUND_MS)
    expect(await world.tickets.waiting('local', 'ranked')).toEqual([bo])
    await enqueue('cy')
    await clock.advance(ROUND_MS)
    expect(playersOf(world).map((players) => [...players].sort())).toEqual([['bo', 'cy']])
    expect(maker.counts).toMatchObject({ pairs: 2, refused: 1, placed: 1 })
  })

  test('[place] a refusal that comes when a later attempt was made does not count', async () => {
    const world = newWorld()
    const refusals: (() => void)[] = []
    const maker = world.matchmaker('leader-1', {
      place: async (match) => {
        if (refusals.length > 0) return world.servers.place(match)
        return new Promise((resolve) => {
          refusals.push(() => resolve({ type: 'refused', keep: match.tickets.map(({ userId }) => userId) }))
        })
      },
    })
    maker.start()
    world.servers.moods.push('answer lost')
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(ROUND_MS + REPLACE_AFTER_MS)
    refusals[0]!()
    await world.clock.advance(ROUND_MS)
    expect(playersOf(world)).toHaveLength(1)
    expect(await waiting(world)).toEqual([])
    await world.clock.advance(REPLACE_AFTER_MS)
    expect(maker.counts).toMatchObject({ refused: 0, placed: 1, placing: 0 })
  })

  test('[place] a list of pending matches that is older than a verdict revives no match', async () => {
    const world = newWorld()
    const [listed, answered] = [gate(), gate()]
    const asked: string[] = []
    const maker = world.matchmaker('leader-1', {
      tickets: {
        ...world.tickets,
        async pending(region) {
          const pending = await world.tickets.pending(region)
          if (pending.length > 0) await listed.opened
          return pending
        },
      },
      async place(match) {
        asked.push(match.id)
        if (asked.length > 1) return world.servers.place(match)
        await answered.opened
        return { type: 'refused', keep: match.tickets.map(({ userId }) => userId) }
      },
    })
    maker.start()
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(1_500)
    answered.open()
    await world.clock.settle()
    expect(await waiting(world)).toEqual(['ana', 'bo'])
    listed.open()
    await world.clock.advance(ROUND_MS)
    expect(asked).toHaveLength(2)
    expect(new Set(asked).size).toBe(2)
    expect(maker.counts).toMatchObject({ refused: 1, placed: 1 })
  })

  test('[place] the first verdict stands, whatever a later answer says', async () => {
    const world = newWorld()
    const [first, second] = [gate(), gate()]
    let [attempts, storeDown] = [0, true]
    const maker = world.matchmaker('leader-1', {
      tickets: {
        ...world.tickets,
        placed: async (region, id) => {
          if (storeDown) throw new Error('store down')
          await world.tickets.placed(region, id)
        },
      },
      async place(match) {
        attempts += 1
        if (attempts === 1) {
          await first.opened
          return world.servers.place(match)
        }
        await second.opened
        return { type: 'refused', keep: match.tickets.map(({ userId }) => userId) }
      },
    })
    maker.start()
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(REPLACE_AFTER_MS + ROUND_MS)
    first.open()
    await world.clock.settle()
    second.open()
    await world.clock.settle()
    storeDown = false
    await world.clock.advance(REPLACE_AFTER_MS)
    expect(playersOf(world)).toHaveLength(1)
    expect(await waiting(world)).toEqual([])
    expect(maker.counts).toMatchObject({ refused: 0, placed: 1, placing: 0 })
  })

  test('[verdict] a store that is down when the verdict is known hears it later; the server is not asked again', async () => {
    for (const mood of ['opens', 'refuses'] as const) {
      const world = newWorld()
      let down = true
      const failing = (call: () => Promise<void>) => (down ? Promise.reject(new Error('store down')) : call())
      const maker = world.matchmaker('leader-1', {
        tickets: {
          ...world.tickets,
          placed: (...args) => failing(() => world.tickets.placed(...args)),
          requeue: (...args) => failing(() => world.tickets.requeue(...args)),
        },
      })
      maker.start()
      world.servers.moods.push(mood)
      for (const name of ['ana', 'bo']) await world.enqueue(name)
      await world.clock.advance(REPLACE_AFTER_MS)
      expect(world.servers.asked).toHaveLength(1)
      expect(await world.tickets.pending('local')).toHaveLength(1)
      down = false
      await world.clock.advance(REPLACE_AFTER_MS + ROUND_MS)
      expect(playersOf(world)).toHaveLength(1)
      expect(await world.tickets.pending('local')).toEqual([])
      expect(maker.counts.placing).toBe(0)
    }
  })
})

describe('absent players', () => {
  test('[P5] keep their place for ABSENT_TTL_MS, unpaired; then the ticket ends and is reported', async () => {
    const { world, clock, maker, enqueue, expired } = await leading()
    const ana = await enqueue('ana', { absentSinceMs: clock.now() })
    await enqueue('bo')
    await clock.advance(ABSENT_TTL_MS)
    expect(await waiting(world)).toEqual(['ana', 'bo'])
    await clock.advance(2_000)
    expect(await waiting(world)).toEqual(['bo'])
    expect(expired).toEqual([ana])
    expect(maker.counts.expired).toBe(1)
  })

  test('[P5] who comes back in time is paired', async () => {
    const { world, clock, enqueue, expired } = await leading()
    const ana = await enqueue('ana', { absentSinceMs: clock.now() })
    await enqueue('bo')
    await clock.advance(ABSENT_TTL_MS - 1)
    await world.tickets.touch('local', ana.userId, 'n2.boot1', null)
    await clock.advance(ROUND_MS)
    expect(playersOf(world)).toHaveLength(1)
    expect(expired).toEqual([])
  })

  test('[P5] players of a dead server are absent from when it is known, and are paired once they are elsewhere', async () => {
    const world = newWorld()
    const maker = world.matchmaker('leader-1', { nodeLives: (node) => node !== 'dead' })
    maker.start()
    const names = ['ana', 'bo', 'cy']
    for (const name of names) await world.enqueue(name, { node: 'dead', rating: 1_500 })
    await world.clock.advance(ABSENT_TTL_MS - 1_000)
    expect(maker.counts.absent).toBe(3)
    for (const { userId } of await world.tickets.waiting('local', 'ranked')) {
      if (userId !== 'cy') await world.tickets.touch('local', userId, 'n2.boot1', null)
    }
    await world.clock.advance(ROUND_MS)
    expect(playersOf(world).map((players) => [...players].sort())).toEqual([['ana', 'bo']])
    await world.clock.advance(2_000)
    expect(world.expired.map(({ userId }) => userId)).toEqual(['cy'])
    expect(await waiting(world)).toEqual([])
  })

  test('[P5] a report that fails is logged and stops nothing', async () => {
    const world = newWorld()
    const maker = world.matchmaker('leader-1', {
      expired: () => {
        throw new Error('index down')
      },
    })
    maker.start()
    await world.enqueue('ana', { absentSinceMs: world.clock.now() - ABSENT_TTL_MS - 1 })
    await world.clock.advance(100)
    expect(world.logged).toContain('ticket_expiry_failed')
    for (const name of ['bo', 'cy']) await world.enqueue(name)
    await world.clock.advance(ROUND_MS)
    expect(playersOf(world)).toHaveLength(1)
  })
})

describe('leaders', () => {
  test('[lease] a standby pairs nobody while another leads, and takes over at once from one that stops', async () => {
    const { world, clock, maker, enqueue } = await leading()
    const standby = world.matchmaker('leader-2')
    standby.start()
    for (const name of ['ana', 'bo']) await enqueue(name)
    await clock.advance(2 * LEASE_MS)
    expect([maker.counts.pairs, standby.counts.pairs]).toEqual([1, 0])
    await enqueue('cy')
    await clock.advance(ROUND_MS)
    expect(maker.counts.waiting.ranked).toBe(1)
    await maker.stop()
    expect(maker.counts).toMatchObject({ leading: false, waiting: { ranked: 0 } })
    await enqueue('di')
    await clock.advance(LEASE_RENEW_MS + ROUND_MS)
    expect(standby.counts).toMatchObject({ leading: true, pairs: 1 })
  })

  test('[lease] stopping gives matches under way their time, then leaves them to the next', async () => {
    const { world, clock, servers, maker, enqueue } = await leading()
    servers.moods.push('never answers', 'never answers', 'never answers')
    for (const name of ['ana', 'bo']) await enqueue(name)
    await clock.advance(ROUND_MS)
    const stopped = maker.stop()
    await clock.advance(REPLACE_AFTER_MS)
    await stopped
    expect(maker.counts).toMatchObject({ leading: false, placing: 0 })
    const asked = servers.asked.length
    await clock.advance(3 * REPLACE_AFTER_MS)
    expect(servers.asked).toHaveLength(asked)
    servers.moods.length = 0
    const next = world.matchmaker('leader-2')
    next.start()
    await clock.advance(LEASE_RENEW_MS + ROUND_MS)
    expect(playersOf(world)).toHaveLength(1)
    expect(next.counts).toMatchObject({ pairs: 0, placed: 1 })
  })

  test('[lease] a leader cut off from the store stops on its own when another may lead, and leads again later', async () => {
    const world = newWorld()
    let cut = false
    const offline = <T>(call: () => Promise<T>): Promise<T> => (cut ? Promise.reject(new Error('cut off')) : call())
    const maker = world.matchmaker('leader-1', {
      tickets: {
        ...world.tickets,
        lead: (...args) => offline(() => world.tickets.lead(...args)),
        waiting: (...args) => offline(() => world.tickets.waiting(...args)),
      },
    })
    maker.start()
    await world.clock.advance(100)
    cut = true
    await world.clock.advance(LEASE_MS - 100 - 2 * LEASE_RENEW_MS)
    expect(maker.counts.leading).toBe(true)
    await world.clock.advance(2 * LEASE_RENEW_MS)
    expect(maker.counts.leading).toBe(false)
    expect(world.logged.filter((event) => event === 'matchmaker_round_failed')).toHaveLength(1)
    cut = false
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(2 * LEASE_RENEW_MS)
    expect(world.logged).toContain('matchmaker_recovered')
    expect(playersOf(world)).toHaveLength(1)
  })

  test('[fence] who only believes to lead takes no pair, and stops', async () => {
    const world = newWorld()
    await world.tickets.lead('local', 'another', LEASE_MS)
    const maker = world.matchmaker('leader-1', { tickets: { ...world.tickets, lead: async () => 99 } })
    maker.start()
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(ROUND_MS)
    expect(world.logged).toEqual(['matchmaker_leads', 'matchmaker_lead_lost'])
    expect(maker.counts).toMatchObject({ leading: false, pairs: 0 })
    expect(await waiting(world)).toEqual(['ana', 'bo'])
  })

  test('[lease] a pair taken by a leader whose lease ended meanwhile is placed by the next one alone', async () => {
    const world = newWorld()
    const reply = gate()
    let asked = 0
    const slow = world.matchmaker('leader-1', {
      tickets: {
        ...world.tickets,
        async takePair(epoch, match) {
          const answer = await world.tickets.takePair(epoch, match)
          await reply.opened
          return answer
        },
        lead: async (region, leader, leaseMs) =>
          world.clock.monotonic() > 0 ? null : world.tickets.lead(region, leader, leaseMs),
      },
      place: async () => {
        asked += 1
        return { type: 'unknown' }
      },
    })
    slow.start()
    for (const name of ['ana', 'bo']) await world.enqueue(name)
    await world.clock.advance(LEASE_MS)
    world.matchmaker('leader-2').start()
    await world.clock.advance(ROUND_MS)
    reply.open()
    await world.clock.advance(2 * REPLACE_AFTER_MS)
    expect([asked, world.servers.asked.length]).toEqual([0, 1])
    expect(playersOf(world)).toHaveLength(1)
  })

  test('[lease] a store that is down while stopping holds nothing up', async () => {
    const world = newWorld()
    let down = false
    const maker = world.matchmaker('leader-1', {
      tickets: {
        ...world.tickets,
        lead: async (...args) => (down ? Promise.reject(new Error('down')) : world.tickets.lead(...args)),
      },
    })
    maker.start()
    await world.clock.advance(100)
    down = true
    await maker.stop()
    expect(world.logged).toContain('matchmaker_release_failed')
  })
})

describe('whoever dies when', () => {
  /** Twelve players who come over a second; who still can cancels once and comes again. */
  async function evening(world: World): Promise<void> {
    for (let i = 0; i < 12; i++) {
      const one = await world.enqueue(`p${i}`, { rating: 1_500 + 7 * (i % 4), mode: i % 3 === 0 ? 'casual' : 'ranked' })
      await world.clock.advance(i % 2 === 0 ? 20 : 110)
      if (await world.tickets.cancel('local', one.userId, one.id))
        await world.tickets.enqueue({ ...one, id: `again-${i}` })
    }
  }

  async function expectAllPlay(world: World): Promise<void> {
    const playing = playersOf(world).flat()
    expect(new Set(playing).size).toBe(playing.length)
    expect(playing).toHaveLength(12)
    expect([...(await waiting(world)), ...(await waiting(world, 'casual'))]).toEqual([])
    expect(await world.tickets.pending('local')).toEqual([])
  }

  for (const lastCallArrives of [false, true]) {
    const when = lastCallArrives ? 'between a call and its reply' : 'before a call'
    test(`[one game] leader killed ${when}, for each call: nobody in two games, no ticket lost for over 5 s`, async () => {
      let kills = 0
      for (let dieAt = 1; ; dieAt++) {
        const world = newWorld()
        const life: Life = { dieAt, lastCallArrives, calls: 0 }
        const servers = mortal({ place: world.servers.place }, life)
        world.matchmaker('leader-1', { tickets: mortal(world.tickets, life), place: servers.place }).start()
        world.matchmaker('leader-2').start()
        await evening(world)
        await world.clock.advance(5_000)
        await expectAllPlay(world)
        if (life.calls < dieAt || dieAt > 120) break
        kills++
      }
      expect(kills).toBeGreaterThan(50)
    })
  }

  test('[one game] calls and replies lost at random, servers unsure: all play in the end, each once', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const world = newWorld()
      const moods = ['opens', 'opens', 'request lost', 'answer lost', 'never answers', 'breaks', 'refuses'] as const
      for (let i = 0; i < 12; i++) world.servers.moods.push(moods[below(random, moods.length)]!)
      for (const leader of ['leader-1', 'leader-2']) {
        world.matchmaker(leader, { tickets: flaky(world.tickets, random, 10) }).start()
      }
      await evening(world)
      await world.clock.advance(20_000)
      await expectAllPlay(world)
    }
  })
})
