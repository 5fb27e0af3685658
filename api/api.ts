import { OpenAPIHono } from '@hono/zod-openapi'
import { version } from '../kit/version.ts'
import { errorResponse } from '../ports/http/error-response.ts'
import { createGate, type GateDeps } from '../ports/http/gate/gate.ts'
import { idempotency } from '../ports/http/gate/idempotency.ts'
import type { GateEnv, Passage } from '../ports/http/gate/passage.ts'
import type { FetchHandler } from '../ports/http/node-server.ts'
import { newRequestId } from '../ports/http/request-id.ts'
import { describeAccessToken, describeApiKey } from '../ports/http/security-schemes.ts'
import type { IdempotencyStore } from '../ports/idempotency-store.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { refusal } from '../protocol/errors.ts'

export interface Service {
  readonly app: OpenAPIHono<GateEnv> | OpenAPIHono
}
export type Services = Readonly<Record<string, Service>>

export interface ApiDeps extends Omit<GateDeps, 'isExempt'> {
  /** First answers of POSTs that name themselves, for their repeats. */
  readonly repeats: IdempotencyStore
  /** `limited`: a database is away, and what needs it answers UNAVAILABLE. Absent: there is none. */
  readonly level?: () => 'full' | 'limited'
}

const NO_SUCH_PATH = refusal('NOT_FOUND', 'no such path or method')
const FAILED = refusal('UNAVAILABLE', 'the request failed; its outcome is unknown', { retryAfterMs: 1_000 })

/** These repeat by their own rule. */
const OWN_REPEATS: ReadonlySet<string> = new Set(['/auth/refresh', '/auth/logout'])

/** The routes of all services, for behind a gate: of this process, or of the server that they are mounted into. */
export function apiApp(
  services: Services,
  { log, random, repeats }: Pick<ApiDeps, 'log' | 'random' | 'repeats'>,
): OpenAPIHono<GateEnv> {
  const app = new OpenAPIHono<GateEnv>()
  app.use(idempotency({ store: repeats, random, log, except: OWN_REPEATS }))
  for (const { app: service } of Object.values(services)) app.route('/', service as OpenAPIHono<GateEnv>)
  describeAccessToken(app)
  describeApiKey(app)
  app.notFound((c) => c.env.refuse(NO_SUCH_PATH))
  app.onError((error, c) => {
    const { requestId } = c.env
    const failed = { requestId, method: c.req.method, path: c.req.path, error }
    if (error instanceof StoreUnavailable) log.warn('http_request_without_store', failed)
    else log.error('http_request_failed', failed)
    return c.env.refuse(FAILED)
  })
  return app
}

/** One fetch handler over the services of this process, behind their gate, with their health and one OpenAPI document. */
export function createApi(services: Services, deps: ApiDeps): FetchHandler {
  const { clock, random } = deps
  const app = apiApp(services, deps)
  app.get('/health', (c) =>
    c.json({ status: 'ok', level: deps.level?.() ?? 'full', version, services: Object.keys(services) }),
  )
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Oxo', version } })
  const isExempt = (path: string) => path === '/health' || path === '/openapi.json' || path.startsWith('/.well-known/')
  const gate = createGate({ ...deps, isExempt })
  const handler = (request: Request, passage: Passage) => app.fetch(request, passage)
  return {
    handle: (request, peer) => gate.handle(request, peer, handler),
    answer: (request, peer) => gate.answer(request, peer, handler),
    refuse: (why, status) => errorResponse(why, newRequestId(random), clock.now(), {}, status),
  }
}
