import { encode } from '@msgpack/msgpack'
import { hexOf } from './hex.ts'
import { GAME } from './samples.ts'

/** A frame that is well-formed but not as our encoders write it. `json` is what counts of it; null: ignore the frame. */
export interface Accepted {
  readonly name: string
  readonly direction: 'client' | 'server'
  readonly json: readonly unknown[] | null
  readonly hex: string
}

const hex = (frame: unknown): string => hexOf(encode(frame, { maxDepth: 2_000 }))
const game = hex(GAME)
const move = (rid: string, cell: string, ply = '00') => `9505${rid}${game}${ply}${cell}`
const nested = (depth: number): unknown => {
  let value: unknown = []
  for (let i = 1; i < depth; i++) value = [value]
  return value
}

const client = (name: string, json: readonly unknown[] | null, frameHex: string): Accepted => ({
  name,
  direction: 'client',
  json,
  hex: frameHex,
})
const server = (name: string, json: readonly unknown[] | null, frameHex: string): Accepted => ({
  name,
  direction: 'server',
  json,
  hex: frameHex,
})

export const acceptedSamples: readonly Accepted[] = [
  client('cell as a float 64', [5, 6, GAME, 0, 5], move('06', 'cb4014000000000000')),
  client('cell as a float 32', [5, 6, GAME, 0, 5], move('06', 'ca40a00000')),
  client('cell as a float 64 of minus zero', [5, 6, GAME, 0, 0], move('06', 'cb8000000000000000')),
  client('cell in 8 bits', [5, 6, GAME, 0, 5], move('06', 'cc05')),
  client('cell in 64 bits', [5, 6, GAME, 0, 5], move('06', 'cf0000000000000005')),
  client('cell in 64 signed bits', [5, 6, GAME, 0, 5], move('06', 'd30000000000000005')),
  client('cell in 16 signed bits', [5, 6, GAME, 0, 5], move('06', 'd10005')),
  client('rid in 8 bits without need', [5, 6, GAME, 0, 5], move('cc06', '05')),
  client('rid in 16 bits without need', [5, 6, GAME, 0, 5], move('cd0006', '05')),
  client('rid in 32 bits without need', [5, 6, GAME, 0, 5], move('ce00000006', '05')),
  client('rid in 32 signed bits', [5, 6, GAME, 0, 5], move('d200000006', '05')),
  client('rid as a float 64', [5, 4_294_967_295, GAME, 0, 5], move('cb41efffffffe00000', '05')),
  client('ply as a float 64', [5, 6, GAME, 2, 5], move('06', '05', 'cb4000000000000000')),
  client('tag as a float 64', [2, 3], '92cb400000000000000003'),
  client('tag in 8 bits', [2, 3], '92cc0203'),
  client('array header of 16 bits', [2, 3], 'dc00020203'),
  client('array header of 32 bits', [2, 3], 'dd000000020203'),
  client('text header of 16 bits', [3, 4, 'g'], '930304da000167'),
  client('text header of 32 bits', [3, 4, 'g'], '930304db0000000167'),
  client('an extra field', [5, 6, GAME, 0, 5], hex([5, 6, GAME, 0, 5, 'later'])),
  client(
    'extra fields of every plain type',
    [2, 3],
    hex([2, 3, null, true, -1, 1.5, 'x', new Uint8Array([1]), [[]], { a: {} }]),
  ),
  client('an extra field nested 1,000 deep', [2, 3], hex([2, 3, nested(1_000)])),
  client('an extra field of a map whose keys are no strings', [2, 3], '93020382010203c0'),
  client('FIND with nil options', [1, 1, 'casual'], hex([1, 1, 'casual', null])),
  client('FIND casual ignores its options', [1, 1, 'casual'], hex([1, 1, 'casual', { level: 9 }])),
  client('FIND ranked ignores options of any type', [1, 1, 'ranked'], hex([1, 1, 'ranked', 'x'])),
  client('FIND bot without options', [1, 1, 'bot', { level: 1 }], hex([1, 1, 'bot'])),
  client('FIND bot with nil options', [1, 1, 'bot', { level: 1 }], hex([1, 1, 'bot', null])),
  client('FIND bot with empty options', [1, 1, 'bot', { level: 1 }], hex([1, 1, 'bot', {}])),
  client('FIND bot with a further option', [1, 1, 'bot', { level: 2 }], hex([1, 1, 'bot', { colour: 'x', level: 2 }])),
  client('FIND bot with a float level', [1, 1, 'bot', { level: 2 }], '940101a3626f7481a56c6576656ccb4000000000000000'),
  client('the longest frame, 1,024 bytes', [10, 0], hex([10, 0, 'x'.repeat(1_018)])),
  server('an unknown tag', null, hex([100, 'later'])),
  server('a tag of a client', null, hex([5, 6, GAME, 0, 5])),
  server('an extra field', [73, GAME, 1], hex([73, GAME, 1, 'later'])),
  server('OK with a nil value', [65, 6], hex([65, 6, null])),
  server('a float instant', [74, 1, 2], '934a01cb4000000000000000'),
  server(
    'a further key in a map',
    [66, 6, 'RATE_LIMITED', 'slower', { retryAfterMs: 50 }],
    hex([66, 6, 'RATE_LIMITED', 'slower', { retryAfterMs: 50, hints: ['later'] }]),
  ),
]
