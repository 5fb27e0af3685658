import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import type { Result } from '../../kit/result.ts'
import { errorResponse } from '../../ports/http/error-response.ts'
import { REQUEST_ID_HEADER, requestIdOf } from '../../ports/http/request-id.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'

/** One REST request as a function: what it answers, or why it is refused. */
export type Handler<T> = (request: Request, requestId: string) => Promise<Result<T, Refusal>>

const RETRY_AFTER_MS = 1_000

/** Turns results into responses with request ids; a handler that throws is UNAVAILABLE to the caller and an error in the log. */
export function answering({
  clock,
  random,
  log,
}: {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}) {
  return async <T>(request: Request, status: 200 | 201, handle: Handler<T>): Promise<Response> => {
    const requestId = requestIdOf(request.headers, random)
    try {
      const result = await handle(request, requestId)
      return result.ok ? success(result.value, status, requestId) : errorResponse(result.error, requestId, clock.now())
    } catch (error) {
      log.error('accounts_request_failed', { requestId, path: new URL(request.url).pathname, error: String(error) })
      const unavailable = refusal('UNAVAILABLE', 'try again', { retryAfterMs: RETRY_AFTER_MS })
      return errorResponse(unavailable, requestId, clock.now())
    }
  }
}

/** Tokens are in it: not for any cache. */
const success = (value: unknown, status: number, requestId: string): Response =>
  new Response(JSON.stringify(value), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      [REQUEST_ID_HEADER]: requestId,
    },
  })
