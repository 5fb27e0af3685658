/** Every kind of security event. Alerts and reports depend on the names. */
export const AUDIT_EVENTS = [
  /** A session began: `how` says by what (guest, oidc, token). */
  'signed_in',
  'sign_in_refused',
  /** A guest became an account. */
  'account_linked',
  /** An access, identity or refresh token was refused; `why` without the token. Sampled. */
  'token_refused',
  /** A refresh token was shown twice: its session ended. */
  'token_reused',
  /** One session ended, or all of an account. */
  'logged_out',
  'signing_key_rotated',
  'api_key_created',
  'api_key_revoked',
  'role_changed',
  'second_factor_enrolled',
  'second_factor_refused',
  /** A call under /admin, allowed or refused. */
  'admin_called',
  'access_refused',
  'csrf_refused',
  /** Sampled. */
  'rate_limited',
  'data_exported',
  'account_deleted',
] as const
export type AuditEvent = (typeof AUDIT_EVENTS)[number]

/** Who did what to whom, and how it went. Ids only: never a token, a secret, a name or a payload. */
export interface AuditEntry {
  readonly outcome: 'done' | 'refused'
  /** Of the HTTP request that it belongs to; null: no request. */
  readonly requestId: string | null
  /** Account that acted; absent: nobody was signed in. */
  readonly userId?: string
  readonly sessionId?: string
  /** Id of an API key, as `GET /keys` shows it: not the key. */
  readonly keyId?: string
  /** As the gate saw it; written as its network only (v4 /24, v6 /48): enough to see where an attack comes from. */
  readonly address?: string
  /** What was acted on: a user id, a key id, `POST /admin/...`. */
  readonly target?: string
  /** By which way, such as `guest` or a provider's name. */
  readonly how?: string
  /** Why it was refused. */
  readonly why?: string
}

/** Writes one security event. Never throws and is never waited for. */
export type Audit = (event: AuditEvent, entry: AuditEntry) => void

export const silentAudit: Audit = () => {}
