import type { Random } from '../kit/random.ts'
import type { Result } from '../kit/result.ts'
import type { HttpFailure } from './http.ts'
import type { Tokens } from './tokens.ts'

/** A cookie of the platform's own page that holds a refresh token, which scripts cannot read; and what is remembered of it. */
export interface HeldCookie {
  /** As POST /auth/refresh names it: `account`, or `0`..`7`. */
  readonly name: string
  /** Null: nothing is in it, as far as we know. `renewalKey`: of a renewal whose answer was lost, to be asked for again; null: none. */
  load(): { readonly renewalKey: string | null } | null
  /** As `load` answers from now on. */
  save(state: { readonly renewalKey: string | null } | null): void
}

/** Where a page of the platform's own origin keeps its session: refresh token in a cookie, access token in memory alone. */
export interface CookieSession {
  /** Runs `use` with the cookie of this page, while no other window renews by the same one. */
  hold<T>(use: (cookie: HeldCookie) => Promise<T>): Promise<T>
}

export type PostTokens = (
  path: string,
  body: object,
  headers: Readonly<Record<string, string>>,
) => Promise<Result<Tokens, HttpFailure>>

/** Refused by the platform to requests with a cookie that do not carry it: other sites cannot. */
export const OWN_PAGE = { 'x-requested-with': 'oxo' }

/** The page's cookie, then, when that is dead, the one that it has instead. */
const COOKIES_MAX = 2

/** Fresh tokens by the page's cookie; when its session is over, those of a new guest. */
export async function tokensByCookie(
  cookies: CookieSession,
  post: PostTokens,
  random: Random,
): Promise<Result<Tokens, HttpFailure>> {
  let answer: Result<Tokens, HttpFailure> | null = null
  for (let tries = 0; tries < COOKIES_MAX && answer === null; tries++) {
    answer = await cookies.hold((cookie) =>
      cookie.load() === null ? enter(cookie, post) : renew(cookie, post, random),
    )
  }
  return answer ?? cookies.hold((cookie) => enter(cookie, post))
}

async function enter(cookie: HeldCookie, post: PostTokens): Promise<Result<Tokens, HttpFailure>> {
  const answer = await post('/auth/guest', { cookie: cookie.name }, OWN_PAGE)
  if (answer.ok) cookie.save({ renewalKey: null })
  return answer
}

/** Null: the session is over, and forgotten. */
async function renew(
  cookie: HeldCookie,
  post: PostTokens,
  random: Random,
): Promise<Result<Tokens, HttpFailure> | null> {
  const renewalKey = cookie.load()?.renewalKey ?? newRenewalKey(random)
  cookie.save({ renewalKey })
  const answer = await post('/auth/refresh', { cookie: cookie.name }, { ...OWN_PAGE, 'idempotency-key': renewalKey })
  if (answer.ok) cookie.save({ renewalKey: null })
  else if (isOver(answer.error)) {
    cookie.save(null)
    return null
  }
  return answer
}

export const isOver = (failure: HttpFailure): boolean =>
  failure.kind === 'refused' && failure.error.code === 'UNAUTHENTICATED'

/** A renewal repeated with its key is answered again, so that a lost answer does not end the session. */
export const newRenewalKey = (random: Random): string =>
  Array.from(random.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
