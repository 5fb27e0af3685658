import { expect, test, vi } from 'vitest'
import { systemClock } from '../kit/clock.ts'
import { crowdOf, startFloor } from './subject.ts'

const bench = { clock: systemClock, env: process.env, dataDir: '' }
const tokens = Array.from({ length: 40 }, () => 'any')

test('[bench] the generator plays game after game on the floor, in both modes, without a gap', async () => {
  const floor = await startFloor(bench)
  const crowd = crowdOf(bench, floor, tokens)
  const { tally } = crowd
  try {
    expect([await crowd.connect(), await crowd.findGames(), crowd.connected()]).toEqual([true, true, 40])
    crowd.playClosedLoop()
    await vi.waitFor(() => expect(tally.games).toBeGreaterThan(100), 10_000)
    // Stopped and started while rematches are under way.
    for (let n = 0; n < 20; n++) {
      const { games } = tally
      await vi.waitFor(() => expect(tally.games).toBeGreaterThan(games), { interval: 1, timeout: 10_000 })
      crowd.pause()
      crowd.playClosedLoop()
    }
    crowd.pause()
    const before = tally.moves
    crowd.playPaced(100)
    await vi.waitFor(() => expect(tally.moves).toBeGreaterThan(before + 60), 10_000)
    expect(Object.fromEntries(tally.errors)).toEqual({})
    expect(tally.moves).toBeGreaterThanOrEqual(tally.games * 9)
  } finally {
    await crowd.close()
    await floor.process.stop()
  }
  expect(crowd.connected()).toBe(0)
})
