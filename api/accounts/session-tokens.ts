import type { Random } from '../../kit/random.ts'
import { newSessionId, type Session } from '../../ports/session-store.ts'
import type { UserId } from '../../protocol/ids.ts'
import { publicOriginOf, type RefreshCookie, readCookie, refreshCookie, setCookie } from './cookies.ts'
import type { AccountsDeps } from './deps.ts'
import { reply } from './reply.ts'
import type { SignedIn } from './routes.ts'
import { ACCESS_TOKEN_SECONDS, accessToken, readRefreshToken, refreshToken } from './tokens.ts'

/** How long a session outlives its last refresh, ms: a guest who comes back within 30 days is the same guest. */
export const SESSION_MS = 30 * 24 * 3_600_000
/** Sessions of one embedded store, some 400 bytes each; above it the least lately used one ends. */
export const SESSIONS_MAX = 100_000

/** Where a client keeps its refresh token: in a cookie that its page cannot read, or itself (null). */
export type TokenPlace = RefreshCookie | null

export function newSession(
  { clock, random }: AccountsDeps,
  of: Pick<Session, 'userId' | 'kind' | 'name' | 'region' | 'role' | 'amr'>,
): Session {
  const nowMs = clock.now()
  const id = newSessionId(of.userId, random)
  return { ...of, id, createdAtMs: nowMs, generation: 0, rotatedBy: null, expiresAtMs: nowMs + SESSION_MS }
}

/** 128 random bits, URL-safe: nobody guesses it, and two never meet. */
export const newUserId = (random: Random): UserId => Buffer.from(random.bytes(16)).toString('base64url') as UserId

/** The session with fresh tokens, the refresh token in its place. */
export async function signedIn(
  deps: AccountsDeps,
  request: Request,
  session: Session,
  { status, place }: { readonly status: 200 | 201; readonly place: TokenPlace },
): Promise<Response> {
  const [key] = deps.keys.keys()
  const kept = refreshToken(key, session)
  const answer: SignedIn = {
    userId: session.userId,
    name: session.name,
    accessToken: await accessToken(key, deps.issuer, session, deps.clock.now()),
    ...(place === null && { refreshToken: kept }),
    expiresIn: ACCESS_TOKEN_SECONDS,
  }
  return reply(status, answer, place === null ? [] : [keepIn(deps, request, place, kept)])
}

/** `set-cookie` for a refresh token. */
export const keepIn = ({ publicUrl }: AccountsDeps, request: Request, place: RefreshCookie, token: string): string =>
  setCookie(refreshCookie(place, SESSION_MS / 1_000), token, publicOriginOf(request.headers, publicUrl).secure)

/** `set-cookie` that empties the place. */
export const emptied = ({ publicUrl }: AccountsDeps, request: Request, place: RefreshCookie): string =>
  setCookie(refreshCookie(place, 0), '', publicOriginOf(request.headers, publicUrl).secure)

/** The refresh token that a request shows; null: the cookie is not there. */
export function shownToken(
  { publicUrl }: AccountsDeps,
  request: Request,
  {
    refreshToken: given,
    cookie,
  }: { readonly refreshToken?: string | undefined; readonly cookie?: RefreshCookie | undefined },
): string | null {
  if (cookie === undefined) return given ?? null
  const { headers } = request
  return readCookie(headers, refreshCookie(cookie, 0), publicOriginOf(headers, publicUrl).secure)
}

/** The living session whose newest refresh token this is. */
export async function sessionOf(deps: AccountsDeps, token: string | null): Promise<Session | null> {
  const shown = token === null ? null : readRefreshToken(deps.keys.keys(), token)
  if (shown === null) return null
  const session = await deps.sessions.find(shown.id, deps.clock.now())
  return session?.generation === shown.generation ? session : null
}
