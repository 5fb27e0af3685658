import { App, type HttpRequest, type HttpResponse, type us_socket_context_t, type WebSocket } from 'uWebSockets.js'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import { errorBody } from '../../ports/http/error-body.ts'
import { requestIdOr } from '../../ports/http/request-id.ts'
import { type CloseCode, errors, refusal } from '../../protocol/errors.ts'
import { CLIENT_FRAME_BYTES_MAX, UNSENT_BYTES_MAX } from '../../protocol/limits.ts'
import { PLAY_PATH } from '../../protocol/version.ts'
import { addressText } from './address.ts'
import { type FetchHandler, serveFetch } from './fetch-adapter.ts'
import type { Admission, PlayerSocket, SocketHandlers, SocketHub, UpgradeRefusal, UpgradeRequest } from './hub.ts'
import { type Listener, listen } from './listen.ts'

/** The library cuts a socket that says nothing for so long, pongs included, in seconds: later than our own close with a code. */
const LIBRARY_IDLE_SECONDS = 120
/** What the library reads at most of one message: larger ones than we allow still get their close code from us. */
const LIBRARY_PAYLOAD_BYTES = 16 * CLIENT_FRAME_BYTES_MAX
/** `send` answers this when it dropped the frame. */
const DROPPED = 2

export interface UwsHubOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Every HTTP request that is no upgrade. */
  readonly fetch: FetchHandler
}

const NO_EXTENSIONS = ''

/** What the library keeps with each socket. */
interface Held<Pass, Connection> {
  readonly pass: Pass
  state: { readonly socket: UwsSocket; readonly connection: Connection } | null
}

/** Sockets and HTTP on one port by uWebSockets.js. */
export function uwsHub(options: UwsHubOptions): SocketHub {
  const app = App()
  let listener: Listener | null = null

  return {
    async listen<Pass, Connection>(handlers: SocketHandlers<Pass, Connection>) {
      for (const path of [PLAY_PATH, '/games/:gameId/live']) {
        app.ws<Held<Pass, Connection>>(path, {
          maxPayloadLength: LIBRARY_PAYLOAD_BYTES,
          maxBackpressure: UNSENT_BYTES_MAX,
          idleTimeout: LIBRARY_IDLE_SECONDS,
          sendPingsAutomatically: false,
          upgrade: (res, req, context) => upgrade(res, req, context, handlers, options),
          open(ws) {
            const held = ws.getUserData()
            const socket = new UwsSocket(ws as WebSocket<unknown>)
            held.state = { socket, connection: handlers.opened(socket, held.pass) }
          },
          message(ws, message, isBinary) {
            const { state } = ws.getUserData()
            if (state?.socket.open) handlers.frame(state.connection, new Uint8Array(message), isBinary)
          },
          pong(ws) {
            const { state } = ws.getUserData()
            if (state) handlers.pong(state.connection)
          },
          close(ws, code) {
            const { state } = ws.getUserData()
            if (!state) return
            state.socket.open = false
            handlers.closed(state.connection, code)
          },
        })
      }
      serveFetch(app, { handler: options.fetch, clock: options.clock, random: options.random, log: options.log })
      listener = await listen(app, options)
      return { port: listener.port }
    },
    stopListening: () => listener?.stopListening(),
    close: () => listener?.close(),
  }
}

/** The library forbids any call after the close: `open` guards each. */
class UwsSocket implements PlayerSocket {
  open = true
  private readonly ws: WebSocket<unknown>

  constructor(ws: WebSocket<unknown>) {
    this.ws = ws
  }

  send(frame: Uint8Array): boolean {
    return !this.open || this.ws.send(frame, true) !== DROPPED
  }

  cork(run: () => void): void {
    if (this.open) this.ws.cork(run)
  }

  ping(): void {
    if (this.open) this.ws.ping()
  }

  end(code: CloseCode, reason: string): void {
    if (this.open) this.ws.end(code, reason)
  }
}

/**
 * Answers an upgrade: at once where the admission is known at once. Else uncorked, though the library warns of that on standard error:
 * after a corked upgrade it tells from the socket's address whether it still is HTTP; where the upgraded socket keeps the address
 * it reads that state from memory that is not it, and may close the socket (seen in one of some ten fresh servers).
 */
function upgrade<Pass, Connection>(
  res: HttpResponse,
  req: HttpRequest,
  context: us_socket_context_t,
  handlers: SocketHandlers<Pass, Connection>,
  options: UwsHubOptions,
): void {
  const request = readRequest(res, req, options)
  const key = req.getHeader('sec-websocket-key')
  const finish = (admission: Admission<Pass>): void => {
    if (admission.type === 'refused') return refuse(res, admission.refusal)
    const held: Held<Pass, Connection> = { pass: admission.pass, state: null }
    res.upgrade(held, key, admission.subprotocol, NO_EXTENSIONS, context)
  }
  const admission = handlers.admit(request)
  if (!(admission instanceof Promise)) return finish(admission)

  let aborted = false
  res.onAborted(() => {
    aborted = true
  })
  admission
    .catch((error: unknown): Admission<Pass> => {
      options.log.error('upgrade_failed', { error, requestId: request.requestId })
      return { type: 'refused', refusal: failed(options, request.requestId) }
    })
    .then((known) => {
      if (!aborted) return known.type === 'refused' ? void res.cork(() => finish(known)) : finish(known)
      if (known.type === 'admitted') handlers.abandoned(known.pass)
    })
}

function readRequest(res: HttpResponse, req: HttpRequest, { random }: UwsHubOptions): UpgradeRequest {
  const header = (name: string): string | null => req.getHeader(name) || null
  return {
    path: req.getUrl(),
    host: req.getHeader('host'),
    origin: header('origin'),
    authorization: header('authorization'),
    forwardedFor: header('x-forwarded-for'),
    subprotocols: req
      .getHeader('sec-websocket-protocol')
      .split(',')
      .map((item) => item.trim()),
    address: addressText(res.getRemoteAddress()),
    requestId: requestIdOr(req.getHeader('x-request-id'), random),
  }
}

function failed({ clock }: UwsHubOptions, requestId: string): UpgradeRefusal {
  const why = refusal('UNAVAILABLE', 'the request failed', { retryAfterMs: 1_000 })
  const headers = [
    ['content-type', 'application/json'],
    ['retry-after', '1'],
  ] as const
  return {
    status: errors.UNAVAILABLE.httpStatus,
    headers,
    body: JSON.stringify(errorBody(why, requestId, clock.now())),
  }
}

function refuse(res: HttpResponse, { status, headers, body }: UpgradeRefusal): void {
  res.writeStatus(String(status))
  for (const [name, value] of headers) res.writeHeader(name, value)
  res.end(body)
}
