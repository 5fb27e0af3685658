import { App, type HttpRequest, type HttpResponse, type TemplatedApp } from 'uWebSockets.js'
import type { CancelTimer, Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import { errorResponse } from '../../ports/http/error-response.ts'
import type { Peer } from '../../ports/http/gate/gate.ts'
import { requestIdOf } from '../../ports/http/request-id.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { HttpApp } from '../http/types.ts'
import { addressText } from './address.ts'
import { type Endpoint, type Listener, listen } from './listen.ts'
import { BODY_BYTES_MAX, type BodyOutcome, readBody } from './read-body.ts'
import { writeResponse } from './write-response.ts'

/** Answers one request. Its URL has a made-up origin: path and query count; `Host` is among the headers. HEAD comes as GET. */
export type FetchHandler = HttpApp['fetch']

export interface FetchDeps {
  readonly handler: FetchHandler
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * How long a body may take, in ms. The library itself cuts a connection that brings no headers, or too slow a body, after 8 to 12 s
 * without a word; this comes first, so that the client reads why.
 */
export const BODY_TIMEOUT_MS = 7_500
/** How long a peer may take to read an answer, in ms; then the connection is cut. Bounds what slow readers hold in memory. */
export const WRITE_TIMEOUT_MS = 30_000
/** Requests at one moment, from headers to the last byte of the answer; more are told to come back. */
const IN_FLIGHT_MAX = 1_024
const RETRY_AFTER_MS = 1_000
/** `Request` wants an absolute URL, and what the client calls us is not to be trusted as one. */
const ORIGIN = 'http://oxo.invalid'
/** `Request` refuses these, and nothing here answers them. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** What of a request survives the library's callback. */
interface Head {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly peer: Peer
}

/** Serves every path that has no route of its own on `app`. */
export function serveFetch(app: TemplatedApp, { handler, clock, random, log }: FetchDeps): void {
  let inFlight = 0
  app.any('/*', (res, req) => {
    const head = readHead(res, req)
    let stage: 'reading' | 'answering' | 'closed' = 'reading'
    let cancelTimer: CancelTimer = () => {}
    inFlight += 1

    const isClosed = () => stage === 'closed'
    const close = () => {
      if (isClosed()) return
      stage = 'closed'
      inFlight -= 1
      cancelTimer()
    }
    const send = async (response: Response, closeConnection = false) => {
      const body = new Uint8Array(await response.arrayBuffer())
      if (isClosed()) return
      writeResponse(res, { response, body, headOnly: head.method === 'HEAD', closeConnection }, close)
      if (!isClosed()) cancelTimer = clock.after(WRITE_TIMEOUT_MS, () => void res.close())
    }
    const refuse = (why: Refusal, closeConnection = false, status?: number) => {
      const requestId = requestIdOf(headersOrNone(head), random)
      return send(errorResponse(why, requestId, clock.now(), {}, status), closeConnection)
    }
    const answer = async (outcome: BodyOutcome): Promise<void> => {
      if (inFlight > IN_FLIGHT_MAX) return refuse(BUSY)
      if (outcome.type === 'too_large') return refuse(BODY_TOO_LARGE, !outcome.drained, 413)
      if (outcome.type === 'too_slow') return refuse(BODY_TOO_SLOW, true, 408)
      const request = toRequest(head, outcome.bytes)
      if ('code' in request) return refuse(request)
      await send(await handler(request, head.peer))
    }
    const read = (outcome: BodyOutcome) => {
      if (stage !== 'reading') return
      stage = 'answering'
      cancelTimer()
      answer(outcome).catch((error: unknown) => {
        log.error('http_request_failed', { method: head.method, path: head.target.split('?', 1)[0], error })
        return refuse(FAILED)
      })
    }

    res.onAborted(close)
    if (announcesBody(head)) cancelTimer = clock.after(BODY_TIMEOUT_MS, () => read({ type: 'too_slow' }))
    readBody(res, read)
  })
}

/** An HTTP endpoint of its own, such as the admin port. @throws when the port is taken. */
export function listenHttp(endpoint: Endpoint & FetchDeps): Promise<Listener> {
  const app = App()
  serveFetch(app, endpoint)
  return listen(app, endpoint)
}

function readHead(res: HttpResponse, req: HttpRequest): Head {
  const query = req.getQuery()
  const headers: [string, string][] = []
  req.forEach((name, value) => {
    headers.push([name, value])
  })
  return {
    method: req.getCaseSensitiveMethod(),
    target: query ? `${req.getUrl()}?${query}` : req.getUrl(),
    headers,
    peer: { address: addressText(res.getRemoteAddress()) },
  }
}

function toRequest(head: Head, body: Uint8Array<ArrayBuffer>): Request | Refusal {
  if (FORBIDDEN_METHODS.has(head.method)) return refusal('NOT_FOUND', 'no such path or method')
  // HEAD is GET without the body: only when the body exists is its length known.
  const method = head.method === 'HEAD' ? 'GET' : head.method
  const withBody = method !== 'GET' && body.byteLength > 0
  try {
    return new Request(ORIGIN + head.target, {
      method,
      headers: new Headers(copied(head)),
      ...(withBody ? { body } : {}),
    })
  } catch {
    return refusal('BAD_REQUEST', 'method, path or headers are malformed')
  }
}

function headersOrNone(head: Head): Headers {
  try {
    return new Headers(copied(head))
  } catch {
    return new Headers()
  }
}

const copied = ({ headers }: Head): [string, string][] => headers.map(([name, value]) => [name, value])

const announcesBody = ({ headers }: Head): boolean =>
  headers.some(([name, value]) => (name === 'content-length' && value !== '0') || name === 'transfer-encoding')

const BODY_TOO_LARGE = refusal('BAD_REQUEST', `the body is larger than ${BODY_BYTES_MAX} bytes`)
const BODY_TOO_SLOW = refusal('BAD_REQUEST', `the body did not arrive within ${BODY_TIMEOUT_MS} ms`)
const BUSY = refusal('UNAVAILABLE', 'too many requests at once', { retryAfterMs: RETRY_AFTER_MS })
const FAILED = refusal('UNAVAILABLE', 'the request failed; its outcome is unknown', { retryAfterMs: RETRY_AFTER_MS })
