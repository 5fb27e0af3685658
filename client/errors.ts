import type { ErrorCode, ErrorDetails } from '../protocol/errors.ts'

/** `CLOSED`: this client was closed, or told not to come back; the `connection` event says which. */
export type OxoErrorCode = ErrorCode | 'CLOSED'

/** Why a request was not done. `UNAVAILABLE` alone leaves the outcome unknown; after every other code nothing changed. */
export class OxoError extends Error {
  override readonly name = 'OxoError'
  readonly code: OxoErrorCode
  /** Facts beside the code, such as `gameId`, `version`, `board` or `retryAfterMs`. */
  readonly details: ErrorDetails

  constructor(code: OxoErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** The `retryAfterMs` of an error's details, in ms; 0 when there is none. A stranger's number: never negative, at most 10 min. */
export function leastDelayMs(details: ErrorDetails): number {
  const value = details.retryAfterMs
  return typeof value === 'number' && value > 0 ? Math.min(value, LEAST_DELAY_MAX_MS) : 0
}

/** No server may keep a client away for longer than this, in ms. */
export const LEAST_DELAY_MAX_MS = 600_000
