import { type Refusal, refusal } from '../../../protocol/errors.ts'
import { type Quota, type RateLimiter, type Verdict, WINDOW_MS } from '../../rate-limiter.ts'
import type { HeaderLines } from '../answer.ts'
import { type Caller, callerName } from './access.ts'

export interface Quotas {
  readonly signedIn: Quota
  readonly anonymous: Quota
  readonly key: Quota
}

/** A partner's key may save up a second minute. */
const KEY_BURST = 2

/** @param perMinute requests a minute of one account, and of one address without a sign-in. */
export const quotasOf = (perMinute: { readonly signedIn: number; readonly anonymous: number }): Quotas => ({
  signedIn: { limit: perMinute.signedIn, sustained: perMinute.signedIn },
  anonymous: { limit: perMinute.anonymous, sustained: perMinute.anonymous },
  key: { limit: KEY_BURST * perMinute.signedIn, sustained: perMinute.signedIn },
})

/** One request's verdict and what it was measured against. */
export interface Counted extends Verdict {
  readonly quota: Quota
}

export interface Count {
  /** Counts a request with whom it speaks for: its account, its key, or the address of who is nobody. */
  count(caller: Caller, address: string): Counted | Promise<Counted>
  /** As `count`, without waiting: see `RateLimiter.takeNow`. */
  countNow(caller: Caller, address: string): Counted
}

export function createCount(limiter: RateLimiter, quotas: Quotas): Count {
  const quotaOf = { user: quotas.signedIn, key: quotas.key, anonymous: quotas.anonymous }
  const subjectOf = (caller: Caller, address: string) => [callerName(caller, address), quotaOf[caller.type]] as const
  return {
    count(caller, address) {
      const [subject, quota] = subjectOf(caller, address)
      const verdict = limiter.take(subject, quota)
      return verdict instanceof Promise ? verdict.then((known) => ({ ...known, quota })) : { ...verdict, quota }
    },
    countNow(caller, address) {
      const [subject, quota] = subjectOf(caller, address)
      return { ...limiter.takeNow(subject, quota), quota }
    },
  }
}

/** Counts nothing: for what is tried without its gate. */
export const uncounted = (): Counted => ({
  allowed: true,
  remaining: 1,
  resetMs: WINDOW_MS,
  quota: { limit: 1, sustained: 1 },
})

/** The fields of the IETF draft "RateLimit header fields for HTTP", in their form of one number a field; times in whole seconds. */
export const rateLimitHeaders = ({ quota, remaining, resetMs }: Counted): HeaderLines => [
  ['ratelimit-limit', String(quota.limit)],
  ['ratelimit-remaining', String(remaining)],
  ['ratelimit-reset', String(Math.ceil(resetMs / 1_000))],
  ['ratelimit-policy', `${quota.limit};w=${WINDOW_MS / 1_000}`],
]

export const tooMany = ({ quota, resetMs }: Counted): Refusal =>
  refusal('RATE_LIMITED', `more than ${quota.limit} requests a minute`, {
    retryAfterMs: Math.max(1, Math.ceil(resetMs)),
  })
