import { expect, test } from 'vitest'
import { LEASE_MS, LEASE_RENEW_MS } from './lease.ts'
import { ROUND_MS } from './matchmaker.ts'
import { REPLACE_AFTER_MS } from './placements.ts'
import { gate, leading, newWorld, playersOf, waiting } from './test-world.ts'

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
