import { mkdirSync } from 'node:fs'
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
import { runServer } from './server/run.ts'
import { memoryLedger } from './server/shard/memory-ledger.ts'

const config = configOrExit('start')
const log = jsonLog(config.logLevel, { process: 'oxo', node: config.nodeId })
const base = { clock, random, log }

try {
  mkdirSync(config.dataDir, { recursive: true })
} catch (error) {
  exitWith(`DATA_DIR ${config.dataDir} cannot be created: ${(error as Error).message}`)
}
const opened = await openAccounts(config, { ...base, issuer: config.authIssuer, region: config.region })
if (!opened.ok) exitWith(opened.error)
const accounts = opened.value
const tickets = memoryTicketQueue(clock)

const { server, port, adminPort, stop } = await runServer(
  base,
  config,
  {
    durability: 'process',
    ledger: memoryLedger(clock),
    users: memoryUserIndex(),
    tickets,
    invites: memoryInvites(),
    registry: memoryNodeRegistry(clock),
    bus: memoryBus(clock),
    verify: localVerifier(accounts.jwks, config.authIssuer, clock),
  },
  [
    {
      prefixes: ['/auth', '/.well-known'],
      fetch: (request) => accounts.app.fetch(request),
      openapi: accounts.app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Oxo', version } }),
    },
  ],
).catch((error: Error) => exitWith(error.message))

const matchmaker = createMatchmaker({
  ...base,
  tickets,
  region: config.region,
  leader: server.node,
  place: server.place,
  expired: (ticket) => server.ticketExpired(ticket.userId, ticket.id),
})
matchmaker.start()
log.info('server_ready', { port, adminPort, url: `http://localhost:${port}` })

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    log.info('server_draining', { signal })
    matchmaker.stop()
    await stop()
    await accounts.close()
    log.info('server_stopped')
    process.exit(0)
  })
}

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
