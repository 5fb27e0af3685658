import { err, ok, type Result } from '../kit/result.ts'
import { CloseCode } from './errors.ts'
import { uint32, WRONG } from './fields.ts'
import { BOT_LEVEL_DEFAULT, CLIENT_FRAME_BYTES_MAX, TAG_MAX } from './limits.ts'
import type { ClientMessage } from './messages.ts'
import { readMove } from './move-frame.ts'
import { readMsgpack, type Value } from './msgpack-read.ts'
import { type ClientFrame, clientLayouts, type Layout } from './shapes.ts'
import { clientTags } from './tags.ts'
import { readMessage } from './walk.ts'

/**
 * Why a client's frame is no message. `close`: the frame itself is broken, and so is the client; `why` is for logs.
 * `error`: to be answered with ERROR.
 */
export type DecodeFailure =
  | { readonly kind: 'close'; readonly code: CloseCode; readonly why: string }
  | {
      readonly kind: 'error'
      readonly rid: number | null
      readonly code: 'BAD_REQUEST' | 'UNKNOWN_TYPE'
      readonly message: string
    }

/**
 * A client's binary frame, checked completely: what this returns needs no second check of types and ranges.
 * Never throws, never returns a half-checked message, keeps nothing of `bytes`. `likelyGameId`: see `readMove`.
 */
export function decodeClient(bytes: Uint8Array, likelyGameId?: string): Result<ClientMessage, DecodeFailure> {
  if (bytes.length > CLIENT_FRAME_BYTES_MAX) return close(CloseCode.tooLarge, `${bytes.length} bytes`)
  const move = readMove(bytes, likelyGameId)
  if (move !== null) return ok(move)
  const frame = readMsgpack(bytes)
  if (!frame.ok) return close(CloseCode.malformed, frame.error)
  if (!Array.isArray(frame.value)) return close(CloseCode.malformed, 'not an array')
  return decodeFrame(frame.value)
}

const layoutByTag = new Map<Value | undefined, Layout>(clientLayouts.map((layout) => [layout.tag, layout]))

function decodeFrame(frame: readonly Value[]): Result<ClientMessage, DecodeFailure> {
  const tag = frame[0]
  const layout = layoutByTag.get(tag)
  if (layout === undefined) return unknownType(tag, frame[1])
  const message = readMessage<ClientFrame>(layout, usedFields(frame))
  if (message.ok) return ok(toMessage(message.value))
  // A PING has no rid, and what is wrong as its clientTime is no uint32 either.
  const rid = ridOf(frame[1])
  const why = `${layout.type.toUpperCase()}: ${message.error} is missing or wrong`
  return err({ kind: 'error', rid, code: 'BAD_REQUEST', message: why })
}

function unknownType(tag: Value | undefined, rid: Value | undefined): Result<never, DecodeFailure> {
  if (typeof tag !== 'number' || !Number.isInteger(tag) || tag < 0 || tag > TAG_MAX) {
    return close(CloseCode.malformed, `no tag 0..${TAG_MAX}`)
  }
  return err({ kind: 'error', rid: ridOf(rid), code: 'UNKNOWN_TYPE', message: `unknown type ${tag}` })
}

/** Only a bot has options: those of the other modes are ignored, whatever they are. */
const usedFields = (frame: readonly Value[]) =>
  frame[0] === clientTags.find && frame[2] !== 'bot' ? frame.slice(0, 3) : frame

function toMessage(frame: ClientFrame): ClientMessage {
  if (frame.type !== 'find') return frame
  const { type, rid, mode } = frame
  if (mode !== 'bot') return { type, rid, mode }
  return { type, rid, mode, level: frame.options?.level ?? BOT_LEVEL_DEFAULT }
}

function ridOf(value: Value | undefined): number | null {
  const rid = uint32.read(value)
  return rid === WRONG ? null : rid
}

const close = (code: CloseCode, why: string): Result<never, DecodeFailure> => err({ kind: 'close', code, why })
