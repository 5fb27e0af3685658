import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import type { Clock } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Identity, VerifyToken } from './identity.ts'
import { tokenCache } from './token-cache.ts'
import { createVerifyNow } from './verify-now.ts'

/** Must be the audience that the accounts service writes. */
const AUDIENCE = 'oxo'
const REQUIRED_CLAIMS = ['sub', 'name', 'sid', 'region', 'iat', 'exp'] as const
/** How far the clocks of issuer and server may differ. */
const CLOCK_TOLERANCE_MS = 5_000
/** Longer than any token of ours; nothing longer is looked at. */
const TOKEN_LENGTH_MAX = 4_096
/** Age at which the keys are asked for again, beside the traffic: so long does a withdrawn key live on. */
const JWKS_REFRESH_MS = 5 * 60_000
/** At most one question in this time because of unknown keys, which strangers can name at will. */
const JWKS_COOLDOWN_MS = 30_000
const JWKS_TIMEOUT_MS = 5_000

/** Errors that say nothing about the token: the keys could not be had. */
const KEYS_OUT_OF_REACH: readonly string[] = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** Verifies with keys of this process, as they are at each moment. `jwks`: the same object until they change. */
export function localVerifier(jwks: () => JSONWebKeySet, issuer: string, clock: Clock): VerifyToken {
  let known = jwks()
  let keyFor = createLocalJWKSet(known)
  const keys: JWTVerifyGetKey = (header, token) => {
    if (jwks() !== known) {
      known = jwks()
      keyFor = createLocalJWKSet(known)
    }
    return keyFor(header, token)
  }
  return verifier(keys, jwks, issuer, clock)
}

export interface JwksVerifierOptions {
  readonly jwksUrl: string
  readonly issuer: string
  readonly clock: Clock
}

/** Verifies with keys that another process publishes; once it has some it goes on with them while that process is out of reach. */
export function jwksVerifier({ jwksUrl, issuer, clock }: JwksVerifierOptions): VerifyToken {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: JWKS_COOLDOWN_MS,
    timeoutDuration: JWKS_TIMEOUT_MS,
  })
  let askedAtMs = clock.monotonic()
  const verify = verifier(keys, () => keys.jwks(), issuer, clock)
  const verifyFresh = (jwt: string) => {
    if (clock.monotonic() - askedAtMs >= JWKS_REFRESH_MS) {
      askedAtMs = clock.monotonic()
      keys.reload().catch(() => {})
    }
    return verify(jwt)
  }
  return Object.assign(verifyFresh, { known: verify.known })
}

function verifier(
  keys: JWTVerifyGetKey,
  jwks: () => JSONWebKeySet | undefined,
  issuer: string,
  clock: Clock,
): VerifyToken & Required<Pick<VerifyToken, 'known'>> {
  const cache = tokenCache()
  const demands = { typ: 'at+jwt', issuer, audience: AUDIENCE, requiredClaims: REQUIRED_CLAIMS }
  const verifyNow = createVerifyNow(jwks, demands)

  async function verifyOnce(jwt: string): Promise<Result<Identity, 'expired' | 'invalid'>> {
    try {
      const { payload } = await jwtVerify(jwt, keys, {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer,
        audience: AUDIENCE,
        requiredClaims: [...REQUIRED_CLAIMS],
        clockTolerance: CLOCK_TOLERANCE_MS / 1_000,
        currentDate: new Date(clock.now()),
      })
      const identity = toIdentity(payload)
      return identity === null ? err('invalid') : ok(identity)
    } catch (error) {
      return refused(error)
    }
  }

  const isCurrent = ({ expiresAtMs }: Identity): boolean => clock.now() < expiresAtMs + CLOCK_TOLERANCE_MS

  async function verify(jwt: string): Promise<Result<Identity, 'expired' | 'invalid'>> {
    if (jwt.length > TOKEN_LENGTH_MAX) return err('invalid')
    const known = cache.get(jwt)
    if (known !== null) return isCurrent(known) ? ok(known) : err('expired')
    const result = await verifyOnce(jwt)
    if (result.ok) cache.add(jwt, result.value)
    return result
  }

  function known(jwt: string): Identity | null {
    if (jwt.length > TOKEN_LENGTH_MAX) return null
    const cached = cache.get(jwt)
    const claims = cached === null ? verifyNow(jwt) : null
    const identity = cached ?? (claims === null ? null : toIdentity(claims))
    if (identity === null || !isCurrent(identity)) return null
    if (cached === null) cache.add(jwt, identity)
    return identity
  }

  return Object.assign(verify, { known })
}

/** @throws whatever is no verdict on the token */
function refused(error: unknown): Result<never, 'expired' | 'invalid'> {
  if (error instanceof errors.JWTExpired) return err('expired')
  if (error instanceof errors.JOSEError && !KEYS_OUT_OF_REACH.includes(error.code)) return err('invalid')
  throw error
}

const USER_ID = /^[A-Za-z0-9_-]{1,64}$/

function toIdentity({ sub, name, sid, region, exp, role, amr }: Readonly<Record<string, unknown>>): Identity | null {
  if (!isShortText(sub) || !USER_ID.test(sub)) return null
  if (!isShortText(name) || !isShortText(sid) || !isShortText(region) || typeof exp !== 'number') return null
  const identity = { userId: sub as UserId, name, sessionId: sid, region, expiresAtMs: exp * 1_000 }
  // A role that this release does not know gives no rights.
  return {
    ...identity,
    ...(role === 'admin' && { role }),
    ...(Array.isArray(amr) && { amr: amr.filter(isShortText) }),
  }
}

const isShortText = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= 64
