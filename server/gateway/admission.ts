import type { Clock } from '../../kit/clock.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Identity, VerifyToken } from '../../ports/auth/identity.ts'
import { errorBody } from '../../ports/http/error-body.ts'
import { type Caller, NOBODY } from '../../ports/http/gate/access.ts'
import { type Count, rateLimitHeaders, tooMany } from '../../ports/http/gate/limits.ts'
import { type ErrorCode, errors, type Refusal, refusal } from '../../protocol/errors.ts'
import { isGameId } from '../../protocol/ids.ts'
import { BEARER_PREFIX, PLAY_PATH, SUBPROTOCOL } from '../../protocol/version.ts'
import type { Admission, UpgradeRequest } from '../socket/hub.ts'

/** What an admitted socket starts with. `live`: it asked for this game by its path. */
export interface Pass {
  readonly identity: Identity
  readonly address: string
  readonly live: string | null
}

export interface AdmissionOptions {
  readonly clock: Clock
  readonly verify: VerifyToken
  /** Origins of pages that may connect, besides the page that this host serves. */
  readonly allowedOrigins: readonly string[]
  readonly maxSocketsPerAddress: number
  /** Why no socket is taken now; null: they are. */
  readonly closedFor: () => Refusal | null
  readonly clientAddress: (request: UpgradeRequest) => string
  /** Counts an upgrade as the request that it is. */
  readonly countNow: Count['countNow']
  /** The game exists, as far as can be known now: for `/games/{id}/live`. */
  readonly gameExists: (gameId: string) => Promise<boolean>
}

const LIVE = /^\/games\/([^/]{1,64})\/live$/
const RETRY_AFTER_SECONDS = 5

/** Who may open a socket: checked before the upgrade, in the order of PROTOCOL.md, "Transport". */
export function createAdmission(options: AdmissionOptions) {
  const byAddress = new Map<string, number>()

  /** At once where nothing has to be asked: the path of play and a token that was verified before. */
  function admit(request: UpgradeRequest): Admission<Pass> | Promise<Admission<Pass>> {
    const live = LIVE.exec(request.path)?.[1] ?? null
    if (live !== null) return admitLive(request, live)
    if (request.path !== PLAY_PATH) return refuse(request, refusal('NOT_FOUND', 'no such path'))
    return admitFound(request, null)
  }

  async function admitLive(request: UpgradeRequest, live: string): Promise<Admission<Pass>> {
    if (isGameId(live) && (await options.gameExists(live))) return admitFound(request, live)
    return refuse(request, refusal('NOT_FOUND', 'no such game'))
  }

  function admitFound(request: UpgradeRequest, live: string | null): Admission<Pass> | Promise<Admission<Pass>> {
    const closed = options.closedFor()
    if (closed) return refuse(request, closed, Number(closed.details?.retryAfterMs ?? 0) / 1_000)
    const address = options.clientAddress(request)
    if (isFull(address)) return refuseFull(request)
    const admitCounted = (identity: Result<Identity, string>) => admitKnown(request, identity, address, live)
    const token = tokenOf(request)
    if (token === null) return admitCounted(err('no access token'))
    const known = options.verify.known?.(token) ?? null
    if (known !== null) return admitCounted(ok(known))
    return options
      .verify(token)
      .then((verified) => admitCounted(verified.ok ? verified : err(`access token ${verified.error}`)))
  }

  /** `identity`: or why nobody is known. */
  function admitKnown(
    request: UpgradeRequest,
    identity: Result<Identity, string>,
    address: string,
    live: string | null,
  ) {
    const caller: Caller = identity.ok ? { type: 'user', identity: identity.value } : NOBODY
    const counted = options.countNow(caller, address)
    if (!counted.allowed) return refuse(request, tooMany(counted), counted.resetMs / 1_000, rateLimitHeaders(counted))
    if (!originAllowed(request, options.allowedOrigins))
      return refuse(request, refusal('FORBIDDEN', 'this origin is not allowed'))
    if (!identity.ok) return refuse(request, refusal('UNAUTHENTICATED', identity.error))
    if (!request.subprotocols.includes(SUBPROTOCOL)) {
      return refuse(request, refusal('BAD_REQUEST', `offer the subprotocol ${SUBPROTOCOL}`))
    }
    if (isFull(address)) return refuseFull(request)
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    const admitted: Admission<Pass> = {
      type: 'admitted',
      pass: { identity: identity.value, address, live },
      subprotocol: SUBPROTOCOL,
    }
    return admitted
  }

  const isFull = (address: string): boolean => (byAddress.get(address) ?? 0) >= options.maxSocketsPerAddress

  function refuseFull(request: UpgradeRequest): Admission<Pass> {
    const details = { retryAfterMs: RETRY_AFTER_SECONDS * 1_000 }
    return refuse(request, refusal('RATE_LIMITED', 'too many sockets of this address', details), RETRY_AFTER_SECONDS)
  }

  function refuse(
    request: UpgradeRequest,
    why: Refusal,
    retryAfterSeconds?: number,
    more: readonly (readonly [string, string])[] = [],
  ): Admission<Pass> {
    const headers: (readonly [string, string])[] = [
      ...more,
      ['content-type', 'application/json'],
      ['x-request-id', request.requestId],
      ['cache-control', 'no-store'],
    ]
    if (retryAfterSeconds !== undefined)
      headers.push(['retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds)))])
    if (why.code === 'UNAUTHENTICATED') headers.push(['www-authenticate', 'Bearer'])
    const body = JSON.stringify(errorBody(why, request.requestId, options.clock.now()))
    return { type: 'refused', refusal: { status: statusOf(why.code), headers, body } }
  }

  /** A socket of this address is gone. */
  function leave(address: string): void {
    const left = (byAddress.get(address) ?? 1) - 1
    if (left > 0) byAddress.set(address, left)
    else byAddress.delete(address)
  }

  return { admit, leave }
}

const statusOf = (code: ErrorCode): number => errors[code].httpStatus

/** A request without an Origin comes from no page and is allowed. */
export function originAllowed(
  { origin, host }: Pick<UpgradeRequest, 'origin' | 'host'>,
  allowed: readonly string[],
): boolean {
  if (origin === null) return true
  if (allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/** The header wins over the subprotocol item. */
function tokenOf({ authorization, subprotocols }: UpgradeRequest): string | null {
  if (authorization !== null) return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null
  const item = subprotocols.find((offered) => offered.startsWith(BEARER_PREFIX))
  return item?.slice(BEARER_PREFIX.length) ?? null
}
