import type { Clock } from '../kit/clock.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { BEARER_PREFIX, SUBPROTOCOL } from '../protocol/version.ts'
import { OxoError } from './errors.ts'
import type { WebSocketConstructor } from './web-socket.ts'

/** A socket that has not said WELCOME within this, in ms, is given up. */
export const WELCOME_TIMEOUT_MS = 10_000
/** What a broken connection, a failed handshake included, looks like. */
export const CLOSE_BROKEN = 1006

/** From an error event to the close event that explains it, in ms, at most. */
const ERROR_TO_CLOSE_MS = 1_000

export interface SocketOptions {
  readonly webSocket: WebSocketConstructor
  readonly clock: Clock
  readonly url: string
  readonly accessToken: string
  readonly onMessage: (message: ServerMessage) => void
  /** Called once, and nothing after it; not called after `close`. */
  readonly onClosed: (code: number) => void
}

/** One WebSocket, from the handshake to its end, in messages. */
export interface Socket {
  /** @throws OxoError BAD_REQUEST for a message that fits in no frame: sending it would end the connection */
  send(message: ClientMessage): void
  close(): void
}

export function openSocket(options: SocketOptions): Socket {
  const { webSocket: WebSocket, clock, url, accessToken, onMessage, onClosed } = options
  const socket = new WebSocket(url, [SUBPROTOCOL, BEARER_PREFIX + accessToken])
  let cancelTimeout = clock.after(WELCOME_TIMEOUT_MS, giveUp)
  let open = true
  let handshaken = false
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }: { readonly data: unknown }) => {
    if (open) receive(data)
  }
  socket.onclose = ({ code }: { readonly code: number }) => finish(code)
  socket.onopen = () => {
    handshaken = true
  }
  // A failed handshake is an error event, and not every host sends a close event after it. Later, that one tells the code.
  socket.onerror = () => {
    if (!handshaken) giveUp()
    else if (open) {
      cancelTimeout()
      cancelTimeout = clock.after(ERROR_TO_CLOSE_MS, giveUp)
    }
  }

  function receive(data: unknown): void {
    const decoded = data instanceof ArrayBuffer ? decodeServer(new Uint8Array(data)) : null
    if (decoded === null || !decoded.ok) {
      giveUp() // bytes that no server of this protocol sends
      return
    }
    if (decoded.value === null) return
    if (decoded.value.type === 'welcome') cancelTimeout()
    onMessage(decoded.value)
  }

  function giveUp(): void {
    if (!open) return
    leave()
    onClosed(CLOSE_BROKEN)
  }

  function leave(): void {
    open = false // first: some hosts fire an error event within `close`
    cancelTimeout()
    socket.close(1000)
  }

  function finish(code: number): void {
    if (!open) return
    open = false
    cancelTimeout()
    onClosed(code)
  }

  return {
    send(message) {
      const bytes = encode(message)
      if (open) socket.send(bytes)
    },
    close: leave,
  }
}

function encode(message: ClientMessage): Uint8Array {
  try {
    return encodeClient(message)
  } catch (error) {
    throw new OxoError('BAD_REQUEST', `the request fits in no frame: ${error instanceof Error ? error.message : error}`)
  }
}
