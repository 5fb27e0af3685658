import { refusal } from '../../protocol/errors.ts'
import type { AccountsDeps } from './deps.ts'
import { type Handler, readBody } from './reply.ts'
import { RefreshBody } from './routes.ts'
import { emptied, SESSION_MS, shownToken, signedIn } from './session-tokens.ts'
import { readRefreshToken } from './tokens.ts'

const IDEMPOTENCY_KEY = /^[!-~]{1,64}$/
const BAD_KEY = refusal('BAD_REQUEST', 'Idempotency-Key must be 1..64 printable characters')
const NO_COOKIE = refusal('UNAUTHENTICATED', 'this browser keeps no session under that name')
const NOT_OURS = refusal('UNAUTHENTICATED', 'this is no refresh token of ours')
const REUSED = refusal('UNAUTHENTICATED', 'this refresh token was used before: the session has ended')
const HAS_ENDED = refusal('UNAUTHENTICATED', 'the session has ended')

/** POST /auth/refresh */
export const refresh =
  (deps: AccountsDeps): Handler =>
  async (request, passage) => {
    const body = await readBody(
      request,
      RefreshBody,
      'refreshToken must be a refresh token, or cookie a name of our list',
    )
    if (!body.ok) return passage.refuse(body.error)
    const rotatedBy = request.headers.get('idempotency-key')
    if (rotatedBy !== null && !IDEMPOTENCY_KEY.test(rotatedBy)) return passage.refuse(BAD_KEY)
    const place = body.value.cookie ?? null

    const token = shownToken(deps, request, body.value)
    if (token === null) return passage.refuse(NO_COOKIE)
    const shown = readRefreshToken(deps.keys.keys(), token)
    const nowMs = deps.clock.now()
    const answer =
      shown === null
        ? null
        : await deps.sessions.rotate({ ...shown, rotatedBy, nowMs, expiresAtMs: nowMs + SESSION_MS })
    if (answer?.type === 'rotated' || answer?.type === 'repeated') {
      return signedIn(deps, request, answer.session, { status: 200, place })
    }
    if (answer?.type === 'reused') {
      const { userId, id } = answer.session
      passage.audit('token_reused', { outcome: 'refused', userId, sessionId: id })
      await deps.ended.add([{ userId, sessionId: id }])
    }
    const why = answer === null ? NOT_OURS : answer.type === 'reused' ? REUSED : HAS_ENDED
    return passage.refuse(why, place === null ? {} : { 'set-cookie': emptied(deps, request, place) })
  }
