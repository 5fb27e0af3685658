import { errorResponse } from '../../ports/http/error-response.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { HttpDeps } from './types.ts'

/** Answers a request with a refusal, and counts it. */
export type Refuse = (
  c: { readonly env: { readonly requestId: string } },
  why: Refusal,
  headers?: Readonly<Record<string, string>>,
) => Response

const RETRY_AFTER_MS = 1_000

export const createRefuse =
  ({ clock, metrics }: Pick<HttpDeps, 'clock' | 'metrics'>): Refuse =>
  (c, why, headers) => {
    metrics.refusals[why.code] += 1
    return errorResponse(why, c.env.requestId, clock.now(), headers)
  }

/** Paths and methods that nothing serves are one thing: a method of its own status would need a code of its own. */
export const NO_SUCH_PATH = refusal('NOT_FOUND', 'no such path or method')
export const OUTCOME_UNKNOWN = refusal('UNAVAILABLE', 'the request failed; its outcome is unknown', {
  retryAfterMs: RETRY_AFTER_MS,
})
