import { below, pick, type Random } from '../kit/random.ts'
import { encodeClient, encodeServer } from './codec.ts'
import { readMsgpack } from './msgpack-read.ts'
import { bytesOf } from './vectors/hex.ts'
import { clientSamples, serverSamples } from './vectors/samples.ts'

// Frames that a stranger might send. For tests and `npm run fuzz`: no process imports this file.

type Bytes = Uint8Array
/** A frame as the bytes of its items, the tag first. */
type Items = readonly Bytes[]

const clientFrames: readonly Items[] = clientSamples.map(({ message }) => itemsOf(encodeClient(message)))
const serverFrames: readonly Items[] = serverSamples.map(({ message }) => itemsOf(encodeServer(message)))

/** A client's frame, valid or spoilt in one of many ways; the same random sequence gives the same frames. */
export const mutatedFrame = (random: Random): Bytes => spoil(random, clientFrames)
/** The same for a server's frame, for clients to survive. */
export const mutatedServerFrame = (random: Random): Bytes => spoil(random, serverFrames)

/** One value each, of a kind that hurts careless readers. */
const hostile: readonly Bytes[] = [
  'c0', // nil
  'c2',
  'c3',
  '00',
  '05',
  '09',
  '7f',
  'ff', // -1
  'cc80',
  'ceffffffff',
  'cf0000000100000000', // 2^32
  'cf0020000000000000', // 2^53
  'cfffffffffffffffff',
  'd38000000000000000',
  'd0ff',
  'ca7fc00000', // NaN
  'ca40a00000', // 5.0
  'cb4014000000000000', // 5.0
  'cb3ff8000000000000', // 1.5
  'cb4340000000000000', // 2^53
  'cb7ff0000000000000', // infinity
  'cb8000000000000000', // -0
  'a0',
  `d940${'67'.repeat(64)}`,
  `d941${'67'.repeat(65)}`,
  'a3626f74', // 'bot'
  'a26869',
  'a1ff', // invalid UTF-8
  'a3eda080', // a surrogate
  'c40100',
  'c6ffffffff',
  '90',
  '9105',
  '80',
  '81a56c6576656c02', // {level: 2}
  '81a56c6576656cc0',
  '810102', // a key that is no string
  '81a95f5f70726f746f5f5f80', // {__proto__: {}}
  '81ab636f6e7374727563746f7280', // {constructor: {}}
  'c1',
  'd40100',
  'd6ff00000000', // a timestamp
  'c70cff000000000000000000000000',
  'd4724091a161', // a record definition
  'dbffffffff',
  'ddffffffff',
  'dfffffffff',
  '91'.repeat(200),
  `${'91'.repeat(900)}90`,
  `${'81a161'.repeat(250)}c0`,
].map(bytesOf)

type Spoiler = (random: Random, items: Items, frames: readonly Items[]) => Bytes

const spoilers: readonly Spoiler[] = [
  (_random, items) => frameOf(items),
  (random) => random.bytes(below(random, 40)),
  (random) => random.bytes(below(random, 1_200)),
  (random, items) => flipped(random, frameOf(items)),
  (random, items) => flipped(random, flipped(random, frameOf(items))),
  (random, items) => truncated(random, frameOf(items)),
  (random, items) => joined([frameOf(items), random.bytes(1 + below(random, 8))]),
  (random, items) => joined([frameOf(items), frameOf(items.slice(below(random, items.length)))]),
  (random, items) => frameOf(items.with(below(random, items.length), pick(random, hostile))),
  (random, items) => frameOf(items.with(1 % items.length, pick(random, hostile))),
  (random, items) => frameOf([...items, pick(random, hostile)]),
  (random, items) => frameOf(items.toSpliced(below(random, items.length), 1)),
  (random, items) => frameOf(items.toSpliced(1 + below(random, items.length), 0, pick(random, hostile))),
  (random, items, frames) => frameOf([items[0]!, ...pick(random, frames).slice(1)]),
  (random, items) => frameOf([Uint8Array.of(below(random, 256)), ...items.slice(1)]),
  (random, items) => frameOf(items, 0x90 | below(random, 16)),
  (random, items) => frameOf(items, 0x80 | below(random, 16)),
  (random) => pick(random, hostile),
]

function spoil(random: Random, frames: readonly Items[]): Bytes {
  return pick(random, spoilers)(random, pick(random, frames), frames)
}

function flipped(random: Random, frame: Bytes): Bytes {
  const copy = frame.slice()
  const at = below(random, copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8))
  return copy
}

const truncated = (random: Random, frame: Bytes): Bytes => frame.slice(0, below(random, frame.length))

const frameOf = (items: Items, header = 0x90 | items.length): Bytes => joined([Uint8Array.of(header), ...items])

function joined(parts: Items): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Values are self-delimiting: the shortest prefix that is one is the next item. */
function itemsOf(frame: Bytes): Items {
  const items: Bytes[] = []
  for (let start = 1, end = 1; start < frame.length; end++) {
    const item = frame.slice(start, end)
    if (!readMsgpack(item).ok) continue
    items.push(item)
    start = end
  }
  return items
}
