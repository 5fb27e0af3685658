import { readFileSync } from 'node:fs'
import { decode, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientMessages, serverMessages } from './arbitraries.ts'
import { decodeClient, decodeServer, encodeBrief, encodeClient, encodeServer, stateFrames } from './codec.ts'
import { CLIENT_FRAME_BYTES_MAX, SERVER_FRAME_BYTES_MAX } from './limits.ts'
import type { ServerMessage } from './messages.ts'
import { frameWriter } from './msgpack-write.ts'
import { serverLayouts } from './shapes.ts'
import { clientTags, serverTags } from './tags.ts'
import type { Accepted } from './vectors/accepted.ts'
import { type Vector, vectorFiles } from './vectors/build.ts'
import { bytesOf, hexOf } from './vectors/hex.ts'
import type { Malformed } from './vectors/malformed.ts'
import { clientSamples, GAME, serverSamples } from './vectors/samples.ts'
import { writeMessage } from './walk.ts'

const fileText = (name: string) => readFileSync(new URL(`vectors/${name}`, import.meta.url), 'utf8')
const read = <T>(name: string): readonly T[] => JSON.parse(fileText(name)) as readonly T[]

test('[vectors] the files are current: run protocol/vectors/generate.ts after a change', () => {
  for (const [name, content] of Object.entries(vectorFiles)) expect(fileText(name), name).toBe(content)
})

test('[vectors] names are unique and every message of both directions has one', () => {
  for (const [name, tags] of [
    ['client.json', clientTags],
    ['server.json', serverTags],
  ] as const) {
    const vectors = read<Vector & { json: number[] }>(name)
    expect(new Set(vectors.map((vector) => vector.name)).size).toBe(vectors.length)
    expect(new Set(vectors.map((vector) => vector.json[0]))).toEqual(new Set(Object.values(tags)))
  }
  const malformed = read<Malformed>('malformed.json').map((vector) => vector.name)
  expect(new Set(malformed).size).toBe(malformed.length)
})

test('[vectors] client messages encode to and decode from their golden bytes', () => {
  for (const [i, { name, hex }] of read<Vector>('client.json').entries()) {
    const { message } = clientSamples[i]!
    expect(hexOf(encodeClient(message)), name).toBe(hex)
    expect(decodeClient(bytesOf(hex)), name).toEqual({ ok: true, value: message })
  }
})

test('[vectors] server messages encode to and decode from their golden bytes', () => {
  for (const [i, { name, hex }] of read<Vector>('server.json').entries()) {
    const { message } = serverSamples[i]!
    expect(hexOf(encodeServer(message)), name).toBe(hex)
    expect(decodeServer(bytesOf(hex)), name).toEqual({ ok: true, value: message })
  }
})

test('[vectors] an independent encoder writes the same bytes from the JSON form', () => {
  for (const { name, json, hex } of [...read<Vector>('client.json'), ...read<Vector>('server.json')]) {
    expect(hexOf(encode(json)), name).toBe(hex)
  }
})

test('[vectors] unusual but legal frames mean what their JSON form says', () => {
  for (const { name, direction, json, hex } of read<Accepted>('accepted.json')) {
    if (json === null) expect(decodeServer(bytesOf(hex)), name).toEqual({ ok: true, value: null })
    else if (direction === 'client') {
      const message = decodeClient(bytesOf(hex))
      if (!message.ok) throw new Error(`${name}: ${JSON.stringify(message.error)}`)
      expect(decode(encodeClient(message.value)), name).toEqual(json)
    } else {
      const message = decodeServer(bytesOf(hex))
      if (!message.ok || message.value === null) throw new Error(`${name}: ${JSON.stringify(message)}`)
      expect(decode(encodeServer(message.value)), name).toEqual(json)
    }
  }
})

test('[P8] malformed frames close the socket or name their request, as the vectors say', () => {
  const vectors = read<Malformed>('malformed.json')
  expect(vectors.length).toBeGreaterThan(200)
  for (const { name, hex, expect: wanted } of vectors) {
    const result = decodeClient(bytesOf(hex))
    if (result.ok) throw new Error(`${name} was taken as ${JSON.stringify(result.value)}`)
    const failure = result.error
    const got = failure.kind === 'close' ? { close: failure.code } : { error: failure.code, rid: failure.rid }
    expect(got, name).toEqual(wanted)
  }
})

test('[P8] a refusal says which field is wrong', () => {
  const refused = (frame: readonly unknown[]) => decodeClient(encode(frame))
  expect(refused([5, 7, GAME, 0, 9])).toEqual({
    ok: false,
    error: { kind: 'error', rid: 7, code: 'BAD_REQUEST', message: 'MOVE: cell is missing or wrong' },
  })
  expect(refused([99, 7])).toMatchObject({ error: { rid: 7, code: 'UNKNOWN_TYPE', message: 'unknown type 99' } })
})

test('[codec] every client message survives the wire, in at most 1,024 bytes', () => {
  fc.assert(
    fc.property(clientMessages, (message) => {
      const frame = encodeClient(message)
      expect(frame.length).toBeLessThanOrEqual(CLIENT_FRAME_BYTES_MAX)
      expect(decodeClient(frame)).toEqual({ ok: true, value: message })
      expect(hexOf(encode(decode(frame)))).toBe(hexOf(frame))
    }),
    { numRuns: 2_000 },
  )
})

