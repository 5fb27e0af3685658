import { collectDefaultMetrics, type Registry } from 'prom-client'
import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { ok, type Result } from '../../kit/result.ts'
import { refusal } from '../../protocol/errors.ts'
import { errorResponse } from './error-response.ts'
import { listen, nodeServer } from './node-server.ts'
import { newRequestId, requestIdOf } from './request-id.ts'

/** Operators come from this machine, or through a tunnel: nobody else reaches the port. */
const HOST = '127.0.0.1'

export interface AdminServerOptions {
  readonly clock: Clock
  readonly random: Random
  /** 0: any free port. */
  readonly port: number
  /** What `GET /metrics` shows; the library's own metrics of this process are added. */
  readonly registry: Registry
  /** What `GET /health` answers: anything but `ok` with status 503. */
  readonly health: () => { readonly status: 'ok' | 'unavailable' }
}

export interface AdminServer {
  readonly port: number
  close(): void
}

/** Metrics and health of a process that serves no players. An error is one line that says why it cannot listen. */
export async function startAdminServer(options: AdminServerOptions): Promise<Result<AdminServer, string>> {
  const { clock, random, registry, health } = options
  collectDefaultMetrics({ register: registry })

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.method === 'GET' && pathname === '/metrics') {
      return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } })
    }
    if (request.method === 'GET' && pathname === '/health') {
      const now = health()
      return Response.json(now, { status: now.status === 'ok' ? 200 : 503 })
    }
    return errorResponse(refusal('NOT_FOUND', 'no such path'), requestIdOf(request.headers, random), clock.now())
  }

  const server = nodeServer({
    handle: (request) =>
      answer(request).catch(() =>
        errorResponse(
          refusal('UNAVAILABLE', 'the answer could not be made'),
          requestIdOf(request.headers, random),
          clock.now(),
        ),
      ),
    refuse: (refused) => errorResponse(refused, newRequestId(random), clock.now()),
  })
  const listening = await listen(server, options.port, HOST)
  if (!listening.ok) return listening
  return ok({
    port: listening.value,
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
}
