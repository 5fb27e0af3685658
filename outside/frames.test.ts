import { readFile } from 'node:fs/promises'
import { decode, ExtData, encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { type Client, ERROR, is, MOVE, OK, PING, PONG, RESIGN } from './client.ts'
import { witnessedScene } from './scene.ts'

/** Frames that are no message: the close codes 1003, 1009 and 4400, and what only looks like such a frame. */

const { here, game } = witnessedScene({ TURN_SECONDS: '3600', RATE_LIMIT_FRAMES: '1000' })

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

/** A socket of the player to move sends it; the code with which it is closed. */
async function closeCodeOf(send: (client: Client) => void): Promise<number> {
  const attacker = await here.again(game.x.guest)
  send(attacker)
  const { code } = await attacker.closed
  return code
}
const closeCodeOfBytes = (bytes: Uint8Array): Promise<number> => closeCodeOf((client) => client.sendBytes(bytes))

test('[1003] a text frame', async () => {
  for (const text of ['', '[10,1]', encode([PING, 1]).toString()]) {
    expect(await closeCodeOf(({ socket }) => socket.send(text))).toBe(1003)
  }
})

test('[1009] 1,025 bytes, of whatever; 1,024 are taken', async () => {
  const pingOf = (bytes: number) => encode([PING, 1, new Uint8Array(bytes - 6)])
  expect(pingOf(1_024)).toHaveLength(1_024)
  const client = await here.newcomer()
  client.sendBytes(pingOf(1_024))
  await client.seen(is(PONG, 1))
  for (const bytes of [pingOf(1_025), new Uint8Array(1_025), new Uint8Array(100_000)]) {
    expect([1009, 1006]).toContain(await closeCodeOfBytes(bytes))
  }
})

test('[4400] what is not one msgpack array', async () => {
  const move = encode([MOVE, 7, game.gameId, 2, 8])
  const cases: Readonly<Record<string, Uint8Array>> = {
    'an empty frame': new Uint8Array(),
    'a map': hex('81 05 0a'),
    'the fields of MOVE as a map': encode({ 0: MOVE, 1: 7, 2: game.gameId, 3: 2, 4: 8 }),
    'an integer': hex('05'),
    'a string': encode('MOVE'),
    nil: hex('c0'),
    bin: encode(move),
    'a byte that msgpack never uses': hex('c1'),
    'an array of nothing': hex('90'),
    'two arrays': concat(move, move),
    'a byte after the array': concat(move, hex('00')),
    'invalid UTF-8': hex('93 03 07 a1 ff'),
    'a surrogate in UTF-8': hex('93 03 07 a3 ed a0 80'),
    'an array of 4,294,967,295 items': hex('dd ff ff ff ff 05'),
    'a string of 4,294,967,295 bytes': hex('93 03 07 db ff ff ff ff 41'),
    'a map of 65,535 pairs': hex('94 01 07 a3 62 6f 74 de ff ff'),
    ...Object.fromEntries([1, move.length >> 1, move.length - 1].map((end) => [`cut at ${end}`, move.slice(0, end)])),
  }
  for (const [name, bytes] of Object.entries(cases)) expect([name, await closeCodeOfBytes(bytes)]).toEqual([name, 4400])
})

test('[4400] a tag that is no integer 0..127', async () => {
  for (const tag of [128, -1, 1.5, Number.NaN, 2 ** 53, '5', null, true, [5], {}]) {
    expect([tag, await closeCodeOfBytes(encode([tag, 7, game.gameId, 2, 8]))]).toEqual([tag, 4400])
  }
})

test('[4400] extension types, in fields, in options and in the ignored tail', async () => {
  const ext = new ExtData(1, new Uint8Array([0]))
  for (const frame of [
    [ext],
    [PING, ext],
    [PING, 1, ext],
    [MOVE, 7, game.gameId, 2, ext],
    [MOVE, 7, game.gameId, 2, 8, [{ deep: ext }]],
    [1, 7, 'bot', { level: ext }],
    [PING, 1, new Date(0)],
  ]) {
    expect([frame, await closeCodeOfBytes(encode(frame))]).toEqual([frame, 4400])
  }
})

test('[4400] record definitions, as some msgpack libraries read them', async () => {
  const definition = 'd4 72 40 93 a1 61 a1 62 a1 63'
  for (const bytes of [
    hex(`${definition} 05 07 08`),
    hex(`92 0a ${definition} 01 02 03`),
    hex(`93 0a 01 ${definition} 01 02 03`),
    concat(hex('95 05 07'), encode(game.gameId), hex('02 d4 72 40')),
  ]) {
    expect(await closeCodeOfBytes(bytes)).toBe(4400)
  }
})

test('[4400] a __proto__ key, in options and in the ignored tail', async () => {
  const key = 'a9 5f 5f 70 72 6f 74 6f 5f 5f'
  for (const bytes of [
    hex(`94 01 07 a3 62 6f 74 81 ${key} 81 a5 6c 65 76 65 6c 03`),
    hex(`93 0a 01 81 ${key} c0`),
    hex(`93 0a 01 91 82 01 02 ${key} 80`),
  ]) {
    expect(await closeCodeOfBytes(bytes)).toBe(4400)
  }
})

test('[nesting] 1,000 deep is no fault by itself: ignored in the tail, a wrong field elsewhere', async () => {
  const nested = (depth: number) => concat(new Uint8Array(depth).fill(0x91), hex('c0'))
  const client = await here.again(game.x.guest)
  client.sendBytes(concat(hex('93 0a 01'), nested(1_000)))
  await client.seen(is(PONG, 1))
  client.sendBytes(concat(hex('93 03 07'), nested(1_000)))
  expect((await client.seen(is(ERROR)))[2]).toBe('BAD_REQUEST')
  expect(await closeCodeOfBytes(new Uint8Array(1_000).fill(0x91))).toBe(4400)
})

test('[fields] longer integers, floats with integral values and trailing fields are as good as the short form', async () => {
  const { x, o, gameId } = await here.paired('casual')
  x.sendBytes(
    concat(
      hex('97 d3 00 00 00 00 00 00 00 05 ce 00 00 00 c8'),
      encode(gameId),
      hex('ca 00 00 00 00 cb 40 20 00 00 00 00 00 00 c0 80'),
    ),
  )
  await x.seen(is(OK, 200))
  expect((await o.seen((frame) => frame[0] === 68)).slice(3, 6)).toEqual([0, 8, 3 ** 8])
  await o.ok(RESIGN, gameId)
})

test('[vectors] every malformed frame of protocol/vectors gets what the file says', async () => {
  const file = new URL('../protocol/vectors/malformed.json', import.meta.url)
  const vectors = JSON.parse(await readFile(file, 'utf8')) as {
    readonly name: string
    readonly hex: string
    readonly expect: { readonly close: number } | { readonly error: string; readonly rid: number | null }
  }[]
  expect(vectors.length).toBeGreaterThan(100)
  const patient = await here.newcomer()
  for (const { name, hex: bytes, expect: expected } of vectors) {
    if ('close' in expected) {
      const code = await closeCodeOfBytes(hex(bytes))
      expect([name, code === 1006 ? 1009 : code]).toEqual([name, expected.close])
    } else {
      const from = patient.frames.length
      patient.sendBytes(hex(bytes))
      const error = await patient.seen(is(ERROR), from)
      expect([name, error.slice(1, 3)]).toEqual([name, [expected.rid, expected.error]])
    }
  }
})

test('[vectors] an independent library reads what servers send and writes what clients send, byte by byte', async () => {
  for (const [file, encodes] of [
    ['server', false],
    ['client', true],
  ] as const) {
    const url = new URL(`../protocol/vectors/${file}.json`, import.meta.url)
    for (const { name, json, hex: bytes } of JSON.parse(await readFile(url, 'utf8'))) {
      expect([name, decode(hex(bytes))]).toEqual([name, json])
      if (encodes) expect([name, Buffer.from(encode(json)).toString('hex')]).toEqual([name, bytes])
    }
  }
})
