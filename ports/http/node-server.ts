import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { err, ok, type Result } from '../../kit/result.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { BODY_BYTES_MAX } from './json-body.ts'

/** Longer than load balancers keep an idle connection (60 s), so that they never reuse one that we close. */
const KEEP_ALIVE_MS = 65_000
const HEADERS_MS = 5_000
const REQUEST_MS = 10_000

export interface FetchHandler {
  /** Must not reject. A body is handed over whole; of one that is too large, one byte more than `readJson` takes. */
  handle(request: Request): Response | Promise<Response>
  /** The answer to what is no request for `handle`. */
  refuse(refusal: Refusal): Response
}

/** Serves a fetch handler over node:http, every read bounded in bytes and time. */
export function nodeServer({ handle, refuse }: FetchHandler): Server {
  const limits = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }
  return createServer(limits, async (incoming, outgoing) => {
    const body = await readBody(incoming)
    if (body === null) return
    const request = toRequest(incoming, body)
    const response = request === null ? refuse(refusal('BAD_REQUEST', 'malformed request')) : await handle(request)
    await write(response, incoming, outgoing)
  })
}

/** Null when the caller went away before the end. */
function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  return new Promise((resolve) => {
    incoming.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length <= BODY_BYTES_MAX) return
      incoming.pause()
      resolve(new Uint8Array(BODY_BYTES_MAX + 1))
    })
    incoming.on('end', () => resolve(Uint8Array.from(Buffer.concat(chunks, length))))
    incoming.on('close', () => resolve(null))
    incoming.on('error', () => resolve(null))
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

async function write(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await response.arrayBuffer())
  // The rest of a body that nobody wants would be taken for the next request.
  if (!incoming.complete) outgoing.shouldKeepAlive = false
  const length = incoming.method === 'HEAD' ? [] : ['content-length', String(bytes.byteLength)]
  outgoing.writeHead(response.status, [...[...response.headers].flat(), ...length])
  outgoing.end(bytes)
}

/** Starts to accept; the port that it got, or one line that says why not. */
export function listen(server: Server, port: number, host: string): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(err(`cannot listen on ${host}:${port}: ${error.message}`)))
    server.listen(port, host, () => resolve(ok((server.address() as AddressInfo).port)))
  })
}
