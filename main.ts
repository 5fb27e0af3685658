import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openAccounts } from './api/accounts/open.ts'
import { configOrExit } from './config.ts'
import { systemClock as clock } from './kit/clock.ts'
import { jsonLog } from './kit/log.ts'
import { systemRandom as random } from './kit/random.ts'
import { version } from './kit/version.ts'
import { createMatchmaker } from './matchmaker/matchmaker.ts'
import { memoryBus } from './ports/memory/bus.ts'
import { memoryInvites } from './ports/memory/invites.ts'
import { memoryNodeRegistry } from './ports/memory/node-registry.ts'
import { memoryTicketQueue } from './ports/memory/ticket-queue.ts'
import { memoryUserIndex } from './ports/memory/user-index.ts'
import { localVerifier } from './server/auth/token-verifier.ts'
import { createClientAddress } from './server/gateway/client-address.ts'
import { createAdminApp } from './server/http/admin.ts'
import { createHttpApp } from './server/http/app.ts'
import { loadStaticFiles } from './server/http/static-files.ts'
import { PAGE_POLICY } from './server/http/security-headers.ts'
import { createServer } from './server/server.ts'
import { memoryLedger } from './server/shard/memory-ledger.ts'
import { listenHttp } from './server/socket/fetch-adapter.ts'
import { uwsHub } from './server/socket/uws-hub.ts'

const config = configOrExit('start')
const log = jsonLog(config.logLevel, { process: 'oxo', node: config.nodeId })
const base = { clock, random, log }

try {
  mkdirSync(config.dataDir, { recursive: true })
} catch (error) {
  exitWith(`DATA_DIR ${config.dataDir} cannot be created: ${(error as Error).message}`)
}
const accounts = await openAccounts(config, { ...base, issuer: config.authIssuer, region: config.region })
if (!accounts.ok) exitWith(accounts.error)
const verify = localVerifier(accounts.value.jwks, config.authIssuer, clock)

const tickets = memoryTicketQueue(clock)
const server = createServer({
  ...base,
  ...config,
  framesPerSecond: config.rateLimitFrames,
  clientAddress: createClientAddress(config.trustedProxies),
  durability: 'process',
  ledger: memoryLedger(clock),
  users: memoryUserIndex(),
  tickets,
  invites: memoryInvites(),
  registry: memoryNodeRegistry(clock),
  bus: memoryBus(clock),
  verify,
})
const matchmaker = createMatchmaker({
  ...base,
  tickets,
  region: config.region,
  leader: server.node,
  place: server.place,
  expired: (ticket) => server.ticketExpired(ticket.userId, ticket.id),
})

const http = { ...base, metrics: server.metrics, health: () => ({ ...server.health(), version }) }
const app = createHttpApp({
  ...http,
  games: server.games,
  verify,
  version,
  allowedOrigins: config.allowedOrigins,
  web: loadStaticFiles(fileURLToPath(new URL('dist/web', import.meta.url)), PAGE_POLICY),
  mounts: [{ prefixes: ['/auth', '/.well-known'], fetch: (request) => accounts.value.app.fetch(request) }],
})
const hub = uwsHub({ ...base, host: config.host, port: config.port, fetch: app.fetch })
const admin = createAdminApp(http)

await server.start()
matchmaker.start()
const { port } = await hub.listen(server.handlers).catch((error: Error) => exitWith(`PORT ${config.port}: ${error.message}`))
const { port: adminPort } = await listenHttp({ ...base, host: '127.0.0.1', port: config.adminPort, handler: admin.fetch }).catch(
  (error: Error) => exitWith(`ADMIN_PORT ${config.adminPort}: ${error.message}`),
)
log.info('server_ready', { port, adminPort, url: `http://localhost:${port}` })

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal))

async function stop(signal: string): Promise<void> {
  log.info('server_draining', { signal })
  hub.stopListening()
  matchmaker.stop()
  await server.drain('draining')
  if (accounts.ok) await accounts.value.close()
  log.info('server_stopped')
  process.exit(0)
}

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
