import { errors, type Refusal } from '../../protocol/errors.ts'
import { errorBody } from './error-body.ts'

/**
 * A refusal as an HTTP answer: the status of its code unless HTTP has a more exact one, the one body, when to come back. Not for any
 * cache.
 */
export function errorResponse(
  refusal: Refusal,
  requestId: string,
  nowMs: number,
  headers: Readonly<Record<string, string>> = {},
  status: number = errors[refusal.code].httpStatus,
): Response {
  return new Response(JSON.stringify(errorBody(refusal, requestId, nowMs)), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...retryAfter(refusal),
      ...headers,
    },
  })
}

/** `Retry-After` in whole seconds, for refusals whose details name a delay. */
export function retryAfter({ details }: Refusal): Readonly<Record<string, string>> {
  const delayMs = details?.retryAfterMs
  return typeof delayMs === 'number' ? { 'retry-after': String(Math.max(1, Math.ceil(delayMs / 1000))) } : {}
}
