import type { Random } from '../../kit/random.ts'

export const REQUEST_ID_HEADER = 'x-request-id'
const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/

/** The caller's id if it is one, so that a request keeps its name from process to process; else a fresh one. */
export const requestIdOf = (headers: Headers, random: Random): string =>
  requestIdOr(headers.get(REQUEST_ID_HEADER) ?? '', random)

/** As `requestIdOf`, of the bare header value. */
export const requestIdOr = (given: string, random: Random): string =>
  ACCEPTED.test(given) ? given : newRequestId(random)

/** 96 random bits in hex. */
export const newRequestId = (random: Random): string => Buffer.from(random.bytes(12)).toString('hex')
