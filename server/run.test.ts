import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock as clock } from '../kit/clock.ts'
import { silentLog as log } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { silentAudit } from '../ports/audit.ts'
import { memoryBus } from '../ports/memory/bus.ts'
import { memoryInvites } from '../ports/memory/invites.ts'
import { memoryNodeRegistry } from '../ports/memory/node-registry.ts'
import { memoryRateLimiter } from '../ports/memory/rate-limiter.ts'
import { memoryTicketQueue } from '../ports/memory/ticket-queue.ts'
import { memoryUserIndex } from '../ports/memory/user-index.ts'
import { decodeServer, encodeClient } from '../protocol/codec.ts'
import type { ClientMessage, ServerMessage } from '../protocol/messages.ts'
import { type RunConfig, type RunningServer, runServer } from './run.ts'
import { memoryLedger } from './shard/memory-ledger.ts'
import { verifyUserId } from './test-cluster.ts'

const config: RunConfig = {
  host: '127.0.0.1',
  port: 0,
  adminPort: 0,
  nodeId: 'run',
  region: 'test',
  turnMs: 30_000,
  rateLimitFrames: 20,
  maxSocketsPerAddress: 50,
  rateLimitSignedIn: 1_000_000,
  rateLimitAnonymous: 1_000_000,
  allowedOrigins: [],
  trustedProxies: [],
}
let running: RunningServer

const run = (overrides: Partial<RunConfig> = {}): Promise<RunningServer> =>
  runServer(
    { clock, random, log },
    { ...config, ...overrides },
    {
      ledger: memoryLedger(clock),
      users: memoryUserIndex(),
      tickets: memoryTicketQueue(clock),
      invites: memoryInvites(),
      registry: memoryNodeRegistry(clock),
      bus: memoryBus(clock),
      durability: 'process',
      verify: verifyUserId,
      audit: silentAudit,
      findKey: async () => null,
      limiter: memoryRateLimiter(clock),
    },
    [],
  )

beforeAll(async () => {
  running = await run()
})
afterAll(() => running.stop())

interface Player {
  readonly socket: WebSocket
  send(message: ClientMessage): void
  next(type: ServerMessage['type']): Promise<ServerMessage>
  readonly closed: Promise<number>
}

function connect(userId: string, path = '/v1/play'): Promise<Player> {
  const socket = new WebSocket(`ws://127.0.0.1:${running.port}${path}`, 'oxo.v1', {
    headers: { authorization: `Bearer ${userId}` },
  })
  const heard: ServerMessage[] = []
  let wake = () => {}
  socket.on('message', (data: Buffer) => {
    const decoded = decodeServer(data)
    if (decoded.ok && decoded.value !== null) heard.push(decoded.value)
    wake()
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  const player: Player = {
    socket,
    closed,
    send: (message) => socket.send(encodeClient(message)),
    next: (type) =>
      new Promise((resolve) => {
        wake = () => {
          const at = heard.findIndex((message) => message.type === type)
          if (at >= 0) resolve(heard.splice(at, 1)[0]!)
        }
        wake()
      }),
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(player))
    socket.on('unexpected-response', (_, response) => reject(new Error(`${response.statusCode}`)))
    socket.on('error', reject)
  })
}

test('[RUN] a game against a bot through a real socket', async () => {
  const ana = await connect('ana')
  expect(await ana.next('welcome')).toMatchObject({ userId: 'ana', info: { server: 'run' } })
  ana.send({ type: 'find', rid: 1, mode: 'bot', level: 1 })
  const state = await ana.next('state')
  if (state.type !== 'state') throw new Error('no state')
  ana.send({ type: 'resign', rid: 2, gameId: state.gameId })
  expect(await ana.next('ended')).toMatchObject({ reason: 'resign' })
  const fan = await connect('fan', `/games/${state.gameId}/live`)
  expect(await fan.next('state')).toMatchObject({ game: { status: 'forfeited' } })
  ana.socket.close()
  fan.socket.close()
  await Promise.all([ana.closed, fan.closed])
})

test('[RUN] pings are answered by clients, and pongs reach the gateway', async () => {
  const ana = await connect('ana')
  await ana.next('welcome')
  ana.socket.pong()
  ana.send({ type: 'ping', clientTime: 5 })
  expect(await ana.next('pong')).toMatchObject({ clientTime: 5 })
  ana.socket.terminate()
  await ana.closed
})

test('[RUN] a text frame closes with 1003, one that is too large with 1009', async () => {
  const ana = await connect('ana')
  ana.socket.send('hello')
  expect(await ana.closed).toBe(1003)
  const bo = await connect('bo')
  bo.socket.send(new Uint8Array(2_000))
  expect(await bo.closed).toBe(1009)
})

test('[RUN] upgrades are refused with the status of the reason', async () => {
  await expect(connect('bad')).rejects.toThrow('401')
  await expect(connect('broken')).rejects.toThrow('503')
  await expect(connect('ana', '/games/none/live')).rejects.toThrow('404')
})

test('[RUN] REST and health are on the same port, metrics on the other', async () => {
  const health = await fetch(`http://127.0.0.1:${running.port}/health`)
  expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', server: 'run' }])
  const metrics = await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)
  expect(await metrics.text()).toContain('oxo_moves_total')
})

test('[RUN] a port that is taken is named', async () => {
  await expect(run({ port: running.port })).rejects.toThrow(/^PORT: /)
  await expect(run({ adminPort: running.adminPort })).rejects.toThrow(/^ADMIN_PORT: /)
})
