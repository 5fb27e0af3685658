import { expect, test } from 'vitest'
import { ROUND_MS } from './matchmaker.ts'
import { GIVEN_UP_AFTER_MS, REPLACE_AFTER_MS } from './placements.ts'
import { gate, leading, newWorld, playersOf, waiting } from './test-world.ts'

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

for (const { ageMs, asked } of [
  { ageMs: GIVEN_UP_AFTER_MS - 1, asked: 1 },
  { ageMs: GIVEN_UP_AFTER_MS, asked: 0 },
]) {
  test(`[one game] a match that nobody led for ${ageMs} ms is ${asked === 1 ? 'placed' : 'given up: its game may be over'}`, async () => {
    const world = newWorld()
    const tickets = [await world.enqueue('ana'), await world.enqueue('bo')] as const
    const epoch = (await world.tickets.lead('local', 'leader-0', 1))!
    const reason = { waitedMs: [0, 0], width: 50, distance: 0 } as const
    const match = { id: 'm1', mode: 'ranked', region: 'local', tickets, reason, pairedAtMs: world.clock.now() } as const
    expect(await world.tickets.takePair(epoch, match)).toBe('taken')
    await world.clock.advance(ageMs)
    world.matchmaker('leader-1').start()
    await world.clock.settle()
    expect(world.servers.asked).toHaveLength(asked)
    expect(await world.tickets.pending('local')).toEqual([])
    expect(await waiting(world)).toEqual([])
  })
}
