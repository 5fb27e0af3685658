import { OpenAPIHono } from '@hono/zod-openapi'
import type { Log } from '../../kit/log.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import type { GateEnv } from '../../ports/http/gate/passage.ts'
import type { Rankings } from '../../ports/rankings.ts'
import { refusal } from '../../protocol/errors.ts'
import { storeDown } from '../store-down.ts'
import { leaderboardRoute } from './routes.ts'
import { type Leaderboard, LeaderboardQuery } from './schemas.ts'

/** How long caches may show a page as it was, seconds: who deletes an account is not shown for longer. */
const MAX_AGE_SECONDS = 10

/** The leaderboard service: all players by rating, page by page. A cursor is the last rank that was shown. */
export function createLeaderboard(rankings: Pick<Rankings, 'page'>, log: Log): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  app.onError(storeDown(log))
  gated(app, 'anonymous', leaderboardRoute, async (c) => {
    const query = LeaderboardQuery.safeParse(c.req.query())
    if (!query.success) {
      const [issue] = query.error.issues
      return c.env.refuse(refusal('BAD_REQUEST', `${issue!.path.join('.')}: ${issue!.message}`))
    }
    const { limit, cursor = '0' } = query.data
    // One more than is shown says whether there is a next page.
    const found = await rankings.page(Number(cursor), limit + 1)
    const players = found.slice(0, limit)
    const page: Leaderboard = { players, cursor: found.length > limit ? `${players.at(-1)!.rank}` : null }
    return c.json(page, 200, { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` })
  })
  return { app }
}
