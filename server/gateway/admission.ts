import type { Clock } from '../../kit/clock.ts'
import { errorBody } from '../../ports/http/error-body.ts'
import { type ErrorCode, errors, type Refusal, refusal } from '../../protocol/errors.ts'
import { isGameId } from '../../protocol/ids.ts'
import { BEARER_PREFIX, PLAY_PATH, SUBPROTOCOL } from '../../protocol/version.ts'
import type { Identity, VerifyToken } from '../auth/identity.ts'
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
    if (!originAllowed(request, options.allowedOrigins))
      return refuse(request, refusal('FORBIDDEN', 'this origin is not allowed'))
    const token = tokenOf(request)
    if (token === null) return refuse(request, refusal('UNAUTHENTICATED', 'no access token'))
    const known = options.verify.known?.(token) ?? null
    if (known !== null) return admitVerified(request, known, address, live)
    return options
      .verify(token)
      .then((verified) =>
        verified.ok
          ? admitVerified(request, verified.value, address, live)
          : refuse(request, refusal('UNAUTHENTICATED', `access token ${verified.error}`)),
      )
  }

  function admitVerified(request: UpgradeRequest, identity: Identity, address: string, live: string | null) {
    if (!request.subprotocols.includes(SUBPROTOCOL)) {
      return refuse(request, refusal('BAD_REQUEST', `offer the subprotocol ${SUBPROTOCOL}`))
    }
    if (isFull(address)) return refuseFull(request)
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1)
    const admitted: Admission<Pass> = {
      type: 'admitted',
      pass: { identity, address, live },
      subprotocol: SUBPROTOCOL,
    }
    return admitted
  }

  const isFull = (address: string): boolean => (byAddress.get(address) ?? 0) >= options.maxSocketsPerAddress

  function refuseFull(request: UpgradeRequest): Admission<Pass> {
    const details = { retryAfterMs: RETRY_AFTER_SECONDS * 1_000 }
    return refuse(request, refusal('RATE_LIMITED', 'too many sockets of this address', details), RETRY_AFTER_SECONDS)
  }

  function refuse(request: UpgradeRequest, why: Refusal, retryAfterSeconds?: number): Admission<Pass> {
    const headers: [string, string][] = [
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
