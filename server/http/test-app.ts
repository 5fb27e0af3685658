import { type Clock, systemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { systemRandom as random } from '../../kit/random.ts'
import { err, ok } from '../../kit/result.ts'
import type { VerifyToken } from '../../ports/auth/identity.ts'
import { testGateDeps } from '../../ports/http/gate/test-gate.ts'
import { memoryBus } from '../../ports/memory/bus.ts'
import { memoryInvites } from '../../ports/memory/invites.ts'
import { memoryNodeRegistry } from '../../ports/memory/node-registry.ts'
import { memoryTicketQueue } from '../../ports/memory/ticket-queue.ts'
import { memoryUserIndex } from '../../ports/memory/user-index.ts'
import type { UserId } from '../../protocol/ids.ts'
import { createServer, type Server } from '../server.ts'
import { memoryLedger } from '../shard/memory-ledger.ts'
import { type FetchDeps, listenHttp } from '../socket/fetch-adapter.ts'
import type { Listener } from '../socket/listen.ts'
import { ungated } from '../ungated.ts'
import { createHttpApp, type HttpAppDeps } from './app.ts'
import type { HttpApp, HttpDeps } from './types.ts'

/** For tests: REST of a real server on stores in memory. */
export interface TestApp {
  readonly server: Server
  readonly app: HttpApp
  /** One request to the app, without a socket. `user` signs it, a body is sent as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>
}

export interface RequestOptions {
  readonly user?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export const TURN_MS = 30_000
export const VERSION = '1.2.3-test'

/** Tokens are `user-NAME`; `expired` is one that was good. */
export const verifyTestToken: VerifyToken = async (jwt) => {
  if (jwt === 'expired') return err('expired')
  if (!jwt.startsWith('user-')) return err('invalid')
  const name = jwt.slice('user-'.length)
  return ok({ userId: `id-${name}` as UserId, name, sessionId: `s-${name}`, region: 'eu', expiresAtMs: 1e15 })
}

export async function startTestApp(overrides: Partial<HttpAppDeps> = {}): Promise<TestApp> {
  const server = testServer(systemClock)
  await server.start()
  const app = createHttpApp({
    ...testGateDeps(),
    ...httpDeps(server),
    games: server.games,
    finished: null,
    verify: verifyTestToken,
    health: () => ({ ...server.health(), version: VERSION }),
    version: VERSION,
    web: new Map(),
    mounts: [],
    ...overrides,
  })
  const request: TestApp['request'] = (method, path, { user, headers, body } = {}) => {
    const init = {
      method,
      headers: {
        ...(user === undefined ? {} : { authorization: `Bearer user-${user}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }
    return app.fetch(new Request(`http://oxo.invalid${path}`, init), { address: '192.0.2.1' })
  }
  return { server, app, request }
}

export const httpDeps = (server: Server): HttpDeps => ({
  clock: systemClock,
  random,
  log: silentLog,
  metrics: server.metrics,
})

/** The handler behind a real socket on a free loopback port. */
export const listenTest = (handler: HttpApp['fetch'], overrides: Partial<FetchDeps> = {}): Promise<Listener> =>
  listenHttp({ host: '127.0.0.1', port: 0, handler, clock: systemClock, random, log: silentLog, ...overrides })

function testServer(clock: Clock): Server {
  return createServer({
    ...ungated,
    clock,
    random,
    log: silentLog,
    nodeId: 'test',
    region: 'eu',
    turnMs: TURN_MS,
    ledger: memoryLedger(clock),
    users: memoryUserIndex(),
    tickets: memoryTicketQueue(clock),
    invites: memoryInvites(),
    registry: memoryNodeRegistry(systemClock),
    bus: memoryBus(systemClock),
    verify: verifyTestToken,
  })
}
