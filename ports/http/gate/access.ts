import { type Refusal, refusal } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { Identity } from '../../auth/identity.ts'
import { addressGroup } from './address.ts'

/** What an API key may be allowed to do. A signed-in user may do all of it without asking. */
export const SCOPES = ['games:read', 'games:play', 'stats:read', 'leaderboard:read', 'profile:read'] as const
export type Scope = (typeof SCOPES)[number]

/**
 * Who may call a route. `anonymous`: anybody, whatever token they bring. `signedIn`: a user's own access token, never an API key. `{scope}`: the same,
 * or an API key with that scope. `admin`: an access token of an admin who signed in with a second factor.
 */
export type Access = 'anonymous' | 'signedIn' | 'admin' | { readonly scope: Scope }

/** What a good API key stands for. */
export interface KeyGrant {
  readonly keyId: string
  /** Whose key it is, and whose data it reads. */
  readonly userId: UserId
  readonly scopes: readonly Scope[]
}

/** Why a credential was brought but stands for nobody. */
export type CredentialProblem = 'malformed' | 'expired' | 'invalid' | 'out_of_reach'

/** Who a request speaks for, found out once. An unusable credential is `anonymous` with its problem: public routes do not mind. */
export type Caller =
  | { readonly type: 'anonymous'; readonly problem: CredentialProblem | null }
  | { readonly type: 'user'; readonly identity: Identity }
  | { readonly type: 'key'; readonly grant: KeyGrant }

export const NOBODY: Caller = { type: 'anonymous', problem: null }

/** Methods of a token's `amr` claim that are a second factor. */
const SECOND_FACTORS: readonly string[] = ['otp', 'mfa']

/** Null: the caller may enter. */
export function accessRefusal(caller: Caller, access: Access): Refusal | null {
  if (access === 'anonymous') return null
  if (caller.type === 'anonymous') return credentialRefusal(caller.problem)
  if (caller.type === 'key') {
    if (typeof access === 'string') return NOT_FOR_KEYS
    return caller.grant.scopes.includes(access.scope) ? null : refusal('FORBIDDEN', `the key lacks ${access.scope}`)
  }
  if (access !== 'admin') return null
  if (caller.identity.role !== 'admin') return NOT_ADMIN
  return caller.identity.amr?.some((method) => SECOND_FACTORS.includes(method)) ? null : NO_SECOND_FACTOR
}

/** Who a request acts for: nobody, a user, or the owner of a key. */
export const userIdOf = (caller: Caller): UserId | null =>
  caller.type === 'user' ? caller.identity.userId : caller.type === 'key' ? caller.grant.userId : null

/** Under which name a caller's requests belong together: its account, its key, or the address of who is nobody. */
export function callerName(caller: Caller, address: string): string {
  switch (caller.type) {
    case 'user':
      return `user:${caller.identity.userId}`
    case 'key':
      return `key:${caller.grant.keyId}`
    case 'anonymous':
      return `address:${addressGroup(address)}`
  }
}

/** `WWW-Authenticate` as RFC 6750 asks: why, but only to who brought a token. */
export const challenge = (problem: CredentialProblem | null): string =>
  `Bearer realm="oxo"${problem === null ? '' : `, error="invalid_token", error_description="${problem}"`}`

const credentialRefusal = (problem: CredentialProblem | null): Refusal =>
  problem === null ? NO_TOKEN : CREDENTIAL_REFUSALS[problem]

const NO_TOKEN = refusal('UNAUTHENTICATED', 'an access token is needed: Authorization: Bearer <token>')
const INVALID = refusal('UNAUTHENTICATED', 'the access token is not valid')
const CREDENTIAL_REFUSALS: Readonly<Record<CredentialProblem, Refusal>> = {
  malformed: INVALID,
  invalid: INVALID,
  expired: refusal('UNAUTHENTICATED', 'the access token has expired'),
  out_of_reach: refusal('UNAVAILABLE', 'tokens cannot be verified now', { retryAfterMs: 1_000 }),
}
const NOT_FOR_KEYS = refusal('FORBIDDEN', 'API keys may not do this')
const NOT_ADMIN = refusal('FORBIDDEN', 'this is for admins')
const NO_SECOND_FACTOR = refusal('FORBIDDEN', 'sign in with the second factor first')
