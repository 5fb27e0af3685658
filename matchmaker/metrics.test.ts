import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { LEASE_MS } from './lease.ts'
import { healthOf, showCounts } from './metrics.ts'
import { leading, newWorld } from './test-world.ts'

const ABOUT = { region: 'local', version: '1.0.0' }

async function linesOf(registry: Registry): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n')
}

test('[METRICS] oldest ticket, waiting, pairs, waits, distances and who leads, by queue', async () => {
  const { clock, maker, enqueue } = await leading()
  const registry = new Registry()
  showCounts(registry, maker.counts, clock, 'local')
  await enqueue('ana', { enqueuedAtMs: clock.now() - 600 })
  await enqueue('bo', { rating: 1_530 })
  await enqueue('cy', { rating: 2_000, enqueuedAtMs: clock.now() - 20_000 })
  await enqueue('di', { rating: 2_000, absentSinceMs: clock.now() })
  await clock.advance(300)
  const lines = await linesOf(registry)
  for (const line of [
    'oxo_matchmaker_leading{region="local"} 1',
    'oxo_matchmaker_pairs_total{region="local"} 1',
    'oxo_matchmaker_placed_total{region="local"} 1',
    'oxo_matchmaker_waiting_tickets{region="local",mode="ranked"} 1',
    'oxo_matchmaker_waiting_tickets{region="local",mode="casual"} 0',
    'oxo_matchmaker_absent_tickets{region="local"} 1',
    'oxo_matchmaker_oldest_ticket_seconds{region="local",mode="ranked"} 20.3',
    'oxo_matchmaker_oldest_ticket_seconds{region="local",mode="casual"} 0',
    'oxo_matchmaker_wait_seconds_count{region="local",mode="ranked"} 2',
    'oxo_matchmaker_rating_distance_bucket{region="local",mode="ranked",le="25"} 0',
    'oxo_matchmaker_rating_distance_bucket{region="local",mode="ranked",le="50"} 1',
    'oxo_matchmaker_rating_distance_sum{region="local",mode="ranked"} 30',
  ]) {
    expect(lines).toContain(line)
  }
})

test('[METRICS] the oldest ticket grows on while no round succeeds', async () => {
  const world = newWorld()
  let down = false
  const maker = world.matchmaker('leader-1', {
    tickets: {
      ...world.tickets,
      waiting: (region, mode) => (down ? Promise.reject(new Error('store down')) : world.tickets.waiting(region, mode)),
    },
  })
  maker.start()
  const registry = new Registry()
  showCounts(registry, maker.counts, world.clock, 'local')
  await world.enqueue('ana')
  await world.clock.advance(1_000)
  down = true
  await world.clock.advance(30_000)
  expect(await linesOf(registry)).toContain('oxo_matchmaker_oldest_ticket_seconds{region="local",mode="ranked"} 31')
})

test('[health] ok while the store answers who leads, for leader and standby; else unavailable', async () => {
  const world = newWorld()
  let down = false
  const lead: typeof world.tickets.lead = (...args) =>
    down ? Promise.reject(new Error('store down')) : world.tickets.lead(...args)
  const health = (maker: { counts: Parameters<typeof healthOf>[0] }) =>
    healthOf(maker.counts, world.clock.monotonic(), ABOUT)
  const first = world.matchmaker('leader-1', { tickets: { ...world.tickets, lead } })
  const second = world.matchmaker('leader-2')
  expect(health(first)).toEqual({ status: 'unavailable', leading: false, ...ABOUT })
  first.start()
  await world.clock.advance(100)
  second.start()
  await world.clock.advance(1_000)
  expect(health(first)).toEqual({ status: 'ok', leading: true, ...ABOUT })
  expect(health(second)).toEqual({ status: 'ok', leading: false, ...ABOUT })
  down = true
  await world.clock.advance(LEASE_MS + 1_000)
  expect(health(first)).toEqual({ status: 'unavailable', leading: false, ...ABOUT })
  expect(health(second)).toMatchObject({ status: 'ok', leading: true })
})
