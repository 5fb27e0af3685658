import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock as clock } from '../kit/clock.ts'
import { seededRandom } from '../kit/random.ts'
import { type FaultProxy, startProxy } from './proxy.ts'

/** Answers every chunk with its name and the chunk. */
async function echo(name: string): Promise<{ server: Server; port: number; heard: string[] }> {
  const heard: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      heard.push(String(chunk))
      socket.write(`${name}:${chunk}`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port, heard }
}

let one: Awaited<ReturnType<typeof echo>>
let two: Awaited<ReturnType<typeof echo>>
let proxy: FaultProxy
let target: number
const clients: Socket[] = []

beforeEach(async () => {
  one = await echo('one')
  two = await echo('two')
  target = one.port
  proxy = await startProxy(clock, seededRandom(1), () => ({ host: '127.0.0.1', port: target }))
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.stop()
  for (const { server } of [one, two]) server.close()
})

async function dial(): Promise<Socket> {
  const client = connect(proxy.port, '127.0.0.1')
  client.on('error', () => {})
  clients.push(client)
  await once(client, 'connect')
  return client
}
/** `once` would reject with the reset. */
const closed = (client: Socket): Promise<unknown> => new Promise((resolve) => client.once('close', resolve))
const answerTo = async (client: Socket, text: string): Promise<string> => {
  client.write(text)
  return String((await once(client, 'data'))[0])
}

test('[F9] forwards both ways, and to another target from the next connection on', async () => {
  const client = await dial()
  expect(await answerTo(client, 'a')).toBe('one:a')
  target = two.port
  expect(await answerTo(client, 'b')).toBe('one:b')
  expect(await answerTo(await dial(), 'c')).toBe('two:c')
})

test('[F8] delays what passes and keeps its order', async () => {
  const client = await dial()
  await answerTo(client, 'a')
  proxy.set({ latencyMs: 30, jitterMs: 30 })
  const sentMs = clock.monotonic()
  expect(await answerTo(client, 'b')).toBe('one:b')
  expect(clock.monotonic() - sentMs).toBeGreaterThanOrEqual(59)
})

test('[F8] keeps the order of what is late, though timers fire late and the newest first', async () => {
  const timers: (() => void)[] = []
  const after = (_: number, run: () => void) => {
    timers.push(run)
    return () => {}
  }
  const late = await startProxy({ ...clock, after }, seededRandom(1), () => ({ host: '127.0.0.1', port: one.port }))
  const client = connect(late.port, '127.0.0.1')
  clients.push(client)
  await once(client, 'connect')
  late.set({ latencyMs: 1 })
  for (const [n, text] of ['a', 'b'].entries()) {
    client.write(text)
    while (timers.length === n) await new Promise(setImmediate)
  }
  late.set({})
  client.write('c')
  while (timers.length < 3) await new Promise(setImmediate)
  for (const run of timers.reverse()) run()
  while (one.heard.join('').length < 3) await new Promise(setImmediate)
  await late.stop()
  expect(one.heard.join('')).toBe('abc')
})

test.each([
  ['up', 0],
  ['down', 1],
] as const)('[F9] holds what goes %s, and lets it pass late', async (direction, arrived) => {
  const client = await dial()
  await answerTo(client, 'a')
  proxy.set({ held: [direction] })
  const answered = answerTo(client, 'b')
  const first = await Promise.race([answered, answerTo(await dial(), 'never').then(() => 'other'), heardBoth(arrived)])
  expect(first).toBe('waiting')
  proxy.set({})
  expect(await answered).toBe('one:b')
})

/** Resolves when the target got what may pass: with `arrived` 0 nothing does, and a moment must do. */
async function heardBoth(arrived: number): Promise<string> {
  const untilMs = clock.monotonic() + 100
  while (clock.monotonic() < untilMs) await new Promise(setImmediate)
  expect(one.heard.filter((text) => text === 'b')).toHaveLength(arrived)
  return 'waiting'
}

test('[F10] loses the reply of a command that arrived, and breaks the connection', async () => {
  const client = await dial()
  await answerTo(client, 'a')
  const lost = proxy.loseReply()
  let replied = false
  client.on('data', () => {
    replied = true
  })
  client.write('b')
  await Promise.all([lost, closed(client)])
  expect(one.heard).toEqual(['a', 'b'])
  expect(replied).toBe(false)
  expect(await answerTo(await dial(), 'c')).toBe('one:c')
})

test('[F1] strikes at the n-th call', async () => {
  const client = await dial()
  const struck: number[] = []
  proxy.at('up', 2, () => struck.push(one.heard.length))
  await answerTo(client, 'a')
  await answerTo(client, 'b')
  await answerTo(client, 'c')
  expect(struck).toEqual([1])
})

test('[F9] resets every connection, and refuses new ones', async () => {
  const client = await dial()
  await answerTo(client, 'a')
  proxy.set({ refused: true })
  proxy.reset()
  await closed(client)
  const refused = connect(proxy.port, '127.0.0.1')
  clients.push(refused)
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  proxy.set({})
  expect(await answerTo(await dial(), 'b')).toBe('one:b')
})
