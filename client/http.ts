import type { Clock } from '../kit/clock.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { type ErrorCode, errors } from '../protocol/errors.ts'
import { LEAST_DELAY_MAX_MS, OxoError } from './errors.ts'

/** The part of `fetch` that is needed. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'POST'
    readonly headers: Record<string, string>
    readonly body: string
    readonly signal: AbortSignal
  },
) => Promise<{
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}>

/** `leastMs`: worth another try, not before that many ms. `refused`: the answer will not change. */
export type HttpFailure =
  | { readonly kind: 'retry'; readonly leastMs: number; readonly error: OxoError }
  | { readonly kind: 'refused'; readonly error: OxoError }

/** An HTTP call without an answer is given up after this, in ms. */
export const HTTP_TIMEOUT_MS = 10_000

/** Posts JSON and reads JSON. Never throws. */
export async function postJson(
  fetch: Fetch,
  clock: Clock,
  url: string,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Result<unknown, HttpFailure>> {
  const abort = new AbortController()
  const cancelTimeout = clock.after(HTTP_TIMEOUT_MS, () => abort.abort())
  try {
    const headers = { 'content-type': 'application/json', ...more }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: abort.signal })
    const answer = await response.json().catch(() => null)
    if (response.ok) return ok(answer)
    return err(failure(response.status, response.headers.get('retry-after'), answer))
  } catch (error) {
    const why = new OxoError('UNAVAILABLE', `${url} is out of reach: ${error instanceof Error ? error.message : error}`)
    return err({ kind: 'retry', leastMs: 0, error: why })
  } finally {
    cancelTimeout()
  }
}

function failure(status: number, retryAfter: string | null, answer: unknown): HttpFailure {
  const error = readError(status, answer)
  const seconds = Number(retryAfter ?? Number.NaN)
  const leastMs = seconds > 0 ? Math.min(seconds * 1000, LEAST_DELAY_MAX_MS) : 0
  const passes = status >= 500 || status === 408 || status === 429
  return passes ? { kind: 'retry', leastMs, error } : { kind: 'refused', error }
}

/** The platform's error body, or, from a proxy in between, the meaning of the status alone. */
function readError(status: number, answer: unknown): OxoError {
  const body = typeof answer === 'object' && answer !== null ? (answer as { readonly error?: unknown }).error : null
  if (typeof body === 'object' && body !== null) {
    const { code, message } = body as Record<string, unknown>
    if (isErrorCode(code)) return new OxoError(code, typeof message === 'string' ? message : code)
  }
  const codes = Object.keys(errors) as ErrorCode[]
  const code =
    codes.find((name) => errors[name].httpStatus === status) ?? (status >= 500 ? 'UNAVAILABLE' : 'BAD_REQUEST')
  return new OxoError(code, `HTTP status ${status}`)
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errors, code)
