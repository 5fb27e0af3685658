import { createMiddleware } from 'hono/factory'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { VerifyToken } from '../auth/identity.ts'
import { KEYS_OUT_OF_REACH, type Refuse } from './refuse.ts'
import type { HttpEnv } from './types.ts'

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i
const NO_TOKEN = refusal('UNAUTHENTICATED', 'an access token is needed: Authorization: Bearer <token>')
const INVALID = refusal('UNAUTHENTICATED', 'the access token is not valid')
const EXPIRED = refusal('UNAUTHENTICATED', 'the access token has expired')

/** Lets a request through with its `identity`, or answers 401 as RFC 6750 asks: why, but only to who brought a token. */
export const signedIn = (verify: VerifyToken, refuse: Refuse) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const challenge = (why: Refusal, text: string) =>
      refuse(c, why, { 'www-authenticate': `Bearer realm="oxo"${text}` })
    const given = c.req.header('authorization')
    if (given === undefined) return challenge(NO_TOKEN, '')
    const token = BEARER.exec(given)?.[1]
    if (token === undefined) return challenge(INVALID, ', error="invalid_token", error_description="malformed"')

    const verified = await verify(token).catch(() => null)
    if (verified === null) return refuse(c, KEYS_OUT_OF_REACH)
    if (!verified.ok) {
      const why = verified.error === 'expired' ? EXPIRED : INVALID
      return challenge(why, `, error="invalid_token", error_description="${verified.error}"`)
    }
    c.set('identity', verified.value)
    return next()
  })
