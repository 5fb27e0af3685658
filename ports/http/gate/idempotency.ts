import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Log } from '../../../kit/log.ts'
import type { Random } from '../../../kit/random.ts'
import { refusal } from '../../../protocol/errors.ts'
import type { IdempotencyStore } from '../../idempotency-store.ts'
import { callerName } from './access.ts'
import type { GateContext, GateEnv } from './passage.ts'
import { seal, unseal } from './sealed.ts'

export const IDEMPOTENCY_HEADER = 'idempotency-key'
/** Says of an answer that it was given before. */
export const REPLAYED_HEADER = 'idempotency-replayed'

const KEY = /^[\x20-\x7e]{1,64}$/
/** How long an answer is given again, ms; to nobody in particular a shorter time, because an address is a weak name. */
const KEPT_MS = 24 * 3_600_000
const KEPT_ANONYMOUS_MS = 10 * 60_000

const BAD_KEY = refusal('BAD_REQUEST', 'Idempotency-Key has 1 to 64 printable ASCII characters')
const OTHER_REQUEST = refusal('STALE', 'this Idempotency-Key was used for another request')
const RUNNING = refusal('UNAVAILABLE', 'the first request with this Idempotency-Key has no answer yet', {
  retryAfterMs: 1_000,
})

export interface IdempotencyOptions {
  readonly store: IdempotencyStore
  readonly random: Random
  readonly log: Log
  /** Paths that keep their own promise about repeats. */
  readonly except: ReadonlySet<string>
}

/**
 * A POST with an `Idempotency-Key` that comes again gets the first answer again, if that was a success: what failed changed nothing and
 * runs anew. The key belongs to its caller (account, key or address) and path; with another body it is a conflict.
 */
export function idempotency(options: IdempotencyOptions): MiddlewareHandler<GateEnv> {
  const { store, random, log, except } = options

  return createMiddleware<GateEnv>(async (c, next) => {
    const key = c.req.method === 'POST' ? c.req.header(IDEMPOTENCY_HEADER) : undefined
    if (key === undefined || except.has(c.req.path)) return next()
    const { refuse, caller, address } = c.env
    if (!KEY.test(key)) return refuse(BAD_KEY)

    const name = `${callerName(caller, address)}\n${c.req.path}\n${key}`
    const secret = `${name}\n${hash(new Uint8Array(await c.req.raw.clone().arrayBuffer()))}`
    const [stored, run] = [hash(name), Buffer.from(random.bytes(12)).toString('hex')]
    const begun = await store.begin(stored, run)
    if (begun.type === 'running') return refuse(RUNNING)
    if (begun.type === 'done') return replay(c, unseal(secret, begun.answer))

    await next()
    const keptMs = caller.type === 'anonymous' ? KEPT_ANONYMOUS_MS : KEPT_MS
    const end = c.res.ok
      ? store.finish(stored, run, seal(secret, await keptOf(c.res), random), keptMs)
      : store.abandon(stored, run)
    // The answer stands all the same; a repeat hears that it runs, until the run ends by itself.
    await end.catch((error: unknown) => log.warn('idempotency_not_kept', { requestId: c.env.requestId, error }))
  })
}

const replay = (c: GateContext, kept: ReturnType<typeof unseal>): Response => {
  if (kept === null) return c.env.refuse(OTHER_REQUEST)
  const headers = new Headers(kept.headers.map(([name, value]): [string, string] => [name, value]))
  headers.set(REPLAYED_HEADER, 'true')
  return new Response(kept.body === '' ? null : kept.body, { status: kept.status, headers })
}

async function keptOf(response: Response) {
  return { status: response.status, headers: [...response.headers], body: await response.clone().text() }
}

const hash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('base64url')
