/** WebSocket opcodes (RFC 6455, 5.2) that a player's socket meets. */
export const Opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Clients must mask. The mask is fixed, so that a frame once made can be patched in place and sent again. */
export const MASK = [0x37, 0xfa, 0x21, 0x3d] as const
/** Header bytes of a masked client frame with a payload below 126 bytes. */
export const SHORT_HEADER_BYTES = 6

/** One whole masked client frame. Payloads are at most 65,535 bytes: far over the protocol's cap, on purpose. */
export function clientFrame(payload: Uint8Array, opcode: number = Opcode.binary): Buffer {
  const length = payload.length
  const header = length < 126 ? SHORT_HEADER_BYTES : SHORT_HEADER_BYTES + 2
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = 0x80 | opcode
  if (length < 126) {
    frame[1] = 0x80 | length
  } else {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  }
  for (let i = 0; i < 4; i++) frame[header - 4 + i] = MASK[i]!
  for (let i = 0; i < length; i++) frame[header + i] = payload[i]! ^ MASK[i & 3]!
  return frame
}

/** Called with the whole read buffer and the payload's place in it: valid only during the call. */
export type FrameVisitor = (opcode: number, bytes: Buffer, start: number, end: number) => void

/**
 * Visits each whole server frame in `bytes[from, to)`. Returns where the first incomplete frame starts (`to`
 * when there is none), or -1 for what a server may not send: masked, fragmented or over 65,535 bytes.
 */
export function eachFrame(bytes: Buffer, from: number, to: number, visit: FrameVisitor): number {
  let at = from
  while (to - at >= 2) {
    const first = bytes[at]!
    let length = bytes[at + 1]!
    let start = at + 2
    if ((first & 0xf0) !== 0x80 || length > 126) return -1
    if (length === 126) {
      if (to - at < 4) return at
      length = (bytes[at + 2]! << 8) | bytes[at + 3]!
      start = at + 4
    }
    const end = start + length
    if (end > to) return at
    visit(first & 0x0f, bytes, start, end)
    at = end
  }
  return at
}
