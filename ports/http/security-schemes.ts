import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Env } from 'hono'

/** What the documents of all processes call credentials; the same words everywhere, so that joined documents name one scheme each. */
const ACCESS_TOKEN = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'From `POST /auth/guest`',
} as const
const API_KEY = { type: 'http', scheme: 'bearer', description: 'From `POST /keys`: begins with `oxo_`' } as const

export function describeAccessToken<E extends Env>(app: OpenAPIHono<E>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'accessToken', ACCESS_TOKEN)
}

export function describeApiKey<E extends Env>(app: OpenAPIHono<E>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', API_KEY)
}
