import type { OpenAPIHono, RouteConfig, z } from '@hono/zod-openapi'
import type { Handler, MiddlewareHandler } from 'hono'
import { ErrorSchema } from '../../ports/http/error-schema.ts'
import { type ErrorCode, errors } from '../../protocol/errors.ts'
import type { HttpEnv } from './types.ts'

type Responses = RouteConfig['responses']
export type DocumentedRoute = RouteConfig & { readonly operationId: string; readonly summary: string }

/** Serves a route and puts it into the document, from one description. */
export function documented(
  app: OpenAPIHono<HttpEnv>,
  route: DocumentedRoute,
  ...handlers: [...MiddlewareHandler<HttpEnv>[], Handler<HttpEnv>]
): void {
  app.openAPIRegistry.registerPath(route)
  app.on([route.method], [route.path.replaceAll(/\{(.+?)\}/g, ':$1')], ...handlers)
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
      ...jsonContent(ErrorSchema),
    }
  }
  return responses
}

const namesDelay = (code: ErrorCode): boolean => code === 'UNAVAILABLE' || code === 'RATE_LIMITED'
const RETRY_AFTER = {
  'retry-after': { description: 'Least delay before the next try, in seconds', schema: { type: 'integer' as const } },
}
