import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../kit/random.ts'
import type { GameState } from './game-state.ts'
import type { GameId } from './index.ts'
import { settled, setUp } from './test-harness.ts'
import { faultyPlatform } from './test-platform.ts'
import { playToTheEnd } from './test-play.ts'

const GAMES = 3
const VIRTUAL_MS_MAX = 1_800_000

/** Plays some games against a platform that fails; gives the last state of each, by its id. */
async function playThrough(seed: number, rate: number) {
  const random = seededRandom(seed)
  const { oxo, clock, network } = setUp({ random: seededRandom(seed + 1), giveUpMs: VIRTUAL_MS_MAX })
  const platform = faultyPlatform(network, clock, random, rate)
  const ends = new Map<GameId, GameState>()

  async function playAll(): Promise<void> {
    await oxo.connect()
    for (let n = 0; n < GAMES; n++) {
      const gameId = await oxo.find('bot')
      ends.set(gameId, await playToTheEnd(oxo, gameId, random))
    }
  }

  let done = false
  const played = playAll().finally(() => {
    done = true
  })
  played.catch(() => {})
  for (let ms = 0; !done && ms < VIRTUAL_MS_MAX; ms += 250) await clock.advance(250)
  expect(done).toBe(true)
  await played
  oxo.close()
  await settled()
  return { platform, ends }
}

test('[P3] [P4] through lost connections, lost answers, UNAVAILABLE and missed events every game ends as the platform has it', async () => {
  const seen = new Map<string, number>()
  const runs = fc.asyncProperty(
    fc.integer({ min: 0, max: 0x7fff_ffff }),
    fc.constantFrom(0, 0.2, 0.5),
    async (seed, rate) => {
      const { platform, ends } = await playThrough(seed, rate)
      expect(ends.size).toBe(GAMES)
      for (const [gameId, state] of ends) {
        const { version, game } = platform.truth(gameId)
        expect(state).toMatchObject({ version, ...game })
      }
      for (const [fault, times] of platform.faults) seen.set(fault, (seen.get(fault) ?? 0) + times)
    },
  )
  await fc.assert(runs, { numRuns: 30 })
  const kinds = ['event_missed', 'lost_after', 'lost_before', 'none', 'unavailable_after', 'unavailable_before']
  expect([...seen.keys()].sort()).toEqual(kinds)
})
