import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import * as openid from 'openid-client'
import type { Clock } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { isLoopback, type ProviderConfig } from './providers-file.ts'

/** Of one request to a provider, seconds. */
const TIMEOUT_SECONDS = 4
/** How long what a provider says of itself is believed, ms. */
const DISCOVERY_MS = 3_600_000
/** How far a provider's clock may differ, seconds. */
const CLOCK_TOLERANCE_SECONDS = 10
/** Signatures with the provider's private key only: never `none`, and no shared secret, which its public key could be mistaken for. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const SCOPE = 'openid email'
const SUBJECT_LENGTH_MAX = 255
const EMAIL_LENGTH_MAX = 254

/** Whom a provider vouches for. */
export interface Person {
  readonly provider: string
  readonly subject: string
  /** Only an address that the provider has verified. */
  readonly email: string | null
}

/** `refused`: the provider or its token says no; `why` without the token. `unavailable`: it could not be asked. */
export type ProviderFailure = { readonly type: 'refused' | 'unavailable'; readonly why: string }

/** What binds an answer of the provider to the one who asked. */
export interface CodeChecks {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

export interface Provider {
  readonly config: ProviderConfig
  /** Where the browser goes to sign in. */
  authorizationUrl(redirectUri: string, checks: CodeChecks): Promise<Result<URL, ProviderFailure>>
  /** Trades the code in `callbackUrl`, which must be `redirectUri` with the provider's answer as query. */
  redeem(callbackUrl: URL, checks: CodeChecks): Promise<Result<Person, ProviderFailure>>
  /** Checks an identity token: signature, algorithm, issuer, audience, times, nonce. */
  verify(idToken: string, nonce: string): Promise<Result<Person, ProviderFailure>>
}

/** A provider that is asked about itself when first needed: one that is away holds up nobody else. */
export function createProvider(config: ProviderConfig, clock: Clock): Provider {
  let found: { readonly configuration: Promise<openid.Configuration>; readonly untilMs: number } | null = null
  let jwks: ReturnType<typeof createRemoteJWKSet> | null = null

  function discovered(): Promise<openid.Configuration> {
    if (found !== null && clock.monotonic() < found.untilMs) return found.configuration
    const configuration = openid.discovery(new URL(config.issuer), config.clientId, config.clientSecret, undefined, {
      timeout: TIMEOUT_SECONDS,
      execute: [
        openid.enableNonRepudiationChecks,
        ...(isLoopback(config.issuer) ? [openid.allowInsecureRequests] : []),
      ],
    })
    const discovery = { configuration, untilMs: clock.monotonic() + DISCOVERY_MS }
    found = discovery
    configuration.then(
      (known) => {
        const uri = known.serverMetadata().jwks_uri
        if (uri !== undefined) jwks = createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT_SECONDS * 1_000 })
      },
      () => {
        if (found === discovery) found = null
      },
    )
    return configuration
  }

  const person = ({ sub, email, email_verified }: JWTPayload): Result<Person, ProviderFailure> => {
    if (typeof sub !== 'string' || sub.length < 1 || sub.length > SUBJECT_LENGTH_MAX)
      return refusedFor('no usable subject')
    const usable = email_verified === true && typeof email === 'string' && email.length <= EMAIL_LENGTH_MAX
    return ok({ provider: config.name, subject: sub, email: usable ? email : null })
  }

  return {
    config,
    async authorizationUrl(redirectUri, { state, nonce, codeVerifier }) {
      try {
        const parameters = {
          redirect_uri: redirectUri,
          scope: SCOPE,
          state,
          nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        }
        return ok(openid.buildAuthorizationUrl(await discovered(), parameters))
      } catch (error) {
        return err(failureOf(error))
      }
    },
    async redeem(callbackUrl, { state, nonce, codeVerifier }) {
      try {
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        }
        const tokens = await openid.authorizationCodeGrant(await discovered(), callbackUrl, checks)
        return person((tokens.claims() ?? {}) as JWTPayload)
      } catch (error) {
        return err(failureOf(error))
      }
    },
    async verify(idToken, nonce) {
      try {
        await discovered()
        if (jwks === null) return refusedFor('the provider publishes no keys')
        const { payload } = await jwtVerify(idToken, jwks, {
          algorithms: ALGORITHMS,
          issuer: config.issuer,
          audience: [config.clientId, ...config.audiences],
          requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(clock.now()),
        })
        return payload.nonce === nonce ? person(payload) : refusedFor('another nonce')
      } catch (error) {
        return err(failureOf(error))
      }
    },
  }
}

const refusedFor = (why: string) => err<ProviderFailure>({ type: 'refused', why })

/** jose says so when the keys could not be had, which is no verdict on a token. */
const KEYS_OUT_OF_REACH: readonly string[] = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']

/** The code of the library's error says what was wrong; its message may hold parts of a token. */
function failureOf(error: unknown): ProviderFailure {
  if (error instanceof errors.JOSEError) {
    return { type: KEYS_OUT_OF_REACH.includes(error.code) ? 'unavailable' : 'refused', why: error.code }
  }
  if (error instanceof openid.AuthorizationResponseError) return { type: 'refused', why: error.error }
  if (error instanceof openid.ResponseBodyError)
    return { type: error.status >= 500 ? 'unavailable' : 'refused', why: error.error }
  if (error instanceof openid.ClientError && error.code !== undefined && !OUT_OF_REACH.test(error.code)) {
    return { type: 'refused', why: error.code }
  }
  return { type: 'unavailable', why: (error as { readonly code?: string }).code ?? String((error as Error).name) }
}

const OUT_OF_REACH = /TIMEOUT|ABORT|RESPONSE_IS_NOT_CONFORM|RESPONSE_IS_NOT_JSON|PARSE_ERROR/
