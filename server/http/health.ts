import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { type DocumentedRoute, documented, jsonContent } from '../../ports/http/documented.ts'
import type { Durability, ServiceLevel } from '../../protocol/messages.ts'

export interface Health {
  /** Anything but `ok` is answered with 503, so that load balancers look elsewhere. In maintenance a server is `ok`: its games go on. */
  readonly status: 'ok' | 'starting' | 'draining' | 'unavailable'
  readonly level: ServiceLevel
  readonly durability: Durability
  /** Of the software. */
  readonly version: string
  /** Node id. */
  readonly server: string
  readonly uptimeMs: number
  readonly draining: boolean
}

const HealthSchema = z
  .object({
    status: z.enum(['ok', 'starting', 'draining', 'unavailable']),
    level: z.enum(['full', 'limited', 'emergency', 'maintenance']),
    durability: z
      .enum(['process', 'disk', 'replicated', 'sync'])
      .openapi({ description: 'On what the promise of an acknowledged move rests' }),
    version: z.string(),
    server: z.string(),
    uptimeMs: z.int().min(0),
    draining: z.boolean(),
  })
  .openapi('Health', {
    example: {
      status: 'ok',
      level: 'full',
      durability: 'disk',
      version: '0.1.0',
      server: 'node-1',
      uptimeMs: 12345,
      draining: false,
    },
  })

const healthRoute: DocumentedRoute = {
  method: 'get',
  path: '/health',
  operationId: 'readHealth',
  tags: ['operations'],
  summary: 'Whether this server takes players, and what it promises',
  responses: {
    200: { description: 'Ready', ...jsonContent(HealthSchema) },
    503: { description: 'Not ready: `status` says why', ...jsonContent(HealthSchema) },
  },
}

export function serveHealth<E extends Env>(app: OpenAPIHono<E>, health: () => Health): void {
  documented(app, healthRoute, (c) => {
    const now = health()
    return c.json(now, now.status === 'ok' ? 200 : 503)
  })
}
