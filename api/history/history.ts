import { OpenAPIHono } from '@hono/zod-openapi'
import type { Log } from '../../kit/log.ts'
import type { GameStore } from '../../ports/game-store.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import type { GateEnv } from '../../ports/http/gate/passage.ts'
import type { Signer } from '../../ports/signer.ts'
import { refusal } from '../../protocol/errors.ts'
import { isUserId } from '../../protocol/ids.ts'
import { storeDown } from '../store-down.ts'
import { historyRoute, recordKeysRoute } from './routes.ts'
import { HistoryQuery, playedGame } from './schemas.ts'

export interface HistoryDeps {
  readonly games: Pick<GameStore, 'history'>
  readonly signer: Pick<Signer, 'publicKeys'>
  readonly log: Log
}

/** How long caches may keep the keys, seconds: a new one is published before anybody needs it. */
const KEYS_MAX_AGE_SECONDS = 60
const NO_SUCH_USER = refusal('NOT_FOUND', 'no such user')
const BAD_CURSOR = refusal('BAD_REQUEST', "cursor: none of this player's history")

/** The history service: finished games by player, and the keys that verify their records. */
export function createHistory({ games, signer, log }: HistoryDeps): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  app.onError(storeDown(log))

  gated(app, 'anonymous', historyRoute, async (c) => {
    const userId = c.req.param('userId') ?? ''
    if (!isUserId(userId)) return c.env.refuse(NO_SUCH_USER)
    const query = HistoryQuery.safeParse(c.req.query())
    if (!query.success) {
      const [issue] = query.error.issues
      return c.env.refuse(refusal('BAD_REQUEST', `${issue!.path.join('.')}: ${issue!.message}`))
    }
    const { limit, cursor = null } = query.data
    const page = await games.history(userId, { limit, cursor })
    if (!page.ok) return c.env.refuse(BAD_CURSOR)
    const shown = page.value.games.map((game) => playedGame(userId, game))
    return c.json({ games: shown, cursor: page.value.cursor }, 200, { 'cache-control': 'no-store' })
  })

  gated(app, 'anonymous', recordKeysRoute, async (c) => {
    const headers = { 'cache-control': `public, max-age=${KEYS_MAX_AGE_SECONDS}` }
    return c.json({ keys: await signer.publicKeys() }, 200, headers)
  })
  return { app }
}
