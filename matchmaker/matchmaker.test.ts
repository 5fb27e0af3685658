import { expect, test } from 'vitest'
import { ROUND_MS } from './matchmaker.ts'
import { PLACING_MAX, REPLACE_AFTER_MS } from './placements.ts'
import { leading, playersOf, waiting } from './test-world.ts'

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
  const { enqueuedAtMs } = await enqueue('ana')
  await enqueue('cy', { rating: 2_000 })
  await enqueue('di', { rating: 2_000, absentSinceMs: clock.now() })
  await clock.advance(300)
  expect(maker.counts).toMatchObject({ waiting: { ranked: 2, casual: 0 }, absent: 1 })
  expect(maker.counts.oldestSinceMs).toEqual({ ranked: enqueuedAtMs, casual: null })
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
