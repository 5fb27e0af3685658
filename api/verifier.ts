import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { refusingEnded, watchEnded } from '../ports/auth/ended-watch.ts'
import type { VerifyToken } from '../ports/auth/identity.ts'
import { jwksVerifier, localVerifier } from '../ports/auth/token-verifier.ts'
import type { EndedSessions } from '../ports/ended-sessions.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyEndedSessions } from '../ports/valkey/ended-sessions.ts'
import type { OpenAccounts } from './accounts/open.ts'

export interface OpenVerifier {
  readonly verify: VerifyToken
  stop(): void
}

/** How this process judges access tokens: with its own keys when it serves accounts (else null), or with published ones. */
export async function openVerifier(
  config: { readonly authIssuer: string; readonly authJwksUrl: string | null; readonly valkeyUrl: string | null },
  accounts: OpenAccounts | null,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Result<OpenVerifier, string>> {
  const { authIssuer: issuer, authJwksUrl: jwksUrl } = config
  if (accounts !== null) {
    return ok(await watching(localVerifier(accounts.jwks, issuer, clock), accounts.ended, clock, log))
  }
  if (jwksUrl === null) return err('AUTH_JWKS_URL is missing: without the service `accounts` it says who may call')
  const verify = jwksVerifier({ jwksUrl, issuer, clock })
  if (config.valkeyUrl === null) return ok({ verify, stop() {} })
  try {
    const onError = (error: Error) => log.warn('valkey_connection_failed', { purpose: 'ended-sessions', error })
    const valkey = await connectValkey(config.valkeyUrl, { name: 'api-ended-sessions', onError })
    return ok(await watching(verify, valkeyEndedSessions(valkey), clock, log))
  } catch (error) {
    return err(`VALKEY_URL: ${(error as Error).message}`)
  }
}

async function watching(verify: VerifyToken, ended: EndedSessions, clock: Clock, log: Log): Promise<OpenVerifier> {
  const watch = await watchEnded(clock, log, ended)
  return { verify: refusingEnded(verify, watch), stop: watch.stop }
}
