import type { HttpResponse } from 'uWebSockets.js'

/** Bodies up to this are handed over whole, in bytes; longer ones as the peer reads, so that slow readers cost no copy. */
const WHOLE_BYTES_MAX = 16 * 1024
/** Written by the library itself; a second one would be a malformed answer. */
const LIBRARY_HEADERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'date', 'connection'])
/** Statuses whose answers have no body and no length. */
const BODYLESS: ReadonlySet<number> = new Set([204, 304])

export interface Answer {
  readonly response: Response
  readonly body: Uint8Array
  /** Answers HEAD: the length, not the bytes. */
  readonly headOnly: boolean
  readonly closeConnection: boolean
}

/**
 * Writes a whole answer. `res` must not have been aborted. `written` is called when the library has all of it, at once for most;
 * not when the peer goes away before.
 */
export function writeResponse(res: HttpResponse, answer: Answer, written: () => void): void {
  const { response, body, headOnly, closeConnection } = answer
  const bodyless = headOnly || BODYLESS.has(response.status)
  // The library can either leave the body out or close afterwards.
  if (bodyless && closeConnection) return void res.close()
  res.cork(() => {
    res.writeStatus(statusLine(response.status))
    for (const [name, value] of response.headers) {
      if (!LIBRARY_HEADERS.has(name)) res.writeHeader(name, value)
    }
    if (bodyless) {
      // The length as a header of ours: told as an argument, the library waits for the bytes and drops the connection.
      if (headOnly && !BODYLESS.has(response.status)) res.writeHeader('content-length', String(body.byteLength))
      res.endWithoutBody()
    } else if (body.byteLength <= WHOLE_BYTES_MAX || closeConnection) {
      res.end(body, closeConnection)
    } else {
      return writeAsRead(res, body, written)
    }
    written()
  })
}

function writeAsRead(res: HttpResponse, body: Uint8Array, written: () => void): void {
  const write = (offset: number): boolean => {
    const [accepted, done] = res.tryEnd(body.subarray(offset), body.byteLength)
    if (done) written()
    return accepted
  }
  if (!write(0)) res.onWritable(write)
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

const statusLine = (status: number): string => `${status} ${REASONS[status] ?? 'Status'}`
