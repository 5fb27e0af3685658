import { OpenAPIHono } from '@hono/zod-openapi'
import { shownRating } from '../../game/rating.ts'
import { type Statistics, winRateOf } from '../../game/statistics.ts'
import type { Log } from '../../kit/log.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import type { GateEnv } from '../../ports/http/gate/passage.ts'
import type { StatsStore } from '../../ports/stats-store.ts'
import { refusal } from '../../protocol/errors.ts'
import { isUserId, type UserId } from '../../protocol/ids.ts'
import { storeDown } from '../store-down.ts'
import { statsRoute, type UserStats } from './routes.ts'

/** A guest is known from the first finished game on. */
const NO_SUCH_USER = refusal('NOT_FOUND', 'no such user, or a guest who has finished no game')
/** How long caches may show statistics as they were, seconds. */
const MAX_AGE_SECONDS = 5

/** The statistics service: what players' finished games add up to. */
export function createStatistics(stats: Pick<StatsStore, 'statsOf'>, log: Log): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  app.onError(storeDown(log))
  gated(app, 'anonymous', statsRoute, async (c) => {
    const userId = c.req.param('userId') ?? ''
    const found = isUserId(userId) ? await stats.statsOf(userId) : null
    if (found === null) return c.env.refuse(NO_SUCH_USER)
    return c.json(userStats(userId as UserId, found), 200, { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` })
  })
  return { app }
}

const userStats = (userId: UserId, stats: Statistics): UserStats => ({
  userId,
  gamesPlayed: stats.gamesPlayed,
  gamesWon: stats.gamesWon,
  gamesLost: stats.gamesLost,
  gamesDrawn: stats.gamesDrawn,
  winRate: winRateOf(stats),
  currentStreak: stats.currentStreak,
  bestStreak: stats.bestStreak,
  totalPlaytimeMs: stats.totalPlaytimeMs,
  rating: shownRating(stats.rating),
  ratingDeviation: Math.round(stats.rating.deviation),
  ratedAt: stats.ratedAtMs === null ? null : new Date(stats.ratedAtMs).toISOString(),
})
