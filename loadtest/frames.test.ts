import { expect, test } from 'vitest'
import { clientFrame, eachFrame, MASK, Opcode } from './frames.ts'

const visited = (bytes: Buffer, from = 0, to = bytes.length) => {
  const frames: [number, string][] = []
  const rest = eachFrame(bytes, from, to, (opcode, all, start, end) => {
    frames.push([opcode, all.toString('latin1', start, end)])
  })
  return { frames, rest }
}
const serverFrame = (payload: string) => {
  const body = Buffer.from(payload, 'latin1')
  const header = body.length < 126 ? [0x82, body.length] : [0x82, 126, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from(header), body])
}

test('[RFC 6455] a client frame is masked, final and unmasks to its payload, short or long', () => {
  for (const length of [0, 1, 125, 126, 1_025]) {
    const payload = Buffer.alloc(length, 0xa7)
    const frame = clientFrame(payload)
    const header = length < 126 ? 6 : 8
    expect(frame[0]).toBe(0x82)
    expect(frame[1]! & 0x80).toBe(0x80)
    expect(length < 126 ? frame[1]! & 0x7f : frame.readUInt16BE(2)).toBe(length)
    expect(frame.subarray(header - 4, header)).toEqual(Buffer.from(MASK))
    expect(frame.subarray(header).map((byte, i) => byte ^ MASK[i & 3]!)).toEqual(payload)
  }
})

test('[RFC 6455] server frames are visited in order, and a cut one is left for the next read', () => {
  const bytes = Buffer.concat([serverFrame('abc'), Buffer.from([0x89, 0]), serverFrame('x'.repeat(300))])
  expect(visited(bytes).frames).toEqual([
    [Opcode.binary, 'abc'],
    [Opcode.ping, ''],
    [Opcode.binary, 'x'.repeat(300)],
  ])
  for (let to = 0; to < bytes.length; to++) {
    const { frames, rest } = visited(bytes, 0, to)
    expect(frames.length).toBe(to < 5 ? 0 : to < 7 ? 1 : 2)
    expect(visited(bytes, rest).frames.length).toBe(3 - frames.length)
  }
})

test('[RFC 6455] a masked, fragmented or huge server frame is a violation', () => {
  for (const bytes of [
    [0x82, 0x81, 0, 0, 0, 0, 0],
    [0x02, 0],
    [0xc2, 0],
    [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0],
  ]) {
    expect(visited(Buffer.from(bytes)).rest).toBe(-1)
  }
})
