import { assert } from '../kit/assert.ts'

/**
 * Writes canonical plain msgpack: every integer, length and header in its shortest form, so that equal messages are equal
 * bytes. Call `begin`, one value (an array header and its items), `finish`.
 */
export interface FrameWriter {
  begin(): void
  nil(): void
  bool(value: boolean): void
  /** A safe integer as an integer, any other number as float 64. */
  number(value: number): void
  text(value: string): void
  array(items: number): void
  map(pairs: number): void
  /** The frame. @throws when it is over the limit, our own bug */
  finish(): Uint8Array
}

const encoder = new TextEncoder()
/** Frames that one allocation serves at least; a kept frame keeps its neighbours' memory, so no more than needed. */
const FRAMES_PER_SLAB = 8

/**
 * A writer of frames up to `maxBytes` whose memory is never written again: they may be kept. Frames are cut from slabs: a view costs a
 * tenth of fresh memory. Writes beyond a slab's end are dropped by the typed array and reported by `finish`.
 */
export const frameWriter = (maxBytes: number): FrameWriter => writerInto(maxBytes, FRAMES_PER_SLAB * maxBytes)

/** A writer of frames up to `maxBytes` that all share one memory: each is good until the next `begin`, and costs no memory at all. */
export const scratchWriter = (maxBytes: number): FrameWriter => writerInto(maxBytes, null)

/** `slabBytes`: how much is allocated at a time; null: once for all. */
function writerInto(maxBytes: number, slabBytes: number | null): FrameWriter {
  let slab = new Uint8Array(slabBytes === null ? maxBytes : 0)
  let view = new DataView(slab.buffer)
  /** By length: the frames of a shared memory. */
  const frames: (Uint8Array | undefined)[] = []
  let start = 0
  let at = 0

  const header = (first: number, size: number) => {
    slab[at++] = first
    slab[at++] = size >>> 8
    slab[at++] = size
  }

  const uint32 = (value: number) => {
    slab[at++] = value >>> 24
    slab[at++] = value >>> 16
    slab[at++] = value >>> 8
    slab[at++] = value
  }

  const textHeader = (bytes: number) => {
    if (bytes < 32) slab[at++] = 0xa0 | bytes
    else if (bytes <= 0xff) {
      slab[at++] = 0xd9
      slab[at++] = bytes
    } else header(0xda, bytes)
  }

  const wideText = (value: string) => {
    const bytes = encoder.encode(value)
    assert(bytes.length <= maxBytes, `a text of ${bytes.length} bytes in a frame of at most ${maxBytes}`)
    textHeader(bytes.length)
    if (at + bytes.length <= slab.length) slab.set(bytes, at)
    at += bytes.length
  }

  const bigInteger = (value: number) => {
    slab[at++] = value < 0 ? 0xd3 : 0xcf
    const high = Math.floor(value / 0x1_0000_0000)
    uint32(high)
    uint32(value - high * 0x1_0000_0000)
  }

  const negative = (value: number) => {
    if (value >= -32) slab[at++] = value
    else if (value >= -0x80) {
      slab[at++] = 0xd0
      slab[at++] = value
    } else if (value >= -0x8000) header(0xd1, value)
    else if (value >= -0x8000_0000) {
      slab[at++] = 0xd2
      uint32(value)
    } else bigInteger(value)
  }

  const float = (value: number) => {
    slab[at] = 0xcb
    if (at + 9 <= slab.length) view.setFloat64(at + 1, value)
    at += 9
  }

  return {
    begin() {
      if (slabBytes === null) at = 0
      else if (slab.length - at < maxBytes) {
        slab = new Uint8Array(slabBytes)
        view = new DataView(slab.buffer)
        at = 0
      }
      start = at
    },
    nil() {
      slab[at++] = 0xc0
    },
    bool(value) {
      slab[at++] = value ? 0xc3 : 0xc2
    },
    number(value) {
      if (!Number.isSafeInteger(value)) float(value)
      else if (value < 0) negative(value)
      else if (value < 0x80) slab[at++] = value
      else if (value <= 0xff) {
        slab[at++] = 0xcc
        slab[at++] = value
      } else if (value <= 0xffff) header(0xcd, value)
      else if (value <= 0xffff_ffff) {
        slab[at++] = 0xce
        uint32(value)
      } else bigInteger(value)
    },
    text(value) {
      const from = at
      const { length } = value
      textHeader(length)
      for (let i = 0; i < length; i++) {
        const unit = value.charCodeAt(i)
        if (unit >= 0x80) {
          at = from
          wideText(value)
          return
        }
        slab[at++] = unit
      }
    },
    array(items) {
      if (items < 16) slab[at++] = 0x90 | items
      else header(0xdc, items)
    },
    map(pairs) {
      if (pairs < 16) slab[at++] = 0x80 | pairs
      else header(0xde, pairs)
    },
    finish() {
      const bytes = at - start
      assert(bytes <= maxBytes, `a frame of ${bytes} bytes, the limit is ${maxBytes}`)
      if (slabBytes !== null) return slab.subarray(start, at)
      const frame = frames[bytes] ?? slab.subarray(0, bytes)
      frames[bytes] = frame
      return frame
    },
  }
}
