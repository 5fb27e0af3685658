import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { below, pick, seededRandom } from '../kit/random.ts'
import { readMsgpack, type Value } from './msgpack-read.ts'
import { frameWriter } from './msgpack-write.ts'
import { utf8Length } from './utf8.ts'
import { bytesOf, hexOf } from './vectors/hex.ts'

/** Maps as objects, so that both readers' values compare. */
function plain(value: Value): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  return Array.isArray(value) ? value.map(plain) : value
}

const anything = fc.anything({
  key: fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
  values: [
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer(),
    fc.integer({ min: -40, max: 300 }),
    fc.double(),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ minLength: 250, maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
  ],
  maxDepth: 4,
  maxKeys: 40,
  size: 'medium',
})

test('[msgpack] reads what an independent encoder wrote', () => {
  fc.assert(
    fc.property(anything, fc.boolean(), (value, forceFloat32) => {
      const bytes = encode(value, { forceFloat32 })
      const read = readMsgpack(bytes)
      if (!read.ok) throw new Error(read.error)
      expect(plain(read.value)).toEqual(decode(bytes))
    }),
    { numRuns: 500 },
  )
})

test('[msgpack] every cut of a frame is truncated, and every longer one has bytes after it', () => {
  const frame = encode([5, 70_000, 'zoë', { a: [1.5, null, new Uint8Array(300)] }, 'x'.repeat(300), 2 ** 40])
  for (let end = 0; end < frame.length; end++) {
    expect(readMsgpack(frame.subarray(0, end))).toEqual({ ok: false, error: 'truncated' })
  }
  expect(readMsgpack(Uint8Array.from([...frame, 0]))).toEqual({ ok: false, error: 'bytes after the value' })
})

test('[msgpack] containers of every header length are read', () => {
  for (const count of [0, 15, 16, 255, 256, 70_000]) {
    const items = Array.from({ length: count }, (_, i) => i & 0x7f)
    expect(readMsgpack(encode(items))).toEqual({ ok: true, value: items })
    if (count > 256) continue
    const pairs = Object.fromEntries(items.map((item, i) => [`k${i}`, item]))
    const read = readMsgpack(encode(pairs))
    expect(read.ok && plain(read.value)).toEqual(pairs)
  }
  expect(readMsgpack(bytesOf('dd0000000105'))).toEqual({ ok: true, value: [5] })
  expect(readMsgpack(bytesOf('df00000000'))).toEqual({ ok: true, value: new Map() })
})

test('[msgpack] what plain msgpack cannot say is refused, wherever it stands', () => {
  const why = (hex: string) => {
    const read = readMsgpack(bytesOf(hex))
    return read.ok ? 'taken' : read.error
  }
  for (const hex of [
    'c1',
    'd40100',
    'd501',
    'd6ff00000000',
    'd8',
    'c70001',
    'c8000001',
    'c90000000001',
    'd4724091a161',
  ]) {
    expect(why(hex), hex).toContain('extension type')
    expect(why(`91${hex}`), hex).toContain('extension type')
    expect(why(`81a161${hex}`), hex).toContain('extension type')
  }
  for (const hex of ['a1ff', 'a2c080', 'a3eda080', 'a4f4908080', 'd901c3', 'a3efbf']) {
    expect(why(`91${hex}`), hex).toMatch(/UTF-8|truncated/)
  }
  expect(why('91a1ff')).toBe('invalid UTF-8')
  expect(why('81a95f5f70726f746f5f5f00')).toBe('a __proto__ key')
  expect(why('9181a161da00095f5f70726f746f5f5f')).toBe('taken')
  expect(why('8201020304')).toBe('taken')
})

test('[msgpack] a byte order mark and U+0000 are text like any other', () => {
  for (const text of ['\uFEFFx', '\u0000', 'a\u0000b', '\u{10FFFF}']) {
    expect(readMsgpack(encode(text))).toEqual({ ok: true, value: text })
  }
})

test('[msgpack] bin is copied, since sockets reuse their buffers', () => {
  const bytes = bytesOf('91c40107')
  const read = readMsgpack(bytes)
  bytes.fill(0)
  expect(read).toEqual({ ok: true, value: [Uint8Array.of(7)] })
})

test('[msgpack] reads a view into a larger buffer', () => {
  const whole = bytesOf('ffff92cb401400000000000003ffff')
  expect(readMsgpack(whole.subarray(2, 13))).toEqual({ ok: true, value: [5, 3] })
})

test('[msgpack] depth costs no stack', () => {
  const deep = new Uint8Array(200_000).fill(0x91)
  expect(readMsgpack(deep)).toEqual({ ok: false, error: 'truncated' })
  deep[deep.length - 1] = 0x90
  expect(readMsgpack(deep).ok).toBe(true)
})

test('[msgpack] numbers are written in their shortest form, as an independent encoder does', () => {
  const writer = frameWriter(64)
  const written = (value: number) => {
    writer.begin()
    writer.number(value)
    return hexOf(writer.finish())
  }
  const edges = [7, 8, 15, 16, 31, 32, 40, 53].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1])
  for (const value of [0, 0.5, Number.NaN, Infinity, 1e300, -32, -33, ...edges, ...edges.map((edge) => -edge)]) {
    expect(written(value), String(value)).toBe(hexOf(encode(value)))
  }
  expect(written(-0)).toBe('00')
})

test('[msgpack] texts and headers of every length are written as an independent encoder does', () => {
  const writer = frameWriter(70_000)
  const written = (write: () => void) => {
    writer.begin()
    write()
    return writer.finish()
  }
  for (const length of [0, 31, 32, 255, 256, 65_535]) {
    for (const text of ['x'.repeat(length), `${'x'.repeat(Math.max(0, length - 3))}€`]) {
      expect(hexOf(written(() => writer.text(text)))).toBe(hexOf(encode(text)))
    }
  }
  expect(written(() => writer.text('\ud800'))).toEqual(encode('\ufffd'))
  for (const count of [0, 15, 16, 300]) {
    const array = written(() => {
      writer.array(count)
      for (let i = 0; i < count; i++) writer.nil()
    })
    expect(decode(array)).toEqual(Array(count).fill(null))
    const map = written(() => {
      writer.map(count)
      for (let i = 0; i < count; i++) {
        writer.text(`${i}`)
        writer.bool(i % 2 === 0)
      }
    })
    expect(Object.keys(decode(map) as object)).toHaveLength(count)
  }
})

test('[msgpack] a frame over the limit throws, even where its slab ends', () => {
  for (const write of [
    (writer: ReturnType<typeof frameWriter>) => writer.text('ä'.repeat(5)),
    (writer: ReturnType<typeof frameWriter>) => writer.text('a'.repeat(9)),
    (writer: ReturnType<typeof frameWriter>) => writer.number(0.5),
  ]) {
    const writer = frameWriter(8)
    for (let frame = 0; frame < 40; frame++) {
      writer.begin()
      expect(() => {
        writer.nil()
        write(writer)
        writer.finish()
      }).toThrow(/limit|at most/)
    }
  }
})

test('[msgpack] the length of a text in UTF-8 is what an encoder makes of it', () => {
  const random = seededRandom(8)
  const units = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff]
  for (let i = 0; i < 2_000; i++) {
    const text = String.fromCharCode(...Array.from({ length: below(random, 8) }, () => pick(random, units)))
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
  }
  for (const text of ['\ud800', '\udc00x', '\ud83c\ud83c\udfb2', 'é€🎲', '\ud800'.repeat(3)]) {
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
  }
})
