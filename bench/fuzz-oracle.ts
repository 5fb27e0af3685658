import { isUtf8 } from 'node:buffer'
import { ABNORMAL } from '../loadtest/raw-socket.ts'
import { decodeClient } from '../protocol/codec.ts'
import { CloseCode } from '../protocol/errors.ts'
import { CLIENT_FRAME_BYTES_MAX } from '../protocol/limits.ts'

/** Of a frame that is answered: the rid of its OK or ERROR, 'nil', or 'pong'. Of one that is not: what may close its socket. */
export type Expectation = { readonly answer: string } | { readonly closes: readonly number[] }

/** What PROTOCOL.md promises to any frame. */
export function expectation(bytes: Uint8Array, isText: boolean): Expectation {
  if (isText) {
    // Text that is no UTF-8 breaks RFC 6455 itself: the socket library drops the connection before anybody sees the frame.
    const isFrame = isUtf8(bytes) && bytes.length <= CLIENT_FRAME_BYTES_MAX
    return { closes: isFrame ? [CloseCode.textFrame] : [CloseCode.textFrame, ABNORMAL] }
  }
  const decoded = decodeClient(bytes)
  if (decoded.ok) return { answer: decoded.value.type === 'ping' ? 'pong' : `${decoded.value.rid}` }
  const { error } = decoded
  if (error.kind === 'error') return { answer: `${error.rid ?? 'nil'}` }
  return { closes: error.code === CloseCode.tooLarge ? [error.code, ABNORMAL] : [error.code] }
}
