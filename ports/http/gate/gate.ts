import type { Clock } from '../../../kit/clock.ts'
import type { Log } from '../../../kit/log.ts'
import type { Random } from '../../../kit/random.ts'
import { type ErrorCode, type Refusal, refusal } from '../../../protocol/errors.ts'
import type { Audit } from '../../audit.ts'
import type { VerifyToken } from '../../auth/identity.ts'
import type { RateLimiter } from '../../rate-limiter.ts'
import { type Answer, asResponse } from '../answer.ts'
import type { Hop } from '../client-address.ts'
import { errorResponse } from '../error-response.ts'
import { HOP_HEADER } from '../hop.ts'
import { type Caller, type CredentialProblem, NOBODY, userIdOf } from './access.ts'
import { addressGroup } from './address.ts'
import { csrfRefusal } from './csrf.ts'
import { bare, createEnvelope } from './envelope.ts'
import { createIdentify } from './identify.ts'
import type { FindKey } from './keys.ts'
import { type Counted, createCount, type Quotas, rateLimitHeaders, tooMany } from './limits.ts'
import type { Passage } from './passage.ts'
import { createSampler } from './sampler.ts'

export interface Peer {
  /** As the socket sees it: a load balancer's own address when one stands in between. */
  readonly address: string
}

export interface GateDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly audit: Audit
  readonly verify: VerifyToken
  readonly findKey: FindKey
  readonly limiter: RateLimiter
  readonly quotas: Quotas
  /** Origins whose pages may call us, besides our own. */
  readonly allowedOrigins: readonly string[]
  readonly clientAddress: (hop: Hop) => string
  /** Paths that are answered uncounted and to nobody in particular: health, the page's files, what another gate counts. */
  readonly isExempt: (path: string) => boolean
  /** Told of every refusal that the gate makes or hands out. */
  readonly refused?: (code: ErrorCode) => void
}

export type Gate = ReturnType<typeof createGate>

/** Whoever stands behind the gate. */
type Handler = (request: Request, passage: Passage) => Response | Promise<Response>

/** Problems that no honest client runs into; an expired token is an everyday matter. */
const FORGED: readonly (CredentialProblem | null)[] = ['malformed', 'invalid']

const FAILED = refusal('UNAVAILABLE', 'the request failed; its outcome is unknown', { retryAfterMs: 1_000 })

/**
 * What every REST request passes, once: who calls, how often, from which site; and what every answer gets. Never rejects. What `handler`
 * throws is UNAVAILABLE to the caller and an error in the log.
 */
export function createGate(deps: GateDeps) {
  const { clock, log, audit } = deps
  const envelope = createEnvelope(deps, deps.allowedOrigins)
  const identify = createIdentify({
    ...deps,
    mayLookUp: (address) => deps.limiter.takeNow(`lookup:${addressGroup(address)}`, deps.quotas.anonymous).allowed,
  })
  const { count } = createCount(deps.limiter, deps.quotas)
  const isSampled = createSampler(clock)

  function passageOf(requestId: string, address: string, caller: Caller): Passage {
    const userId = userIdOf(caller)
    return {
      requestId,
      address,
      caller,
      refuse(why, headers) {
        deps.refused?.(why.code)
        return errorResponse(why, requestId, clock.now(), headers)
      },
      audit: (event, entry) =>
        audit(event, {
          requestId,
          address,
          ...(userId !== null && { userId }),
          ...(caller.type === 'user' && { sessionId: caller.identity.sessionId }),
          ...(caller.type === 'key' && { keyId: caller.grant.keyId }),
          ...entry,
        }),
    }
  }

  function answer(request: Request, peer: Peer, handler: Handler): Promise<Answer> {
    const { headers } = request
    const address = deps.clientAddress({
      address: peer.address,
      forwardedFor: headers.get('x-forwarded-for'),
      hop: headers.get(HOP_HEADER),
    })
    const path = pathOf(request.url)
    return envelope(request, async (requestId) => {
      let passage = passageOf(requestId, address, NOBODY)
      try {
        if (deps.isExempt(path)) return bare(await handler(request, passage))
        const found = identify(headers.get('authorization'), address)
        const caller = found instanceof Promise ? await found : found
        if (caller !== NOBODY) passage = passageOf(requestId, address, caller)
        if (caller.type === 'anonymous' && FORGED.includes(caller.problem) && isSampled(`token ${address}`)) {
          passage.audit('token_refused', { outcome: 'refused', why: caller.problem! })
        }
        const taken = count(caller, address)
        const counted = taken instanceof Promise ? await taken : taken
        return { response: await admitted(request, passage, counted, handler), headers: rateLimitHeaders(counted) }
      } catch (error) {
        log.error('http_request_failed', { requestId, method: request.method, path, error })
        return bare(passage.refuse(FAILED))
      }
    })
  }

  function admitted(
    request: Request,
    passage: Passage,
    counted: Counted,
    handler: Handler,
  ): Response | Promise<Response> {
    if (!counted.allowed) {
      const who = userIdOf(passage.caller) ?? passage.address
      if (isSampled(who)) passage.audit('rate_limited', { outcome: 'refused', target: targetOf(request) })
      return passage.refuse(tooMany(counted))
    }
    const forged: Refusal | null = csrfRefusal(request)
    if (forged === null) return handler(request, passage)
    passage.audit('csrf_refused', { outcome: 'refused', target: targetOf(request) })
    return passage.refuse(forged)
  }

  return {
    answer,
    /** The same as one response. */
    handle: async (request: Request, peer: Peer, handler: Handler): Promise<Response> =>
      asResponse(await answer(request, peer, handler)),
  }
}

const targetOf = ({ method, url }: Request): string => `${method} ${pathOf(url)}`

/** The path of an absolute URL, without the cost of a parser. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return '/'
  const end = url.slice(start).search(/[?#]/)
  return end === -1 ? url.slice(start) : url.slice(start, start + end)
}
