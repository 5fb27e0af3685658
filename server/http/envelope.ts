import { errorResponse } from '../../ports/http/error-response.ts'
import { REQUEST_ID_HEADER, requestIdOf } from '../../ports/http/request-id.ts'
import { refusal } from '../../protocol/errors.ts'
import { allowOrigin, isPreflight, preflightAnswer } from './cors.ts'
import { addSecurityHeaders } from './security-headers.ts'
import type { HttpApp, HttpDeps, HttpEnv } from './types.ts'

const ORIGIN_NOT_ALLOWED = refusal('FORBIDDEN', 'this origin is not on the allow-list')

/** What every answer has, whoever made it: a request id, security headers, and whether other origins may read it. */
export function withEnvelope(
  answer: (request: Request, env: HttpEnv['Bindings']) => Response | Promise<Response>,
  { clock, random }: Pick<HttpDeps, 'clock' | 'random'>,
  allowedOrigins: readonly string[],
): HttpApp {
  const allowed = new Set(allowedOrigins)
  return {
    async fetch(request, peer) {
      const requestId = requestIdOf(request.headers, random)
      // Mounted apps and other processes read it here, so that their errors carry the same id.
      request.headers.set(REQUEST_ID_HEADER, requestId)
      const response = isPreflight(request)
        ? allowed.has(request.headers.get('origin')!)
          ? preflightAnswer()
          : errorResponse(ORIGIN_NOT_ALLOWED, requestId, clock.now())
        : await answer(request, { requestId, peer })
      response.headers.set(REQUEST_ID_HEADER, requestId)
      addSecurityHeaders(response.headers)
      allowOrigin(request, response.headers, allowed)
      return response
    },
  }
}
