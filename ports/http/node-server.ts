import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { err, ok, type Result } from '../../kit/result.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { type Answer, headersOf } from './answer.ts'
import type { Peer } from './gate/gate.ts'
import { BODY_BYTES_MAX } from './json-body.ts'

/** Longer than load balancers keep an idle connection (60 s), so that they never reuse one that we close. */
const KEEP_ALIVE_MS = 65_000
export interface Times {
  /** For the headers, from the first byte of the connection or of the next request on it. */
  readonly headersMs: number
  /** For the whole request. */
  readonly requestMs: number
}
const TIMES: Times = { headersMs: 5_000, requestMs: 10_000 }
/** How often connections are looked at for the two: what the bounds may be late by. The library's own 30 s would be three times the bound. */
const CHECKS_A_BOUND = 10

export interface FetchHandler {
  /** Must not reject. A body is handed over whole; larger ones than BODY_BYTES_MAX are refused before. */
  handle(request: Request, peer: Peer): Response | Promise<Response>
  /** The same, with what it adds to every answer beside it: `handle` is not called then. */
  answer?(request: Request, peer: Peer): Promise<Answer>
  /** The answer to what is no request for `handle`; `status` where HTTP has a more exact one than the code's. */
  refuse(refusal: Refusal, status?: number): Response
}

/** Serves a fetch handler over node:http, every read bounded in bytes and time. */
export function nodeServer({ handle, answer, refuse }: FetchHandler, { headersMs, requestMs }: Times = TIMES): Server {
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(headersMs / CHECKS_A_BOUND),
  }
  const server = createServer(limits, async (incoming, outgoing) => {
    const body = await readBody(incoming)
    if (body === 'gone') return
    await write(await answerTo(incoming, body), incoming, outgoing)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => void refuseBroken(error, socket))
  return server

  async function answerTo(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer> | 'too_large'): Promise<Answer> {
    if (body === 'too_large') return whole(refuse(BODY_TOO_LARGE, 413))
    const request = toRequest(incoming, body)
    if (request === null) return whole(refuse(MALFORMED))
    const peer = { address: incoming.socket.remoteAddress ?? '' }
    return answer === undefined ? whole(await handle(request, peer)) : answer(request, peer)
  }

  /** What is no HTTP, or took too long, is told so in the one format, unless an answer is on its way already. */
  async function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const response =
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? refuse(TOO_SLOW, 408)
        : error.code === 'HPE_HEADER_OVERFLOW'
          ? refuse(HEADERS_TOO_LARGE, 431)
          : refuse(MALFORMED)
    const body = await response.text()
    const headers = [...response.headers, ['connection', 'close'], ['content-length', String(Buffer.byteLength(body))]]
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.end(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}\r\n${head}\r\n${body}`)
  }
}

function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | 'too_large' | 'gone'> {
  const chunks: Uint8Array[] = []
  let length = 0
  return new Promise((resolve) => {
    incoming.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length <= BODY_BYTES_MAX) return
      incoming.pause()
      resolve('too_large')
    })
    incoming.on('end', () => resolve(Uint8Array.from(Buffer.concat(chunks, length))))
    incoming.on('close', () => resolve('gone'))
    incoming.on('error', () => resolve('gone'))
  })
}

function toRequest(incoming: IncomingMessage, body: Uint8Array<ArrayBuffer>): Request | null {
  const { method = 'GET', url = '' } = incoming
  try {
    const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    )
    return new Request(`http://${incoming.headers.host ?? 'localhost'}${url}`, {
      method,
      headers,
      ...(body.byteLength > 0 && method !== 'GET' && method !== 'HEAD' ? { body } : {}),
    })
  } catch {
    return null
  }
}

const whole = (response: Response): Answer => ({ response, headers: [], defaults: [] })

async function write(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { response } = answer
  const bytes = Buffer.from(await response.arrayBuffer())
  // The rest of a body that nobody wants would be taken for the next request.
  if (!incoming.complete) outgoing.shouldKeepAlive = false
  const length = incoming.method === 'HEAD' ? [] : ['content-length', String(bytes.byteLength)]
  outgoing.writeHead(response.status, [...headersOf(answer), ...length])
  outgoing.end(bytes)
}

/** Starts to accept; the port that it got, or one line that says why not. */
export function listen(server: Server, port: number, host: string): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(err(`cannot listen on ${host}:${port}: ${error.message}`)))
    server.listen(port, host, () => resolve(ok((server.address() as AddressInfo).port)))
  })
}

const MALFORMED = refusal('BAD_REQUEST', 'malformed request')
const BODY_TOO_LARGE = refusal('BAD_REQUEST', `the body is over ${BODY_BYTES_MAX} bytes`)
const HEADERS_TOO_LARGE = refusal('BAD_REQUEST', 'the headers are too large')
const TOO_SLOW = refusal('BAD_REQUEST', 'the request did not arrive in time')
