import { expect, test } from 'vitest'
import { seededRandom } from '../../kit/random.ts'
import { type ErrorCode, errors, refusal } from '../../protocol/errors.ts'
import { errorBody } from './error-body.ts'
import { errorResponse, retryAfter } from './error-response.ts'
import { ErrorSchema } from './error-schema.ts'
import { newRequestId, requestIdOf } from './request-id.ts'

const AT_MS = Date.UTC(2026, 0, 31, 12, 0, 0, 250)

test('[ERRORS] a refusal has its code, message, instant and request; details only when there are any', () => {
  expect(errorBody(refusal('NOT_FOUND', 'no such game'), 'r1', AT_MS)).toEqual({
    error: { code: 'NOT_FOUND', message: 'no such game', timestamp: '2026-01-31T12:00:00.250Z', requestId: 'r1' },
  })
  expect(errorBody(refusal('STALE', 'late', { version: 3, board: 5 }), 'r1', AT_MS).error.details).toEqual({
    version: 3,
    board: 5,
  })
})

test.each(Object.keys(errors) as ErrorCode[])(
  '[ERRORS] %s has one status over HTTP and fits the schema',
  async (code) => {
    const answer = errorResponse(refusal(code, 'why'), 'r1', AT_MS, { 'x-more': 'yes' })
    expect(answer.status).toBe(errors[code].httpStatus)
    expect(Object.fromEntries(answer.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-more': 'yes',
      'x-request-id': 'r1',
    })
    expect(ErrorSchema.strict().parse(await answer.json()).error.code).toBe(code)
  },
)

test('[ERRORS] Retry-After is never before retryAfterMs', () => {
  const after = (retryAfterMs: number) => retryAfter(refusal('UNAVAILABLE', 'later', { retryAfterMs }))['retry-after']
  expect([0, 1, 1_000, 1_001, 30_000].map(after)).toEqual(['1', '1', '1', '2', '30'])
  expect(retryAfter(refusal('STALE', 'late', { version: 1 }))).toEqual({})
})

test('[ERRORS] a request id from outside is kept only if it is one', () => {
  const random = seededRandom(1)
  const idOf = (given: string) => requestIdOf(new Headers({ 'x-request-id': given }), random)
  for (const good of ['a', 'A.b_c-9', 'x'.repeat(64)]) expect(idOf(good)).toBe(good)
  for (const bad of ['', 'x'.repeat(65), 'a b', 'a"b', 'a, b']) expect(idOf(bad)).toMatch(/^[0-9a-f]{24}$/)
  expect(requestIdOf(new Headers(), random)).not.toBe(newRequestId(random))
})
