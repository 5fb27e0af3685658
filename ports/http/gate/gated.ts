import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Handler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ErrorCode } from '../../../protocol/errors.ts'
import { type DocumentedRoute, refusals, serve } from '../documented.ts'
import { type Access, accessRefusal, challenge } from './access.ts'
import type { GateEnv } from './passage.ts'

/** Names who may call an operation in the OpenAPI document, in the words of `Access`: a scope as `scope:NAME`. */
export const ACCESS_EXTENSION = 'x-access'

/**
 * Serves a route to whom `access` lets in, and puts it with its security and the refusals of the gate into the document. The only way to
 * add a route behind the gate: one without a declared access does not exist.
 */
export function gated<E extends GateEnv>(
  app: OpenAPIHono<E>,
  access: Access,
  route: DocumentedRoute,
  handler: Handler<E>,
): void {
  const described: DocumentedRoute = {
    ...route,
    ...(access === 'anonymous' ? {} : { security: typeof access === 'string' ? TOKEN : TOKEN_OR_KEY }),
    responses: { ...refusals(...codesOf(access)), ...route.responses },
  }
  app.openAPIRegistry.registerPath(Object.assign(described, { [ACCESS_EXTENSION]: accessName(access) }))
  serve(app, route, requires<E>(access), handler)
}

const accessName = (access: Access): string => (typeof access === 'string' ? access : `scope:${access.scope}`)
const TOKEN = [{ accessToken: [] }]
const TOKEN_OR_KEY = [{ accessToken: [] }, { apiKey: [] }]

const codesOf = (access: Access): ErrorCode[] =>
  access === 'anonymous' ? ['RATE_LIMITED'] : ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE']

/** Lets whom `access` names pass. Without a passage nobody does: the app stands outside the gate. */
export const requires = <E extends GateEnv>(access: Access) =>
  createMiddleware<E>(async (c, next) => {
    const { caller, refuse, audit } = c.env
    const why = accessRefusal(caller, access)
    if (access === 'admin') {
      const target = `${c.req.method} ${c.req.path}`
      audit('admin_called', why === null ? { outcome: 'done', target } : { outcome: 'refused', target, why: why.code })
    }
    if (why === null) return next()
    if (why.code !== 'UNAUTHENTICATED') return refuse(why)
    return refuse(why, { 'www-authenticate': challenge(caller.type === 'anonymous' ? caller.problem : null) })
  })
