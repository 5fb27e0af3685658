import { err, ok, type Result } from '../kit/result.ts'
import { SERVER_FRAME_BYTES_MAX, TAG_MAX } from './limits.ts'
import type { ServerMessage } from './messages.ts'
import { readMsgpack, type Value } from './msgpack-read.ts'
import { type Layout, serverLayouts } from './shapes.ts'
import { readMessage } from './walk.ts'

const layoutByTag = new Map<Value | undefined, Layout>(serverLayouts.map((layout) => [layout.tag, layout]))

/**
 * A server's frame. null: a tag of a newer server, to be ignored, as extra fields are. The error says in words what is wrong:
 * this client and that server do not speak the same protocol. Never throws.
 */
export function decodeServer(bytes: Uint8Array): Result<ServerMessage | null, string> {
  if (bytes.length > SERVER_FRAME_BYTES_MAX) return err(`${bytes.length} bytes`)
  const frame = readMsgpack(bytes)
  if (!frame.ok) return frame
  if (!Array.isArray(frame.value)) return err('not an array')
  const tag: Value | undefined = frame.value[0]
  const layout = layoutByTag.get(tag)
  if (layout !== undefined) {
    const message = readMessage<ServerMessage>(layout, frame.value)
    return message.ok ? message : err(`${layout.type.toUpperCase()}: ${message.error} is missing or wrong`)
  }
  const isTag = typeof tag === 'number' && Number.isInteger(tag) && tag >= 0 && tag <= TAG_MAX
  return isTag ? ok(null) : err(`no tag 0..${TAG_MAX}`)
}
