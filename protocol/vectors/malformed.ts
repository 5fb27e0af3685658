import { encode } from '@msgpack/msgpack'
import { clientLayouts } from '../shapes.ts'
import { hexOf } from './hex.ts'
import { GAME } from './samples.ts'

/** A client's frame that is no message, and what the server does: close the socket, or answer with ERROR. */
export interface Malformed {
  readonly name: string
  readonly hex: string
  readonly expect:
    | { readonly close: number }
    | { readonly error: 'BAD_REQUEST' | 'UNKNOWN_TYPE'; readonly rid: number | null }
}

const hex = (frame: unknown): string => hexOf(encode(frame, { maxDepth: 2_000 }))
const game = hex(GAME)

const closed = (name: string, frameHex: string, close = 4400): Malformed => ({ name, hex: frameHex, expect: { close } })
const bad = (name: string, frame: readonly unknown[], rid: number | null): Malformed => ({
  name,
  hex: hex(frame),
  expect: { error: 'BAD_REQUEST', rid },
})
const unknown = (name: string, frame: readonly unknown[], rid: number | null): Malformed => ({
  name,
  hex: hex(frame),
  expect: { error: 'UNKNOWN_TYPE', rid },
})

const RID = 7
/** The fields of one good frame of each type. */
const good: Readonly<Record<string, readonly unknown[]>> = {
  find: [RID, 'bot', { level: 2 }],
  cancel: [RID],
  watch: [RID, GAME],
  unwatch: [RID, GAME],
  move: [RID, GAME, 0, 4],
  resign: [RID, GAME],
  rematch: [RID, GAME],
  invite: [RID],
  accept: [RID, 'K7Q2M9XD'],
  ping: [0],
  auth: [RID, 'eyJ'],
  say: [RID, GAME, 0],
}

const OPAQUE = [null, 7, '', 'g'.repeat(65), 'ä'.repeat(33), new Uint8Array([103]), ['g']]
/** Values that a field of that name cannot have. */
const wrong: Readonly<Record<string, readonly unknown[]>> = {
  rid: [null, '7', -1, 1.5, 4_294_967_296, Number.NaN, true, [7]],
  gameId: OPAQUE,
  code: OPAQUE,
  mode: [null, 1, 'private', 'CASUAL', '', ['casual']],
  options: ['x', 1, true, [2], { level: 0 }, { level: 4 }, { level: 1.5 }, { level: '2' }, { level: null }],
  ply: [null, -1, 1.5, '0', 4_294_967_296, Number.NaN],
  cell: [null, -1, 9, 1.5, '4', Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, true, [4], { cell: 4 }],
  clientTime: [null, 'now', 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 53)],
  jwt: [null, 7, new Uint8Array([101])],
  phrase: [null, -1, 16, 1.5, 'hello'],
}

const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : value instanceof Uint8Array ? 'bin' : JSON.stringify(value)

/** Every field of every type once missing and once with each wrong value. */
const wrongFields: readonly Malformed[] = clientLayouts.flatMap(({ type, tag, fields }) =>
  fields.flatMap(([name, field], at) => {
    const frame = [tag, ...good[type]!]
    const rid = name === 'rid' || type === 'ping' ? null : RID
    const label = type.toUpperCase()
    const missing = field.optional ? [] : [bad(`${label} without ${name}`, frame.slice(0, at + 1), rid)]
    return [
      ...missing,
      ...wrong[name]!.map((value) => bad(`${label} with ${name} ${show(value)}`, frame.with(at + 1, value), rid)),
    ]
  }),
)

const nestedArrays = (depth: number) => `${'91'.repeat(depth - 1)}90`

