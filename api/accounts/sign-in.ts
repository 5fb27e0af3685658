import type { Random } from '../../kit/random.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { readJson } from '../../ports/http/json-body.ts'
import { newSessionId, type Session } from '../../ports/session-store.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { AccountsDeps } from './accounts.ts'
import type { Handler } from './answer.ts'
import { guestName } from './guest-name.ts'
import { GuestBody, RefreshBody, type SignedIn } from './routes.ts'
import { ACCESS_TOKEN_SECONDS, accessToken, readRefreshToken, refreshToken } from './tokens.ts'

/** How long a session outlives its last refresh, ms: a guest who comes back within 30 days is the same guest. */
export const SESSION_MS = 30 * 24 * 3_600_000
/** Sessions of one embedded store, some 400 bytes each; above it the least lately used one ends. */
export const SESSIONS_MAX = 100_000

const IDEMPOTENCY_KEY = /^[!-~]{1,64}$/

/** POST /auth/guest */
export const guestSignIn =
  (deps: AccountsDeps): Handler<SignedIn> =>
  async (request, requestId) => {
    const body = await readJson(request)
    if (!body.ok) return body
    if (!GuestBody.safeParse(body.value ?? {}).success) return err(refusal('BAD_REQUEST', 'the body must be an object'))
    const userId = newUserId(deps.random)
    const nowMs = deps.clock.now()
    const session: Session = {
      id: newSessionId(userId, deps.random),
      userId,
      kind: 'guest',
      name: guestName(deps.random),
      region: deps.region,
      role: 'player',
      amr: [],
      createdAtMs: nowMs,
      generation: 0,
      rotatedBy: null,
      expiresAtMs: nowMs + SESSION_MS,
    }
    await deps.sessions.create(session)
    deps.log.info('guest_signed_in', { requestId, userId: session.userId, sessionId: session.id })
    return ok(await signedIn(deps, session))
  }

/** POST /auth/refresh */
export const refresh =
  (deps: AccountsDeps): Handler<SignedIn> =>
  async (request, requestId) => {
    const body = await readJson(request)
    if (!body.ok) return body
    const parsed = RefreshBody.safeParse(body.value)
    if (!parsed.success) return err(refusal('BAD_REQUEST', 'refreshToken must be a refresh token'))
    const rotatedBy = request.headers.get('idempotency-key')
    if (rotatedBy !== null && !IDEMPOTENCY_KEY.test(rotatedBy)) {
      return err(refusal('BAD_REQUEST', 'Idempotency-Key must be 1..64 printable characters'))
    }
    return rotate(deps, parsed.data.refreshToken, rotatedBy, requestId)
  }

async function rotate(
  deps: AccountsDeps,
  token: string,
  rotatedBy: string | null,
  requestId: string,
): Promise<Result<SignedIn, Refusal>> {
  const shown = readRefreshToken(deps.keys, token)
  if (shown === null) return err(refusal('UNAUTHENTICATED', 'this is no refresh token of ours'))
  const nowMs = deps.clock.now()
  const answer = await deps.sessions.rotate({ ...shown, rotatedBy, nowMs, expiresAtMs: nowMs + SESSION_MS })
  switch (answer.type) {
    case 'rotated':
    case 'repeated':
      return ok(await signedIn(deps, answer.session))
    case 'reused':
      deps.log.warn('refresh_token_reused', { requestId, sessionId: shown.id })
      return err(refusal('UNAUTHENTICATED', 'this refresh token was used before: the session has ended'))
    case 'unknown':
      return err(refusal('UNAUTHENTICATED', 'the session has ended'))
  }
}

async function signedIn(deps: AccountsDeps, session: Session): Promise<SignedIn> {
  const [key] = deps.keys
  const token = await accessToken(key, deps.issuer, session, deps.clock.now())
  return {
    userId: session.userId,
    name: session.name,
    accessToken: token,
    refreshToken: refreshToken(key, session),
    expiresIn: ACCESS_TOKEN_SECONDS,
  }
}

/** 128 random bits, URL-safe: nobody guesses it, and two never meet. */
const newUserId = (random: Random): UserId => Buffer.from(random.bytes(16)).toString('base64url') as UserId
