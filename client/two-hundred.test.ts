import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../kit/random.ts'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { connect, type GameId, type GameState, type Oxo } from './index.ts'
import { playToTheEnd } from './test-play.ts'

const GAMES = 200

/** Waits for the game that the queue leads to. */
const matched = (oxo: Oxo): Promise<GameId> =>
  new Promise((resolve) => {
    const off = oxo.on('state', ({ gameId }) => {
      off()
      resolve(gameId)
    })
  })

describe('the SDK', () => {
  let server: TestServer
  const clients: Oxo[] = []
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    await server?.stop()
  })

  test('plays 200 games of two people each at once: every game ends, and both sides hold the same state', {
    timeout: 40_000,
  }, async () => {
    const startedAt = performance.now()
    clients.push(...(await Promise.all(Array.from({ length: 2 * GAMES }, () => connect({ url: server.url })))))
    const ends = await Promise.all(
      clients.map(async (oxo, index) => {
        const found = matched(oxo)
        await oxo.find('casual')
        return playToTheEnd(oxo, await found, seededRandom(index))
      }),
    )
    const byGame = Map.groupBy(ends, ({ gameId }) => gameId)
    expect(byGame.size).toBe(GAMES)
    for (const [one, other, ...more] of byGame.values()) {
      expect(more).toEqual([])
      expect([one?.you, other?.you].sort()).toEqual([0, 1])
      expect(one?.status).toBe('completed')
      // `watchers` and who is connected are told as best effort; all else is equal to the last bit.
      const same = ({ you: _, watchers: __, players, ...rest }: GameState) => ({
        ...rest,
        players: players.map(({ id }) => id),
      })
      expect(same(one!)).toEqual(same(other!))
    }
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })
})
