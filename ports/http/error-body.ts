import type { ErrorCode, ErrorDetails, Refusal } from '../../protocol/errors.ts'

/** The one shape of every HTTP refusal, of every process; see PROTOCOL.md. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly details?: ErrorDetails
    /** ISO 8601 in UTC with ms. */
    readonly timestamp: string
    /** The same as in the header `x-request-id`. */
    readonly requestId: string
  }
}

export function errorBody({ code, message, details }: Refusal, requestId: string, nowMs: number): ErrorBody {
  const timestamp = new Date(nowMs).toISOString()
  return { error: { code, message, ...(details === undefined ? {} : { details }), timestamp, requestId } }
}
