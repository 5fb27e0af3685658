import type { Result } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'

/** Who a verified access token speaks for. */
export interface Identity {
  readonly userId: UserId
  readonly name: string
  readonly sessionId: string
  readonly region: string
  /** When the token ends, ms since the Unix epoch. */
  readonly expiresAtMs: number
  /** Absent: a player. */
  readonly role?: 'admin'
  /** How the session was signed in (RFC 8176), such as `otp`; absent: nothing to say. */
  readonly amr?: readonly string[]
}

/** Checks signature, issuer, audience and times of an access token. Never throws on a bad token; rejects only when keys cannot be had. */
export interface VerifyToken {
  (jwt: string): Promise<Result<Identity, 'expired' | 'invalid'>>
  /** The token's identity at once, if it is good by the keys at hand; null says nothing about it. */
  readonly known?: (jwt: string) => Identity | null
  /** Has this session ended since its token was found good? Absent: nobody tells. */
  readonly isEnded?: (identity: Identity) => boolean
}