test('[codec] every server message survives the wire, in at most 4,096 bytes', () => {
  fc.assert(
    fc.property(serverMessages, (message) => {
      const frame = encodeServer(message)
      expect(frame.length).toBeLessThanOrEqual(SERVER_FRAME_BYTES_MAX)
      expect(decodeServer(frame)).toEqual({ ok: true, value: message })
      expect(hexOf(encode(decode(frame)))).toBe(hexOf(frame))
    }),
    { numRuns: 2_000 },
  )
})

test('[codec] what is written by hand is what the shapes say', () => {
  const writer = frameWriter(SERVER_FRAME_BYTES_MAX)
  const fromShapes = (message: ServerMessage) =>
    writeMessage(writer, serverLayouts.find(({ type }) => type === message.type)!, message)
  fc.assert(
    fc.property(serverMessages, (message) => {
      expect(hexOf(encodeServer(message))).toBe(hexOf(fromShapes(message)))
    }),
    { numRuns: 2_000 },
  )
})

test('[codec] a frame keeps its bytes however many are encoded after it', () => {
  const first = encodeServer({ type: 'ok', rid: 1, value: 'kept' })
  const before = hexOf(first)
  for (let rid = 0; rid < 20_000; rid++) encodeServer({ type: 'ok', rid, value: 'x'.repeat(40) })
  expect(hexOf(first)).toBe(before)
})

test('[codec] OK and MOVED that are sent at once are the same bytes, again for a second receiver, and after a failure', () => {
  fc.assert(
    fc.property(serverMessages, (message) => {
      if (message.type !== 'ok' && message.type !== 'moved') return
      const expected = hexOf(encodeServer(message))
      expect([hexOf(encodeBrief(message)), hexOf(encodeBrief(message))]).toEqual([expected, expected])
      expect(() => encodeBrief({ type: 'ok', rid: 1, value: 'x'.repeat(5_000) })).toThrow('limit')
      expect(hexOf(encodeBrief(message))).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})

test('[codec] a MOVE is the same whatever game it was expected to name', () => {
  const games = [GAME, `${GAME.slice(0, -1)}!`, GAME.slice(1), 'é', 'Ã©', 'x']
  for (const gameId of games) {
    const message = { type: 'move', rid: 7, gameId, ply: 3, cell: 4 } as const
    for (const likely of games)
      expect(decodeClient(encodeClient(message), likely)).toEqual({ ok: true, value: message })
  }
})

test('[codec] STATE for several receivers differs in `you` alone', () => {
  for (const { message } of serverSamples) {
    if (message.type !== 'state') continue
    const frameFor = stateFrames(message)
    for (const you of [0, 1, null, 1, 0] as const) {
      const expected = encodeServer({ ...message, game: { ...message.game, you } })
      expect(hexOf(frameFor(you))).toBe(hexOf(expected))
    }
    expect(frameFor(1)).toBe(frameFor(1))
  }
})

test('[codec] a message over the limit is our own bug and throws, and the next one is whole', () => {
  const tooLong = 'x'.repeat(5_000)
  expect(() => encodeClient({ type: 'auth', rid: 1, jwt: tooLong })).toThrow('limit')
  expect(() => encodeClient({ type: 'auth', rid: 1, jwt: 'ä'.repeat(1_024) })).toThrow('at most 1024')
  expect(() => encodeServer({ type: 'ok', rid: 1, value: tooLong })).toThrow('limit')
  expect(hexOf(encodeClient({ type: 'cancel', rid: 3 }))).toBe('920203')
  expect(hexOf(encodeServer({ type: 'ok', rid: 6 }))).toBe('924106')
})

test('[codec] a client refuses a server frame that is not of this protocol', () => {
  const refused = (frame: Uint8Array) => {
    const result = decodeServer(frame)
    return result.ok ? 'taken' : result.error
  }
  expect(refused(new Uint8Array(SERVER_FRAME_BYTES_MAX + 1))).toBe('4097 bytes')
  expect(refused(encode({ tag: 65 }))).toBe('not an array')
  expect(refused(encode(['65', 1]))).toBe('no tag 0..127')
  expect(refused(encode([128]))).toBe('no tag 0..127')
  expect(refused(encode([65, -1]))).toBe('OK: rid is missing or wrong')
  expect(refused(encode([66, 1, 'NOT_FOUND', 'gone', 'x']))).toBe('ERROR: details is missing or wrong')
  expect(refused(encode([67, GAME, 1, []]))).toBe('STATE: game is missing or wrong')
  expect(refused(encode([76, GAME, [[1, 2], [3]]]))).toBe('RATED: ratings is missing or wrong')
  expect(
    refused(
      encode([
        76,
        GAME,
        [
          [1, 2],
          [3, 4, 5],
        ],
      ]),
    ),
  ).toBe('RATED: ratings is missing or wrong')
  expect(refused(encode([76, GAME, 7]))).toBe('RATED: ratings is missing or wrong')
  expect(refused(encode([71, 'ranked', 0, Number.NaN, 1, true]))).toBe('QUEUE: width is missing or wrong')
  expect(refused(encode([70, GAME, 1, 1]))).toBe('PRESENCE: connected is missing or wrong')
  expect(refused(encode([64, 'u', 1, { games: ['g', 7] }]))).toBe('WELCOME: info is missing or wrong')
  expect(refused(bytesOf('924106c0'))).toBe('bytes after the value')
})
