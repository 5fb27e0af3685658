import { decode, encode } from '@msgpack/msgpack'
import { clientFrame, MASK, SHORT_HEADER_BYTES } from './frames.ts'

/** Tags of PROTOCOL.md that the generator sends or looks at. */
export const Tag = {
  find: 1,
  watch: 3,
  move: 5,
  rematch: 7,
  ping: 10,
  auth: 11,
  welcome: 64,
  ok: 65,
  error: 66,
  state: 67,
  moved: 68,
  ended: 69,
  goodbye: 72,
  offer: 73,
  undone: 78,
} as const

/** A rid from here on is always five bytes of msgpack: all frames of a kind have the same size. */
export const FIRST_RID = 0x1_0000

/** A whole socket frame of any request. Not for the hot path. */
export const requestFrame = (fields: readonly unknown[]): Buffer => clientFrame(Buffer.from(encode(fields)))
/** A frame that the server sent, as plain values. Not for the hot path. @throws on what is not msgpack */
export const unpackFrame = (bytes: Buffer, start: number, end: number): unknown => decode(bytes.subarray(start, end))

/** Where the rid's five bytes stand in a request's payload. */
const RID_AT = 2

/** A MOVE of one game, to be patched and sent again for each ply. gameId: 1..64 ASCII bytes. */
export function moveFrame(gameId: string): Buffer {
  const id = Buffer.from(gameId, 'latin1')
  return clientFrame(
    Buffer.concat([Buffer.from([0x95, Tag.move, 0xce, 0, 0, 0, 0, 0xd9, id.length]), id, Buffer.from([0, 0])]),
  )
}

/** Writes rid (uint32), ply and cell into a frame of `moveFrame`, in place. */
export function patchMove(frame: Buffer, rid: number, ply: number, cell: number): void {
  patch(frame, RID_AT + 1, rid >>> 24)
  patch(frame, RID_AT + 2, (rid >>> 16) & 255)
  patch(frame, RID_AT + 3, (rid >>> 8) & 255)
  patch(frame, RID_AT + 4, rid & 255)
  const payloadBytes = frame.length - SHORT_HEADER_BYTES
  patch(frame, payloadBytes - 2, ply)
  patch(frame, payloadBytes - 1, cell)
}

function patch(frame: Buffer, at: number, byte: number): void {
  frame[SHORT_HEADER_BYTES + at] = byte ^ MASK[at & 3]!
}

/** The unsigned integer of at most 32 bits at `at`, or -1 if something else stands there. */
export function uintAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return first
  if (first === 0xcc) return bytes[at + 1]!
  if (first === 0xcd) return (bytes[at + 1]! << 8) | bytes[at + 2]!
  if (first === 0xce) {
    return ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0
  }
  return -1
}

/** Where the value after the string or small unsigned integer at `at` begins; -1 after anything else. */
export function skipAt(bytes: Buffer, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return at + 1
  if (first >= 0xa0 && first < 0xc0) return at + 1 + (first & 0x1f)
  if (first === 0xd9) return at + 2 + bytes[at + 1]!
  if (first === 0xcc) return at + 2
  if (first === 0xcd) return at + 3
  if (first === 0xce) return at + 5
  return -1
}

/** Of a payload that starts at `start`: its tag. -1 when it is no array with a small tag. */
export function tagAt(bytes: Buffer, start: number): number {
  const first = bytes[start]!
  const tag = first >= 0x90 && first < 0xa0 ? bytes[start + 1]! : -1
  return tag < 0x80 ? tag : -1
}

/** Where the first field after the tag stands, counted from the payload's start. */
export const FIELD_1 = 2
