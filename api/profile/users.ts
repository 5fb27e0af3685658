import { OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { ok, type Result } from '../../kit/result.ts'
import type { Account } from '../../ports/account-store.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import { type GateContext, type GateEnv, identityOf } from '../../ports/http/gate/passage.ts'
import type { SessionChanges, SessionStore } from '../../ports/session-store.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { isUserId, type UserId } from '../../protocol/ids.ts'
import { readBody } from '../read-body.ts'
import { storeDown } from '../store-down.ts'
import { type AboutMe, deleteMe, exportOf } from './about-me.ts'
import { block, unblock } from './blocks.ts'
import { changeProfile, checkedChanges, findOwn, findPublic } from './profile.ts'
import {
  blockRoute,
  changeUserRoute,
  deleteRoute,
  exportRoute,
  readBlocksRoute,
  readMeRoute,
  readUserRoute,
  unblockRoute,
} from './routes.ts'
import { me, ProfileChange, publicUser } from './schemas.ts'

export interface UsersDeps extends AboutMe {
  readonly sessions: Pick<SessionStore, 'list' | 'amend'>
  /** What a player may choose as region. */
  readonly regions: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

const NOT_A_USER_ID = refusal('BAD_REQUEST', 'a user id has 1 to 64 of A-Z a-z 0-9 _ -')
/** How long caches may show a profile as it was, seconds. */
const PROFILE_MAX_AGE_SECONDS = 10

/** Profiles: what players say of themselves, whom they block, and all that is stored about them. */
export function createUsers(deps: UsersDeps): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  const { accounts, users, clock } = deps
  app.onError(storeDown(deps.log))

  // The caller's own paths first: `me` would be taken for an id.
  gated(app, 'signedIn', readMeRoute, async (c) => {
    const identity = identityOf(c)
    const account = await findOwn(accounts, identity, clock.now())
    return answer(c, account, (found) => c.json(me(found, identity.region)))
  })
  gated(app, 'signedIn', deleteRoute, async (c) => {
    const done = await deleteMe(deps, identityOf(c), clock.now())
    if (done.ok) c.env.audit('account_deleted', { outcome: 'done' })
    return answer(c, done, () => c.body(null, 204))
  })
  gated(app, 'signedIn', exportRoute, async (c) => {
    const exported = await exportOf(deps, identityOf(c), clock.now())
    if (exported.ok) c.env.audit('data_exported', { outcome: 'done' })
    return answer(c, exported, (all) =>
      c.json(all, 200, { 'content-disposition': 'attachment; filename="oxo-export.json"' }),
    )
  })
  gated(app, 'signedIn', readBlocksRoute, async (c) => {
    const { record } = await users.get(identityOf(c).userId)
    return answer(c, ok(record), ({ blocked }) => c.json({ blocked: [...blocked] }))
  })
  gated(app, 'signedIn', blockRoute, async (c) => {
    const other = otherUser(c)
    if (other === null) return c.env.refuse(NOT_A_USER_ID)
    return answer(c, await block(users, identityOf(c).userId, other), () => c.body(null, 204))
  })
  gated(app, 'signedIn', unblockRoute, async (c) => {
    const other = otherUser(c)
    if (other === null) return c.env.refuse(NOT_A_USER_ID)
    return answer(c, await unblock(users, identityOf(c).userId, other), () => c.body(null, 204))
  })

  gated(app, 'anonymous', readUserRoute, async (c) => {
    const account = await findPublic(accounts, c.req.param('userId') ?? '')
    const headers = { 'cache-control': `public, max-age=${PROFILE_MAX_AGE_SECONDS}` }
    return answer(c, account, (found) => c.json(publicUser(found), 200, headers))
  })
  gated(app, 'signedIn', changeUserRoute, async (c) => {
    const body = await readBody(c.req.raw, ProfileChange)
    if (!body.ok) return c.env.refuse(body.error)
    const changes = checkedChanges(body.value, deps.regions)
    if (!changes.ok) return c.env.refuse(changes.error)
    const identity = identityOf(c)
    const changed = await changeProfile(accounts, identity, c.req.param('userId') ?? '', changes.value, clock.now())
    // New access tokens are made from the session.
    if (changed.ok) await deps.sessions.amend(identity.userId, tokenClaims(changed.value, identity))
    return answer(c, changed, (account) => c.json(me(account, identity.region)))
  })
  return { app }
}

const tokenClaims = ({ displayName, region }: Account, identity: Identity): SessionChanges => ({
  name: displayName,
  region: region ?? identity.region,
})

/** Not for any cache, unless the response says otherwise. */
function answer<T>(c: GateContext, result: Result<T, Refusal>, response: (value: T) => Response): Response {
  if (!result.ok) return c.env.refuse(result.error)
  c.header('cache-control', 'no-store')
  return response(result.value)
}

function otherUser(c: GateContext): UserId | null {
  const given = c.req.param('userId') ?? ''
  return isUserId(given) ? given : null
}
