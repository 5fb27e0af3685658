import { CLIENT_FRAME_BYTES_MAX } from './limits.ts'
import type { ClientMessage } from './messages.ts'
import { frameWriter } from './msgpack-write.ts'
import { type ClientFrame, clientLayouts } from './shapes.ts'
import { writeMessage } from './walk.ts'

const writer = frameWriter(CLIENT_FRAME_BYTES_MAX)
const layoutByType = new Map(clientLayouts.map((layout) => [layout.type, layout]))

/** A client's frame. @throws when it is longer than a server would take: an id or token that no server gave. */
export function encodeClient(message: ClientMessage): Uint8Array {
  return writeMessage(writer, layoutByType.get(message.type)!, toFrame(message))
}

function toFrame(message: ClientMessage): ClientFrame {
  if (message.type !== 'find' || message.mode !== 'bot') return message
  return { type: 'find', rid: message.rid, mode: 'bot', options: { level: message.level } }
}
