import type { OpenAPIHono, RouteConfig, z } from '@hono/zod-openapi'
import type { Env, Handler } from 'hono'
import { type ErrorCode, type ErrorDetails, errors, refusal } from '../../protocol/errors.ts'
import { errorBody } from './error-body.ts'
import { ErrorSchema } from './error-schema.ts'

type Responses = RouteConfig['responses']
export type DocumentedRoute = RouteConfig & { readonly operationId: string; readonly summary: string }

/** Serves a route and puts it into the document, from one description. Without any gate: see `gated`. */
export function documented<E extends Env>(app: OpenAPIHono<E>, route: DocumentedRoute, handler: Handler<E>): void {
  app.openAPIRegistry.registerPath(route)
  serve(app, route, handler)
}

/** Serves a route under its path of the document. */
export function serve<E extends Env>(
  app: OpenAPIHono<E>,
  { method, path }: DocumentedRoute,
  ...handlers: [Handler<E>, ...Handler<E>[]]
): void {
  app.on([method], [path.replaceAll(/\{(.+?)\}/g, ':$1')], ...handlers)
}

export const jsonContent = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } } })

/** The refusals of a route: one response for each status, naming its codes. */
export function refusals(...codes: readonly ErrorCode[]): Responses {
  const responses: Responses = {}
  for (const status of new Set(codes.map((code) => errors[code].httpStatus))) {
    const group = codes.filter((code) => errors[code].httpStatus === status)
    responses[status] = {
      description: group.map((code) => `\`${code}\`: ${errors[code].clientShould}`).join('; '),
      ...(group.some(namesDelay) ? { headers: RETRY_AFTER } : {}),
      content: {
        'application/json': {
          schema: ErrorSchema,
          examples: Object.fromEntries(group.map((code) => [code, example(code)])),
        },
      },
    }
  }
  return responses
}

const DETAILS: Partial<Record<ErrorCode, ErrorDetails>> = {
  INVALID_MOVE: { version: 2, board: 81 },
  NOT_YOUR_TURN: { version: 2, board: 81 },
  STALE: { version: 2, board: 81 },
  ALREADY_PLAYING: { gameId: '3f2a9c41-7d10-8c55-9b1e-0c2d4f6a8e13' },
  RATE_LIMITED: { retryAfterMs: 1_500 },
  UNAVAILABLE: { retryAfterMs: 500 },
}
const REQUEST_ID = '5f0c9e6f2f8a4a63b1f6d2c1'
const AT_MS = Date.UTC(2026, 0, 31, 12)

const example = (code: ErrorCode) => ({
  value: errorBody(refusal(code, 'for people: what went wrong', DETAILS[code]), REQUEST_ID, AT_MS),
})
const namesDelay = (code: ErrorCode): boolean => code === 'UNAVAILABLE' || code === 'RATE_LIMITED'
const RETRY_AFTER = {
  'retry-after': { description: 'Least delay before the next try, in seconds', schema: { type: 'integer' as const } },
}
