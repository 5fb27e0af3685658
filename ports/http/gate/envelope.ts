import type { Clock } from '../../../kit/clock.ts'
import type { Random } from '../../../kit/random.ts'
import { refusal } from '../../../protocol/errors.ts'
import type { Answer } from '../answer.ts'
import { allowOrigin, isPreflight, preflightAnswer } from '../cors.ts'
import { errorResponse } from '../error-response.ts'
import { REQUEST_ID_HEADER, requestIdOf } from '../request-id.ts'
import { SECURITY_HEADERS } from '../security-headers.ts'

const ORIGIN_NOT_ALLOWED = refusal('FORBIDDEN', 'this origin is not on the allow-list')

/** A response and headers of its own beside it; see `Answer`. */
export type Content = Pick<Answer, 'response' | 'headers'>
export const bare = (response: Response): Content => ({ response, headers: [] })

export type Envelope = (request: Request, content: (requestId: string) => Promise<Content>) => Promise<Answer>

/** What every answer has, whoever made it: a request id, security headers, and whether other origins may read it. */
export function createEnvelope(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  allowedOrigins: readonly string[],
): Envelope {
  const allowed = new Set(allowedOrigins)
  return async (request, content) => {
    const requestId = requestIdOf(request.headers, random)
    // Mounted apps and other processes read it here, so that their errors carry the same id.
    request.headers.set(REQUEST_ID_HEADER, requestId)
    const { response, headers } = isPreflight(request)
      ? bare(
          allowed.has(request.headers.get('origin')!)
            ? preflightAnswer()
            : errorResponse(ORIGIN_NOT_ALLOWED, requestId, clock.now()),
        )
      : await content(requestId)
    allowOrigin(request, response.headers, allowed)
    return { response, headers: [[REQUEST_ID_HEADER, requestId], ...headers], defaults: SECURITY_HEADERS }
  }
}
