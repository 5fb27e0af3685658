import { OpenAPIHono } from '@hono/zod-openapi'
import { routePath } from 'hono/route'
import { createRefuse, NO_SUCH_PATH, OUTCOME_UNKNOWN, type Refuse } from './refuse.ts'
import type { BaseEnv, HttpDeps } from './types.ts'

/** Methods that metrics name; others share a label, because strangers choose them. */
const KNOWN_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const EVERYTHING = '*'
const UNMATCHED = 'unmatched'

/** An app without routes: measures requests, and answers unknown paths and our own faults in the one error format. */
export function createBaseApp<E extends BaseEnv>(
  deps: HttpDeps,
): { readonly app: OpenAPIHono<E>; readonly refuse: Refuse } {
  const { clock, log, metrics } = deps
  const app = new OpenAPIHono<E>()
  const refuse = createRefuse(deps)

  app.use(EVERYTHING, async (c, next) => {
    const startedMs = clock.monotonic()
    await next()
    const last = routePath(c, -1)
    metrics.httpRequest({
      method: KNOWN_METHODS.has(c.req.method) ? c.req.method : 'other',
      route: last === `/${EVERYTHING}` ? UNMATCHED : last,
      status: c.res.status,
      seconds: (clock.monotonic() - startedMs) / 1000,
    })
  })
  app.notFound((c) => refuse(c, NO_SUCH_PATH))
  app.onError((error, c) => {
    log.error('http_request_failed', {
      requestId: c.env.requestId,
      method: c.req.method,
      path: c.req.path,
      why: error.stack,
    })
    return refuse(c, OUTCOME_UNKNOWN)
  })
  return { app, refuse }
}
