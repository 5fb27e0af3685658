import { readFileSync } from 'node:fs'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import { errorResponse } from '../ports/http/error-response.ts'
import type { FetchHandler } from '../ports/http/node-server.ts'
import { newRequestId, requestIdOf } from '../ports/http/request-id.ts'
import { refusal } from '../protocol/errors.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export interface Service {
  readonly app: OpenAPIHono
}

/** One fetch handler over the services of this process, with their health and one OpenAPI document. */
export function createApi(
  services: Readonly<Record<string, Service>>,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): FetchHandler {
  const app = new OpenAPIHono()
  for (const service of Object.values(services)) app.route('/', service.app)
  app.get('/health', (c) => c.json({ status: 'ok', version, services: Object.keys(services) }))
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Oxo', version } })
  app.notFound((c) => {
    const requestId = requestIdOf(c.req.raw.headers, random)
    return errorResponse(refusal('NOT_FOUND', 'no such path'), requestId, clock.now())
  })
  return {
    handle: (request) => app.fetch(request),
    refuse: (why) => errorResponse(why, newRequestId(random), clock.now()),
  }
}
