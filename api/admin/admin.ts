import { OpenAPIHono } from '@hono/zod-openapi'
import type { Log } from '../../kit/log.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Account } from '../../ports/account-store.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import { type GateContext, type GateEnv, identityOf } from '../../ports/http/gate/passage.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import type { UserIndex } from '../../ports/user-index.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { isUserId, type UserId } from '../../protocol/ids.ts'
import { NO_SUCH_USER } from '../profile/profile.ts'
import { me } from '../profile/schemas.ts'
import { readBody } from '../read-body.ts'
import { storeDown } from '../store-down.ts'
import { banRoute, enrolRoute, readAccountRoute, unbanRoute, verifyRoute } from './routes.ts'
import { CodeBody } from './schemas.ts'
import { enrol, type SecondFactorDeps, verify } from './second-factor.ts'

export interface AdminDeps extends SecondFactorDeps {
  readonly sessions: Pick<SessionStore, 'find' | 'amend' | 'list'>
  readonly users: Pick<UserIndex, 'get'>
  /** Ends all sessions of a user, and every access token. Safe to repeat. */
  readonly endUser: (userId: UserId) => Promise<void>
  readonly log: Log
}

const NO_LONGER_ADMIN = refusal('FORBIDDEN', 'this account is no admin any more')
const ADMINS_STAY = refusal('FORBIDDEN', 'take the role of this admin first: npm run admin -- revoke')

/** The second factor, and what admins do under `/admin`. */
export function createAdmin(deps: AdminDeps): { readonly app: OpenAPIHono<GateEnv> } {
  const app = new OpenAPIHono<GateEnv>()
  const { accounts, clock } = deps
  app.onError(storeDown(deps.log))

  gated(app, 'signedIn', enrolRoute, async (c) => {
    const enrolled = await enrol(deps, identityOf(c))
    if (!enrolled.ok) return c.env.refuse(enrolled.error)
    c.env.audit('second_factor_enrolled', { outcome: 'done' })
    return c.json(enrolled.value, 201, NO_STORE)
  })
  gated(app, 'signedIn', verifyRoute, async (c) => {
    const body = await readBody(c.req.raw, CodeBody)
    if (!body.ok) return c.env.refuse(body.error)
    const verified = await verify(deps, identityOf(c), body.value.code)
    if (verified.ok) return c.json(verified.value, 200, NO_STORE)
    c.env.audit('second_factor_refused', { outcome: 'refused', why: verified.error.code })
    return c.env.refuse(verified.error)
  })

  gated(app, 'admin', readAccountRoute, (c) => onAccount(c, async (account) => ok(account)))
  gated(app, 'admin', banRoute, (c) =>
    onAccount(c, async ({ userId, role }) => {
      if (role === 'admin') return err(ADMINS_STAY)
      const banned = await accounts.setBanned(userId, true, clock.now())
      if (banned.ok) await deps.endUser(userId)
      return banned.ok ? banned : err(NO_SUCH_USER)
    }),
  )
  gated(app, 'admin', unbanRoute, (c) =>
    onAccount(c, async ({ userId }) => {
      const unbanned = await accounts.setBanned(userId, false, clock.now())
      return unbanned.ok ? unbanned : err(NO_SUCH_USER)
    }),
  )

  /** Runs for the account of the path, if the caller is an admin now: a token says what was so up to 15 minutes ago. */
  async function onAccount(
    c: GateContext,
    run: (account: Account) => Promise<Result<Account, Refusal>>,
  ): Promise<Response> {
    const caller = await accounts.get(identityOf(c).userId)
    if (caller?.role !== 'admin' || caller.state !== 'active') return c.env.refuse(NO_LONGER_ADMIN)
    const userId = c.req.param('userId') ?? ''
    const account = isUserId(userId) ? await accounts.get(userId) : null
    if (account === null) return c.env.refuse(NO_SUCH_USER)
    const done = await run(account)
    return done.ok ? c.json(await adminView(done.value), 200, NO_STORE) : c.env.refuse(done.error)
  }

  async function adminView(account: Account) {
    const { userId, state, updatedAtMs } = account
    const [sessions, { record }, factor] = await Promise.all([
      deps.sessions.list(userId, clock.now()),
      deps.users.get(userId),
      accounts.secondFactor(userId),
    ])
    return {
      ...me(account, ''),
      state,
      updatedAt: new Date(updatedAtMs).toISOString(),
      secondFactor: factor !== null && factor.lastStep !== null,
      sessions: sessions.length,
      doing: record.occupation.type,
    }
  }
  return { app }
}

const NO_STORE = { 'cache-control': 'no-store' }
