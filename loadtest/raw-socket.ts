import { connect } from 'node:net'
import { clientFrame, eachFrame, Opcode } from './frames.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
/** The answer that RFC 6455 (1.3) gives for KEY. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
const HANDSHAKE_BYTES_MAX = 16_384
/** RFC 6455: the close code of a connection that broke without a close frame. */
export const ABNORMAL = 1006

/** All sockets of the process read into one buffer: a read is handled before the next one begins. */
const readBuffer = Buffer.allocUnsafe(65_536)

export interface SocketTarget {
  readonly host: string
  readonly port: number
  /** Source address; several of them when ports or limits of one run short. */
  readonly localAddress?: string
  readonly token: string
}

export interface SocketEvents {
  /** A binary frame. The bytes are valid only during the call. */
  frame(bytes: Buffer, start: number, end: number): void
  /** Once, last. `status` is the HTTP status of a refused upgrade, else null. */
  closed(code: number, status: number | null): void
}

export interface RawSocket {
  /** A whole client frame. The buffer may be changed once its request has been answered. */
  send(frame: Buffer): void
  /** Closes in order, with code 1000. */
  end(): void
  /** Drops the connection. */
  destroy(): void
}

/** A player's WebSocket by hand, as cheap as Node can: no streams on the way in, no allocation per frame. */
export function openSocket(target: SocketTarget, events: SocketEvents): RawSocket {
  let isOpen = false
  let isClosed = false
  let status: number | null = null
  let closeCode = ABNORMAL
  let rest: Buffer | null = null

  const onFrame = (opcode: number, bytes: Buffer, start: number, end: number): void => {
    if (opcode === Opcode.binary) events.frame(bytes, start, end)
    else if (opcode === Opcode.ping) socket.write(clientFrame(bytes.subarray(start, end), Opcode.pong))
    else if (opcode === Opcode.close) {
      closeCode = end - start >= 2 ? bytes.readUInt16BE(start) : 1005
      socket.end(clientFrame(Buffer.from(bytes.subarray(start, Math.min(end, start + 2))), Opcode.close))
    }
  }
  const onBytes = (bytes: Buffer, length: number): void => {
    const from = isOpen ? 0 : readHandshake(bytes, length)
    if (from < 0) return
    const next = eachFrame(bytes, from, length, onFrame)
    if (next < 0) socket.destroy()
    else if (next < length) rest = Buffer.from(bytes.subarray(next, length))
  }
  const readHandshake = (bytes: Buffer, length: number): number => {
    const text = bytes.toString('latin1', 0, length)
    const end = text.indexOf('\r\n\r\n')
    if (end < 0 && length < HANDSHAKE_BYTES_MAX) {
      rest = Buffer.from(bytes.subarray(0, length))
      return -1
    }
    if (!text.startsWith('HTTP/1.1 101') || !text.includes(ACCEPT)) {
      status = Number(text.slice(9, 12))
      socket.destroy()
      return -1
    }
    isOpen = true
    return end + 4
  }

  const socket = connect({
    host: target.host,
    port: target.port,
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback(length: number): boolean {
        if (rest === null) onBytes(readBuffer, length)
        else {
          const whole = Buffer.concat([rest, readBuffer.subarray(0, length)])
          rest = null
          onBytes(whole, whole.length)
        }
        return true
      },
    },
  })
  socket.on('error', () => {}) // 'close' follows and says what matters
  socket.on('close', () => {
    if (isClosed) return
    isClosed = true
    events.closed(closeCode, status)
  })
  socket.on('end', () => socket.end())
  socket.write(upgradeRequest(target))
  return {
    send: (frame) => socket.write(frame),
    end: () => socket.end(clientFrame(Buffer.from([0x03, 0xe8]), Opcode.close)),
    destroy: () => socket.destroy(),
  }
}

const upgradeRequest = ({ host, port, token }: SocketTarget): string =>
  [
    'GET /v1/play HTTP/1.1',
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Protocol: oxo.v1',
    `Authorization: Bearer ${token}`,
    '\r\n',
  ].join('\r\n')
