import { expect, test } from 'vitest'
import { ABSENT_TTL_MS } from '../protocol/limits.ts'
import { ROUND_MS } from './matchmaker.ts'
import { leading, newWorld, playersOf, waiting } from './test-world.ts'

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
