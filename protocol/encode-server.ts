import { encodeState, lineOrNil, numberOrNil } from './encode-state.ts'
import { SERVER_FRAME_BYTES_MAX } from './limits.ts'
import type { Seat, ServerMessage } from './messages.ts'
import { type FrameWriter, frameWriter, scratchWriter } from './msgpack-write.ts'
import { serverLayouts } from './shapes.ts'
import { serverTags } from './tags.ts'
import { writeMessage } from './walk.ts'

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { readonly type: T }>

/** What a server sends with nearly every move. */
export type BriefMessage = Message<'ok' | 'moved'>

const writer = frameWriter(SERVER_FRAME_BYTES_MAX)
const scratch = scratchWriter(SERVER_FRAME_BYTES_MAX)
const layoutByType = new Map(serverLayouts.map((layout) => [layout.type, layout]))

/**
 * A server's frame, once for however many receive it. Its memory is never written again: it may be kept.
 * Four messages are most of what a server sends, so they are written by hand; vectors hold both ways to the same bytes.
 * @throws when the frame is over the limit, our own bug
 */
export function encodeServer(message: ServerMessage): Uint8Array {
  switch (message.type) {
    case 'ok':
      return encodeOk(writer, message)
    case 'moved':
      return encodeMoved(writer, message)
    case 'ended':
      return encodeEnded(writer, message)
    case 'state':
      return encodeState(writer, message, message.game.you)
    default:
      return writeMessage(writer, layoutByType.get(message.type)!, message)
  }
}

let briefMessage: BriefMessage | null = null
let briefFrame: Uint8Array = new Uint8Array(0)

/**
 * As `encodeServer`, for what is sent at once: the frame is good until the next call only, and takes no memory. The same message again,
 * for its next receiver, is not encoded again.
 */
export function encodeBrief(message: BriefMessage): Uint8Array {
  if (message === briefMessage) return briefFrame
  briefMessage = null
  briefFrame = message.type === 'ok' ? encodeOk(scratch, message) : encodeMoved(scratch, message)
  briefMessage = message
  return briefFrame
}

/** STATE for several receivers: encoded once for each seat, and once for spectators, when somebody asks. */
export function stateFrames(message: Message<'state'>): (you: Seat | null) => Uint8Array {
  const frames: [Uint8Array | null, Uint8Array | null, Uint8Array | null] = [null, null, null]
  return (you) => {
    const at = you ?? 2
    const frame = frames[at] ?? encodeState(writer, message, you)
    frames[at] = frame
    return frame
  }
}

function encodeOk(to: FrameWriter, { rid, value }: Message<'ok'>): Uint8Array {
  to.begin()
  to.array(value === undefined ? 2 : 3)
  to.number(serverTags.ok)
  to.number(rid)
  if (value !== undefined) to.text(value)
  return to.finish()
}

function encodeMoved(to: FrameWriter, message: Message<'moved'>): Uint8Array {
  to.begin()
  to.array(7)
  to.number(serverTags.moved)
  to.text(message.gameId)
  to.number(message.version)
  to.number(message.ply)
  to.number(message.cell)
  to.number(message.board)
  numberOrNil(to, message.deadline)
  return to.finish()
}

function encodeEnded(to: FrameWriter, message: Message<'ended'>): Uint8Array {
  to.begin()
  to.array(7)
  to.number(serverTags.ended)
  to.text(message.gameId)
  to.number(message.version)
  to.text(message.status)
  to.text(message.reason)
  numberOrNil(to, message.winner)
  lineOrNil(to, message.line)
  return to.finish()
}
