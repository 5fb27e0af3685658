import { fileURLToPath } from 'node:url'
import type { Clock } from '../kit/clock.ts'
import type { Cidr } from '../kit/env-shape.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import { version } from '../kit/version.ts'
import { createClientAddress } from '../ports/http/client-address.ts'
import type { GateDeps } from '../ports/http/gate/gate.ts'
import { createCount, quotasOf } from '../ports/http/gate/limits.ts'
import { PAGE_POLICY } from '../ports/http/security-headers.ts'
import { createAdminApp } from './http/admin.ts'
import { createHttpApp, type Mount } from './http/app.ts'
import type { FinishedGames } from './http/read-game.ts'
import { loadStaticFiles } from './http/static-files.ts'
import type { ServerOptions } from './options.ts'
import { createServer, type Server } from './server.ts'
import { listenHttp } from './socket/fetch-adapter.ts'
import type { Listener } from './socket/listen.ts'
import { uwsHub } from './socket/uws-hub.ts'

/** What `PORT` and `ADMIN_PORT` of one process need, beside the stores. */
export interface RunConfig {
  readonly host: string
  readonly port: number
  readonly adminPort: number
  readonly nodeId: string
  readonly region: string
  readonly turnMs: number
  readonly rateLimitFrames: number
  readonly maxSocketsPerAddress: number
  /** Requests a minute of one account. */
  readonly rateLimitSignedIn: number
  /** Requests a minute of one address without a sign-in. */
  readonly rateLimitAnonymous: number
  readonly allowedOrigins: readonly string[]
  readonly trustedProxies: readonly Cidr[]
}

export type Stores = Pick<
  ServerOptions,
  | 'ledger'
  | 'troubles'
  | 'storeMemory'
  | 'users'
  | 'tickets'
  | 'invites'
  | 'registry'
  | 'bus'
  | 'life'
  | 'durability'
  | 'verify'
> &
  Pick<GateDeps, 'audit' | 'findKey' | 'limiter'> & {
    /** Absent: no finished games are kept here, so that they can be read as long as their shard has them. */
    readonly finished?: FinishedGames | null
  }

export interface RunningServer {
  readonly server: Server
  readonly port: number
  readonly adminPort: number
  /** Hands shards over, says GOODBYE, and ends all listening. */
  stop(): Promise<void>
}

/** A server with its real sockets: the page, REST and players on one port, operators on another. @throws when a port is taken. */
export async function runServer(
  base: { readonly clock: Clock; readonly random: Random; readonly log: Log },
  config: RunConfig,
  stores: Stores,
  mounts: readonly Mount[],
): Promise<RunningServer> {
  const { host, port, adminPort, allowedOrigins } = config
  const clientAddress = createClientAddress(config.trustedProxies)
  const quotas = quotasOf({ signedIn: config.rateLimitSignedIn, anonymous: config.rateLimitAnonymous })
  const server = createServer({
    ...base,
    ...config,
    ...stores,
    framesPerSecond: config.rateLimitFrames,
    clientAddress,
    countNow: createCount(stores.limiter, quotas).countNow,
  })
  const http = { ...base, metrics: server.metrics, health: () => ({ ...server.health(), version }) }
  const web = loadStaticFiles(fileURLToPath(new URL('../dist/web', import.meta.url)), PAGE_POLICY)
  const { games } = server
  const gate = { ...stores, quotas, clientAddress, allowedOrigins }
  const app = createHttpApp({ ...http, ...gate, games, finished: stores.finished ?? null, version, web, mounts })
  const hub = uwsHub({ ...base, host, port, fetch: app.fetch })

  const admin: Listener = await named('ADMIN_PORT', () =>
    listenHttp({
      ...base,
      host: '127.0.0.1',
      port: adminPort,
      handler: createAdminApp({ ...http, service: server.service }).fetch,
    }),
  )
  await server.start()
  const listening = await named('PORT', () => hub.listen(server.handlers))
  return {
    server,
    port: listening.port,
    adminPort: admin.port,
    async stop() {
      hub.stopListening()
      await server.drain('draining')
      admin.close()
      hub.close()
    },
  }
}

async function named<T>(variable: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw new Error(`${variable}: ${error instanceof Error ? error.message : error}`)
  }
}
