import type { Clock } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { AccountStore } from '../../ports/account-store.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import type { Session, SessionStore } from '../../ports/session-store.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { newSecret, otpauthUri, stepOfCode } from './totp.ts'

export interface SecondFactorDeps {
  readonly accounts: AccountStore
  readonly sessions: Pick<SessionStore, 'find' | 'amend'>
  /** An access token of a session, and how long it is good, seconds. */
  readonly mint: (session: Session) => Promise<{ readonly accessToken: string; readonly expiresIn: number }>
  readonly clock: Clock
  readonly random: Random
}

/** The name of one-time codes in RFC 8176. */
const OTP = 'otp'
const GONE = refusal('UNAUTHENTICATED', 'the session has ended')
const IN_USE = refusal('FORBIDDEN', 'a second factor is in use: an operator must remove it first')
const NOT_ENROLLED = refusal('FORBIDDEN', 'no second factor is enrolled')
const WRONG_CODE = refusal('FORBIDDEN', 'this code is wrong, too old or was used before')

/** A fresh secret, which counts from its first good code on. */
export async function enrol(
  { accounts, clock, random }: SecondFactorDeps,
  { userId, name, region }: Identity,
): Promise<Result<{ readonly secret: string; readonly otpauthUri: string }, Refusal>> {
  await accounts.ensureGuest(userId, { displayName: name, region }, clock.now())
  const secret = newSecret(random)
  const enrolled = await accounts.enrolSecondFactor(userId, secret)
  if (!enrolled.ok) return err(enrolled.error === 'unknown' ? GONE : IN_USE)
  return ok({ secret, otpauthUri: otpauthUri(secret, name) })
}

/** Raises the caller's session by a code that was never used before. */
export async function verify(
  { accounts, sessions, mint, clock }: SecondFactorDeps,
  { userId, sessionId }: Identity,
  code: string,
): Promise<Result<{ readonly accessToken: string; readonly expiresIn: number }, Refusal>> {
  const nowMs = clock.now()
  const tried = await accounts.trySecondFactor(userId, nowMs)
  if (!tried.ok) return err(tried.error === 'none' ? NOT_ENROLLED : tooMany(tried.error.notBeforeMs - nowMs))
  const { secret } = tried.value
  const step = stepOfCode(secret, code, nowMs)
  if (step === null || !(await accounts.useSecondFactor(userId, secret, step))) return err(WRONG_CODE)

  const [account, session] = await Promise.all([accounts.get(userId), sessions.find(sessionId, nowMs)])
  if (account === null || session === null) return err(GONE)
  const raised = { role: account.role, amr: [...new Set([...session.amr, OTP])] }
  await sessions.amend(userId, raised, sessionId)
  return ok(await mint({ ...session, ...raised }))
}

const tooMany = (retryAfterMs: number): Refusal =>
  refusal('RATE_LIMITED', 'too many codes were tried', { retryAfterMs: Math.max(1, retryAfterMs) })
