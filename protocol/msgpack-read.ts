import { err, ok, type Result } from '../kit/result.ts'
import { utf8Text } from './utf8.ts'

/** What plain msgpack says. Keys that are no strings are legal and dropped: no message has them. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ReadonlyMap<string, Value>

/**
 * The one value that `bytes` hold, or why they do not hold exactly one of plain msgpack: truncated, bytes after it, an
 * extension type, invalid UTF-8, or a `__proto__` key (no honest client sends one, and it poisons careless readers).
 * Never throws, copies what it returns, and nests on the heap: depth costs no stack. 64-bit integers beyond 2^53 become
 * the nearest number, which is then no safe integer.
 */
export function readMsgpack(bytes: Uint8Array): Result<Value, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const source: Source = { bytes, view, at: 0, why: 'truncated' }
  const open: Container[] = []
  for (;;) {
    const first = bytes[source.at++]
    if (first === undefined) return err('truncated')
    const container = isContainer(first) ? openContainer(source, first) : null
    if (container !== null && container.left > 0) {
      // Each item takes a byte at least, so that a lying header costs nothing.
      if (container.left > bytes.length - source.at) return err('truncated')
      open.push(container)
      continue
    }
    let value = container === null ? readScalar(source, first) : closeContainer(container)
    for (;;) {
      if (value === undefined) return err(source.why)
      const parent = open.at(-1)
      if (parent === undefined) return source.at === bytes.length ? ok(value) : err('bytes after the value')
      parent.items.push(value)
      parent.left--
      if (parent.left > 0) break
      open.pop()
      value = closeContainer(parent)
      if (value === undefined) return err('a __proto__ key')
    }
  }
}

interface Source {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
  why: string
}

/** An array or map whose items are still being read; a map's are key, value, key, value. */
interface Container {
  readonly isMap: boolean
  readonly items: Value[]
  left: number
}

const isContainer = (first: number) => (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf)

function openContainer(source: Source, first: number): Container {
  const isMap = first <= 0x8f || first >= 0xde
  const count = first <= 0x9f ? first & 0x0f : readLength(source, first & 1 ? 4 : 2)
  // A cut-off length counts as more items than any frame holds.
  const items = count === undefined ? Number.MAX_SAFE_INTEGER : count
  return { isMap, items: [], left: isMap ? 2 * items : items }
}

function closeContainer({ isMap, items }: Container): Value | undefined {
  if (!isMap) return items
  const map = new Map<string, Value>()
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]
    if (key === '__proto__') return undefined
    if (typeof key === 'string') map.set(key, items[i + 1]!)
  }
  return map
}

function readScalar(source: Source, first: number): Value | undefined {
  if (first < 0x80) return first
  if (first >= 0xe0) return first - 0x100
  if (first >= 0xa0 && first <= 0xbf) return readText(source, first & 0x1f)
  switch (first) {
    case 0xc0:
      return null
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return readBinary(source, readLength(source, 1 << (first - 0xc4)))
    case 0xd9:
    case 0xda:
    case 0xdb:
      return readText(source, readLength(source, 1 << (first - 0xd9)))
    default:
      return readNumber(source, first)
  }
}

function readNumber(source: Source, first: number): number | undefined {
  const read = numberReaders[first - 0xca]
  if (read === undefined) {
    source.why = 'an extension type, or a byte that msgpack never uses'
    return undefined
  }
  const start = take(source, read.size)
  return start === undefined ? undefined : read.from(source.view, start)
}

/** By first byte from 0xca: float 32 and 64, uint 8..64, int 8..64. */
const numberReaders: readonly { readonly size: number; readonly from: (view: DataView, at: number) => number }[] = [
  { size: 4, from: (view, at) => view.getFloat32(at) },
  { size: 8, from: (view, at) => view.getFloat64(at) },
  { size: 1, from: (view, at) => view.getUint8(at) },
  { size: 2, from: (view, at) => view.getUint16(at) },
  { size: 4, from: (view, at) => view.getUint32(at) },
  { size: 8, from: (view, at) => Number(view.getBigUint64(at)) },
  { size: 1, from: (view, at) => view.getInt8(at) },
  { size: 2, from: (view, at) => view.getInt16(at) },
  { size: 4, from: (view, at) => view.getInt32(at) },
  { size: 8, from: (view, at) => Number(view.getBigInt64(at)) },
]

function readText(source: Source, size: number | undefined): string | undefined {
  const start = take(source, size)
  if (start === undefined) return undefined
  const text = utf8Text(source.bytes, start, source.at)
  if (text !== null) return text
  source.why = 'invalid UTF-8'
  return undefined
}

function readBinary(source: Source, size: number | undefined): Uint8Array | undefined {
  const start = take(source, size)
  return start === undefined ? undefined : source.bytes.slice(start, source.at)
}

/** A length of `width` bytes: 1, 2 or 4. */
function readLength(source: Source, width: number): number | undefined {
  const start = take(source, width)
  if (start === undefined) return undefined
  const { view } = source
  return width === 1 ? view.getUint8(start) : width === 2 ? view.getUint16(start) : view.getUint32(start)
}

/** Moves past `size` bytes and returns where they start; undefined when there are not so many. */
function take(source: Source, size: number | undefined): number | undefined {
  const start = source.at
  if (size === undefined || size > source.bytes.length - start) return undefined
  source.at = start + size
  return start
}
