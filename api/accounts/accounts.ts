import { OpenAPIHono } from '@hono/zod-openapi'
import type { JSONWebKeySet } from 'jose'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import { errorResponse } from '../../ports/http/error-response.ts'
import { requestIdOf } from '../../ports/http/request-id.ts'
import type { SessionStore } from '../../ports/session-store.ts'
import { refusal } from '../../protocol/errors.ts'
import { answering } from './answer.ts'
import { type AuthKeys, publicJwks } from './keys.ts'
import { guestRoute, jwksRoute, refreshRoute } from './routes.ts'
import { guestSignIn, refresh } from './sign-in.ts'

export interface AccountsDeps {
  readonly keys: AuthKeys
  readonly sessions: SessionStore
  /** `iss` of access tokens. */
  readonly issuer: string
  /** Region of new guests. */
  readonly region: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface Accounts {
  /** Mountable with `route('/', app)`: its paths join the parent's OpenAPI document, and it adds no middleware there. */
  readonly app: OpenAPIHono
  /** Public keys, for servers in the same process. */
  readonly jwks: JSONWebKeySet
}

/** How long caches may keep the public keys, seconds. */
const JWKS_MAX_AGE_SECONDS = 300

/** The accounts service: guests, fresh tokens, public keys. */
export function createAccounts(deps: AccountsDeps): Accounts {
  const app = new OpenAPIHono()
  const jwks = publicJwks(deps.keys)
  const jwksText = JSON.stringify(jwks)
  const answer = answering(deps)

  for (const route of [guestRoute, refreshRoute, jwksRoute]) app.openAPIRegistry.registerPath(route)
  app.post(guestRoute.path, (c) => answer(c.req.raw, 201, guestSignIn(deps)))
  app.post(refreshRoute.path, (c) => answer(c.req.raw, 200, refresh(deps)))
  app.get(jwksRoute.path, (c) =>
    c.body(jwksText, 200, {
      'content-type': 'application/json',
      'cache-control': `public, max-age=${JWKS_MAX_AGE_SECONDS}`,
    }),
  )
  app.notFound((c) => {
    const requestId = requestIdOf(c.req.raw.headers, deps.random)
    return errorResponse(refusal('NOT_FOUND', 'no such path'), requestId, deps.clock.now())
  })
  return { app, jwks }
}