export const malformedSamples: readonly Malformed[] = [
  closed('empty frame', ''),
  closed('1,025 bytes', hex([10, 0, 'x'.repeat(1_019)]), 1009),
  closed('empty array', '90'),
  closed('an integer', '05'),
  closed('a string', hex('move')),
  closed('nil', 'c0'),
  closed('a map instead of an array', hex({ tag: 5, rid: 7 })),
  closed('a map with the tag as key', '81050a'),
  closed('JSON text', hexOf(new TextEncoder().encode('[10,0]'))),
  closed('array with fewer items than its header says', '930507'),
  closed('array header without its length', 'dc00'),
  closed('array of 4,294,967,295 items', 'ddffffffff0a00'),
  closed('map of 4,294,967,295 pairs', '920adfffffffff'),
  closed('MOVE cut off in its gameId', `950507${game}0004`.slice(0, 40)),
  closed('MOVE cut off before its cell', `950507${game}00`),
  closed('MOVE cut off in its rid', '9505ce0000'),
  closed('text longer than the frame', '920ad9ff41'),
  closed('text of 4,294,967,295 bytes', '920adbffffffff41'),
  closed('bin longer than the frame', '920ac6ffffffff41'),
  closed('float cut off', '920acb400000'),
  closed('a byte after the array', `${hex([10, 0])}00`),
  closed('a byte after a MOVE', `${hex([5, 7, GAME, 0, 4])}c0`),
  closed('two arrays', hex([10, 0]) + hex([10, 0])),
  closed('nested 1,000 deep', nestedArrays(1_000)),
  closed('nested 1,000 deep and cut off', `920a${'91'.repeat(1_000)}`),
  closed('nested maps, cut off', `920a${'81a161'.repeat(300)}`),
  closed('tag nil', '92c007'),
  closed('tag true', '92c307'),
  closed('tag a string', hex(['5', 7])),
  closed('tag an array', hex([[5], 7])),
  closed('tag 128', hex([128, 7])),
  closed('tag -1', hex([-1, 7])),
  closed('tag 1.5', hex([1.5, 7])),
  closed('tag NaN', hex([Number.NaN, 7])),
  closed('tag 2^53', hex([2 ** 53, 7])),
  closed('the byte that msgpack never uses', '920ac1'),
  closed('fixext 1', '920ad40100'),
  closed('fixext 4, a timestamp', '920ad6ff00000000'),
  closed('fixext 8, a timestamp', '920ad7ff0000000000000000'),
  closed('fixext 16', `920ad801${'00'.repeat(16)}`),
  closed('ext 8, a timestamp', '920ac70cff000000000000000000000000'),
  closed('ext 16', '920ac800010100'),
  closed('ext 32', '920ac9000000010100'),
  closed('ext in a field that is ignored', '930203d40100'),
  closed('ext in ignored options', '940101a663617375616cd40100'),
  closed('ext as a key of a map', '920a81d4010000'),
  closed('a record definition', '920ad4724091a161'),
  closed('a record definition and its record', '920ad4724091a16105'),
  closed('invalid UTF-8 in a field', '930307a1ff'),
  closed('invalid UTF-8: overlong', '930307a2c080'),
  closed('invalid UTF-8: a surrogate', '930307a3eda080'),
  closed('invalid UTF-8: above U+10FFFF', '930307a4f4908080'),
  closed('invalid UTF-8: cut off', '930307a1c3'),
  closed('invalid UTF-8 in a MOVE', '950507a1ff0004'),
  closed('invalid UTF-8 in a field that is ignored', '930203a1ff'),
  closed('invalid UTF-8 in a key', '93020381a1ff00'),
  closed('__proto__ in options', `${hex([1, 7, 'bot']).replace(/^93/, '94')}81a95f5f70726f746f5f5f80`),
  closed('__proto__ in ignored options', `${hex([1, 7, 'casual']).replace(/^93/, '94')}81a95f5f70726f746f5f5f80`),
  closed('__proto__ deep in a field that is ignored', '9302039181a16181a95f5f70726f746f5f5f00'),
  unknown('unknown tag 0', [0, RID], RID),
  unknown('unknown tag 13', [13, RID], RID),
  unknown('unknown tag 127', [127, RID, GAME], RID),
  unknown('unknown tag without a field', [50], null),
  unknown('unknown tag with a field that is no uint32', [50, 'x'], null),
  unknown('unknown tag with a field over 32 bits', [50, 4_294_967_296], null),
  unknown('a tag of a server', [65, RID], RID),
  unknown('a tag of a server with its gameId', [68, GAME, 2, 0, 4, 81, null], null),
  { name: 'unknown tag with a float rid', hex: '9232cb401c000000000000', expect: { error: 'UNKNOWN_TYPE', rid: RID } },
  ...wrongFields,
]
