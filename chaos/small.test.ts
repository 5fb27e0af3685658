import { expect, test } from 'vitest'
import { systemClock as clock } from '../kit/clock.ts'
import { seededRandom } from '../kit/random.ts'
import { reportOf } from './report.ts'
import { run } from './run.ts'
import { drains, kills, pauses } from './scenarios.ts'
import { startSingleStore } from './store.ts'

test('[P1] nothing acknowledged is lost when a server is killed, one is paused and one is drained', async () => {
  const store = await startSingleStore(clock)
  try {
    const result = await run({
      clock,
      random: seededRandom(1),
      name: 'small',
      servers: 3,
      games: 5,
      thinkMs: 200,
      target: store.target,
      proxied: true,
      keep: false,
      say: () => {},
      async scenario(stage) {
        await kills(1)(stage)
        await pauses(1, 2_000)(stage)
        await drains(1)(stage)
      },
    })
    const { lostAcks, doubleMoves, violations, faults, moves, results } = reportOf([result])
    expect({ lostAcks, doubleMoves, faults }).toEqual({ lostAcks: 0, doubleMoves: 0, faults: 3 })
    expect(violations).toEqual(Object.fromEntries(Object.keys(violations).map((name) => [name, 0])))
    expect(result.verdict.examples).toEqual([])
    expect(moves).toBeGreaterThan(20)
    expect(results).toBeGreaterThan(3)
  } finally {
    await store.stop()
  }
})
