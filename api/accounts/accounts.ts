import { OpenAPIHono } from '@hono/zod-openapi'
import type { JSONWebKeySet } from 'jose'
import { documented } from '../../ports/http/documented.ts'
import { gated } from '../../ports/http/gate/gated.ts'
import type { GateEnv } from '../../ports/http/gate/passage.ts'
import type { Session } from '../../ports/session-store.ts'
import { beginLogin, endLogin } from './code-flow.ts'
import type { AccountsDeps } from './deps.ts'
import { issueNonce, loginWithIdToken } from './id-token.ts'
import { logout } from './logout.ts'
import { refresh } from './refresh.ts'
import { reply, serving } from './reply.ts'
import {
  beginLoginRoute,
  endLoginRoute,
  guestRoute,
  jwksRoute,
  loginRoute,
  logoutRoute,
  nonceRoute,
  providersRoute,
  refreshRoute,
} from './routes.ts'
import { guestSignIn, listProviders } from './sign-in.ts'
import { ACCESS_TOKEN_SECONDS, accessToken } from './tokens.ts'

export interface Accounts {
  readonly app: OpenAPIHono<GateEnv>
  /** Public keys as they are now, for verifiers in the same process. */
  readonly jwks: () => JSONWebKeySet
  /** A fresh access token of a session, and how long it is good, seconds. */
  readonly mint: (session: Session) => Promise<{ readonly accessToken: string; readonly expiresIn: number }>
}

/** How long caches may keep the public keys, seconds. */
const JWKS_MAX_AGE_SECONDS = 300

/** The accounts service: guests, sign-in by providers, fresh tokens, the end of sessions, public keys. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const app = new OpenAPIHono<GateEnv>()
  gated(app, 'anonymous', guestRoute, serving(guestSignIn(deps)))
  gated(app, 'anonymous', refreshRoute, serving(refresh(deps)))
  gated(app, 'anonymous', logoutRoute, serving(logout(deps)))
  gated(app, 'anonymous', providersRoute, () => reply(200, listProviders(deps)))
  gated(app, 'anonymous', nonceRoute, serving(issueNonce(deps)))
  gated(app, 'anonymous', loginRoute, serving(loginWithIdToken(deps)))
  gated(app, 'anonymous', beginLoginRoute, (c) => serving(beginLogin(deps, c.req.param('provider') ?? ''))(c))
  gated(app, 'anonymous', endLoginRoute, serving(endLogin(deps)))
  documented(app, jwksRoute, (c) =>
    c.json(deps.keys.jwks(), 200, { 'cache-control': `public, max-age=${JWKS_MAX_AGE_SECONDS}` }),
  )
  return {
    app,
    jwks: deps.keys.jwks,
    mint: async (session) => ({
      accessToken: await accessToken(deps.keys.keys()[0], deps.issuer, session, deps.clock.now()),
      expiresIn: ACCESS_TOKEN_SECONDS,
    }),
  }
}
