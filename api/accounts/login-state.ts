import { z } from 'zod'
import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { type CookieShape, REFRESH_COOKIES } from './cookies.ts'
import type { AuthKeys } from './keys.ts'
import type { CodeChecks } from './provider.ts'
import { seal, secretOf, unseal } from './sealed.ts'

/** How long a person may take at the provider, ms. */
export const LOGIN_MS = 10 * 60_000

/** Remembers in the browser which sign-in it began; a second one in the same browser replaces it. */
export const loginCookie: CookieShape = { name: 'oxo_login', sameSite: 'Lax', maxAgeSeconds: LOGIN_MS / 1_000 }

const loginState = z.object({
  provider: z.string(),
  /** Session of the guest who asks; null: no guest. */
  guest: z.string().nullable(),
  /** Cookie of that guest. */
  cookie: z.enum(REFRESH_COOKIES).nullable(),
  /** Path and query to come back to. */
  returnTo: z.string(),
  untilMs: z.number(),
  nonce: z.string(),
})
export type LoginState = z.infer<typeof loginState>

export const sealLogin = (
  keys: AuthKeys,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  state: Omit<LoginState, 'untilMs' | 'nonce'>,
): string => {
  const nonce = Buffer.from(random.bytes(16)).toString('base64url')
  return seal(keys, 'sign-in', { ...state, untilMs: clock.now() + LOGIN_MS, nonce })
}

/** Null: none of ours, or too late. */
export function openLogin(keys: AuthKeys, clock: Clock, sealed: string | null): LoginState | null {
  const parsed = loginState.safeParse(sealed === null ? null : unseal(keys, 'sign-in', sealed))
  return parsed.success && clock.now() < parsed.data.untilMs ? parsed.data : null
}

/** What binds the provider's answer to this sign-in. Derived, so that the cookie holds no secret of it. */
export const checksOf = (keys: AuthKeys, sealed: string): CodeChecks => ({
  state: secretOf(keys, 'sign-in', sealed, 'state'),
  nonce: secretOf(keys, 'sign-in', sealed, 'nonce'),
  codeVerifier: secretOf(keys, 'sign-in', sealed, 'code verifier'),
})

const PATH_LENGTH_MAX = 256

/** A path of our own to come back to; anything else is the start page. */
export function returnPath(asked: string | null, origin: string): string {
  if (asked === null || asked.length > PATH_LENGTH_MAX || !URL.canParse(asked, origin)) return '/'
  const url = new URL(asked, origin)
  return url.origin === origin && asked.startsWith('/') ? `${url.pathname}${url.search}` : '/'
}
