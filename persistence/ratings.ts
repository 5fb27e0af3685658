import type { Bus } from '../ports/bus.ts'
import type { NodeRegistry } from '../ports/node-registry.ts'
import { encodeRated, RATED_GAMES_MAX } from '../ports/rated-message.ts'
import type { Rated } from '../ports/stats-store.ts'
import type { NewRating, UserIndex } from '../ports/user-index.ts'
import type { UserId } from '../protocol/ids.ts'

export interface RatingNewsOptions {
  readonly users: Pick<UserIndex, 'setRatings'>
  readonly registry: Pick<NodeRegistry, 'nodes'>
  readonly bus: Pick<Bus, 'send'>
}

/** Who must know of new ratings: the user index, by which players are paired, and the sockets that watch the games. May be repeated. */
export function createRatingNews({ users, registry, bus }: RatingNewsOptions) {
  return async (rated: readonly Rated[]): Promise<void> => {
    if (rated.length === 0) return
    await users.setRatings([...newest(rated).values()])
    const nodes = await registry.nodes()
    for (let from = 0; from < rated.length; from += RATED_GAMES_MAX) {
      const games = rated.slice(from, from + RATED_GAMES_MAX).map(({ gameId, ratings }) => [gameId, ratings] as const)
      const message = encodeRated({ type: 'rated', games })
      for (const { node } of nodes) bus.send(node, message)
    }
  }
}

function newest(rated: readonly Rated[]): ReadonlyMap<UserId, NewRating> {
  const news = new Map<UserId, NewRating>()
  for (const { appliedSeq, players, ratings } of rated) {
    for (const seat of [0, 1] as const) {
      const userId = players[seat]
      const known = news.get(userId)
      if (known !== undefined && known.appliedSeq > appliedSeq) continue
      news.set(userId, { userId, rating: ratings[seat][1], appliedSeq })
    }
  }
  return news
}
