import { expect, test } from 'vitest'
import { ACCEPT, type Client, INVITE, is, RATED } from './client.ts'
import { play, seated, X_WINS } from './company.ts'
import { scene } from './scene.ts'

const { server, here } = scene()

/** The embedded database has only begun to open, on a machine that does much else. */
const OPENING_MS = 60_000

type Ratings = readonly [readonly [before: number, after: number], readonly [before: number, after: number]]

interface Leaderboard {
  readonly players: readonly { readonly rank: number; readonly rating: number }[]
}

async function ratedOf(client: Client, gameId: string): Promise<Ratings> {
  const seen = () => client.seen(is(RATED, gameId))
  return (await seen().catch(seen))[2] as Ratings
}

test(
  '[RATED] follows ENDED when a ranked game was counted, is the same for both and in the leaderboard, and the next game begins with it',
  async () => {
    const { x, o, gameId } = await here.paired('ranked')
    const before = x.game(gameId).snapshot.players.map(({ rating }) => rating)
    await play({ x, o, gameId }, X_WINS)
    const [ofX, ofO] = await Promise.all([ratedOf(x, gameId), ratedOf(o, gameId)])
    expect(ofO).toEqual(ofX)
    const [[wasX, isX], [wasO, isO]] = ofX
    expect([wasX, wasO]).toEqual(before)
    expect(isX).toBeGreaterThan(wasX)
    expect(isO).toBeLessThan(wasO)

    const ranked = async () => {
      const { players } = (await (await fetch(`${server.url}/leaderboard`)).json()) as Leaderboard
      return players.map(({ rank, rating }) => [rank, rating])
    }
    const best = [
      [1, isX],
      [2, isO],
    ]
    await expect.poll(ranked, { timeout: OPENING_MS / 2, interval: 1_000 }).toEqual(best)

    const from = [x.frames.length, o.frames.length] as const
    await o.ok(ACCEPT, await x.ok(INVITE))
    const next = await seated(x, o, from)
    const ratings = next.x.game(next.gameId).snapshot.players.map(({ rating }) => rating)
    expect(ratings.sort()).toEqual([isX, isO].sort())
  },
  OPENING_MS,
)
