import { decode, encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { startTestServer } from '../scripts/test-server.ts'
import { type Answer, type Client, ERROR, is, PING, PONG, signIn, WATCH } from './client.ts'
import { company, play } from './company.ts'
import { openRaw } from './raw-socket.ts'
import { witnessedScene } from './scene.ts'

/** Rates and numbers: 4429 and RATE_LIMITED, and 4409. */

/** Their answers are more than the kernel and the server together keep for a socket that does not read. */
const REQUESTS = 300_000

const { server, here, game } = witnessedScene({ TURN_SECONDS: '3600' })

const codeOf = (answer: Answer): string => (answer.ok ? 'OK' : answer.code)

test('[RATE_LIMITED] the frames over 20 in a second are told how long to wait, and each gets one answer', async () => {
  const client = await here.newcomer()
  const answers = await Promise.all(Array.from({ length: 60 }, () => client.request(WATCH, game.gameId)))
  const codes = answers.map(codeOf)
  expect(new Set(codes)).toEqual(new Set(['OK', 'RATE_LIMITED']))
  expect(codes.slice(0, 20)).toEqual(Array(20).fill('OK'))
  for (const answer of answers) {
    if (answer.ok) continue
    const { retryAfterMs } = answer.details as { retryAfterMs: number }
    expect(Number.isInteger(retryAfterMs) && retryAfterMs > 0 && retryAfterMs <= 1_000).toBe(true)
  }
})

test('[RATE_LIMITED] waiting as told is enough', async () => {
  const client = await here.newcomer()
  const answers = await Promise.all(Array.from({ length: 30 }, () => client.request(WATCH, game.gameId)))
  const last = answers.at(-1)!
  if (last.ok) throw new Error('30 frames at once were all taken')
  await told(last.details as { retryAfterMs: number })
  expect(await client.request(WATCH, game.gameId)).toMatchObject({ ok: true })
})

test('[RATE_LIMITED] a PING over the limit has no rid; a broken request is BAD_REQUEST first', async () => {
  const client = await here.newcomer()
  for (let n = 0; n < 40; n++) client.sendBytes(encode([PING, n]))
  client.sendBytes(encode([WATCH, 7]))
  await client.seen(is(ERROR, null, 'RATE_LIMITED'))
  await client.seen(is(ERROR, 7, 'BAD_REQUEST'))
})

test('[4429] a flood closes the socket, and nobody else is slower for it', async () => {
  const attacker = await here.again(game.x.guest)
  for (let n = 0; n < 1_000; n++) attacker.sendBytes(encode([PING, n]))
  expect((await attacker.closed).code).toBe(4429)
  expect(attacker.frames.filter(is(PONG)).length).toBeLessThanOrEqual(40)
})

test('[4429] broken requests and unknown tags count as frames too', async () => {
  for (const frame of [[50, 7], [WATCH, 7], [WATCH]]) {
    const attacker = await here.newcomer()
    for (let n = 0; n < 1_000; n++) attacker.sendBytes(encode(frame))
    expect((await attacker.closed).code).toBe(4429)
  }
})

test('[4409] the fifth socket of a user closes the oldest; four stay', async () => {
  const guest = await signIn(server.url)
  const sockets: Client[] = []
  for (let n = 0; n < 6; n++) sockets.push(await here.again(guest))
  expect((await sockets[0]!.closed).code).toBe(4409)
  expect((await sockets[1]!.closed).code).toBe(4409)
  await Promise.all(sockets.slice(2).map((socket) => socket.settled()))
})

test('[4413] who does not read is cut off without a gap, and the others play on', async () => {
  const roomy = await startTestServer({ TURN_SECONDS: '3600', RATE_LIMIT_FRAMES: '1000000' })
  const there = company(() => roomy.url)
  try {
    const table = await there.invited()
    const slow = await openRaw(roomy.url, (await signIn(roomy.url)).accessToken)
    let sent = 0
    const flood = (count: number) => slow.send(Array.from({ length: count }, () => encode([WATCH, sent++])))
    await flood(1_000)
    await play(table, [0, 1, 3])
    while (sent < REQUESTS && (await flood(5_000))) await table.o.settled()
    await play(table, [4, 6])
    const frames = await slow.readAll()
    const close = frames.find(({ opcode }) => opcode === 8)
    if (close) expect(close.payload.readUInt16BE(0)).toBe(4413)
    const answers = frames.filter(({ opcode }) => opcode === 2).map(({ payload }) => decode(payload) as number[])
    const rids = answers.filter(([tag]) => tag === ERROR).map(([, rid]) => rid)
    expect(rids.length).toBeLessThan(sent)
    expect(rids).toEqual([...rids.keys()])
    expect(await there.dismiss()).toEqual([])
  } finally {
    await roomy.stop()
  }
})

/** The wait that a refusal asks for. */
const told = ({ retryAfterMs }: { readonly retryAfterMs: number }): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, retryAfterMs))
