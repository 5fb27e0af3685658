import { expect, test } from 'vitest'
import { playTogether, startCluster, TURN_MS } from '../test-cluster.ts'

/** A game on a server whose process stands still for so long; the deadline before, and what everyone is told then. */
async function stalled(forMs: number, quietMs = 1_000) {
  const { clock, node } = await startCluster()
  const [ana, bo] = [await node(0).connect('ana'), await node(0).connect('bo')]
  const game = await playTogether(ana, bo)
  const { deadline } = ana.of('state')[0]!.game
  await clock.advance(quietMs)
  const told = ana.of('state').length
  node(0).process.pause()
  await clock.advance(forMs)
  node(0).process.wake()
  await clock.advance(200)
  return { clock, ana, bo, game, deadline: deadline!, states: ana.of('state').slice(told) }
}

for (const forMs of [160, 1_000]) {
  test(`[P6] a stall of ${forMs} ms is given back, and everyone is told`, async () => {
    const { states, deadline } = await stalled(forMs)
    expect(states).toHaveLength(1)
    const givenMs = states[0]!.game.deadline! - deadline
    expect(givenMs).toBeGreaterThanOrEqual(forMs)
    expect(givenMs).toBeLessThanOrEqual(forMs + 51)
    expect(states[0]!.version).toBe(1)
  })
}

test('[P6] short pauses are none', async () => {
  expect((await stalled(90)).states).toEqual([])
})

test('[P6] nobody forfeits because the server stood still at the deadline', async () => {
  // Just before the looks at deadlines and at the clock: whichever comes first then.
  const { clock, ana, bo, game, deadline } = await stalled(2_000, 29_990)
  expect(clock.now()).toBeGreaterThan(deadline)
  expect(ana.of('ended')).toEqual([])
  const { gameId } = game
  expect(await game.sockets[0].ask({ type: 'move', gameId, ply: 0, cell: 4 })).toMatchObject({ type: 'ok' })
  await clock.advance(31_000)
  expect(bo.of('ended')).toMatchObject([{ reason: 'timeout', winner: 0 }])
})

test('[P6] after time was given back, the next turn is no longer than any', async () => {
  const { clock, ana, game } = await stalled(20_000)
  const { gameId } = game
  expect(await game.sockets[0].ask({ type: 'move', gameId, ply: 0, cell: 4 })).toMatchObject({ type: 'ok' })
  await clock.advance(29_500)
  expect(ana.of('ended')).toEqual([])
  await clock.advance(1_500)
  expect(ana.of('ended')).toMatchObject([{ reason: 'timeout', winner: 0 }])
})

test('[P6] a wall clock that jumps while time is given back moves no deadline', async () => {
  const { clock, ana, game, deadline } = await stalled(1_000)
  clock.jump(3_600_000)
  const { gameId } = game
  expect(ana.of('state').at(-1)!.game.deadline! - deadline).toBeLessThan(1_100)
  await clock.advance(25_000)
  expect(ana.of('ended')).toEqual([])
  expect(await game.sockets[0].ask({ type: 'move', gameId, ply: 0, cell: 4 })).toMatchObject({ type: 'ok' })
})

test('[P6] a game of an owner whose clock was an hour ahead ends in time on its next one', async () => {
  const { clock, node } = await startCluster({ servers: 2 })
  const [ana, bo] = [await node(0).connect('ana'), await node(1).connect('bo')]
  await playTogether(ana, bo)
  clock.jump(-3_600_000)
  node(1).kill()
  await clock.advance(5_000)
  expect(ana.of('ended')).toEqual([])
  await clock.advance(TURN_MS)
  expect(ana.of('ended')).toMatchObject([{ reason: 'timeout' }])
})
