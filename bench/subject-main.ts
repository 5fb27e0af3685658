import { mkdirSync } from 'node:fs'
import { openAccounts } from '../api/accounts/open.ts'
import { configOrExit } from '../config.ts'
import { systemClock as clock, every } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { createMatchmaker } from '../matchmaker/matchmaker.ts'
import { silentAudit } from '../ports/audit.ts'
import { localVerifier } from '../ports/auth/token-verifier.ts'
import { memoryAccountStore } from '../ports/memory/account-store.ts'
import { memoryBus } from '../ports/memory/bus.ts'
import { memoryInvites } from '../ports/memory/invites.ts'
import { memoryNodeRegistry } from '../ports/memory/node-registry.ts'
import { memoryRateLimiter } from '../ports/memory/rate-limiter.ts'
import { memoryTicketQueue } from '../ports/memory/ticket-queue.ts'
import { memoryUserIndex } from '../ports/memory/user-index.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { runServer } from '../server/run.ts'
import { memoryLedger } from '../server/shard/memory-ledger.ts'
import { valkeyLedger } from '../server/shard/valkey-ledger.ts'

const RESULTS_LEAVE_MS = 250

/** The real server for the bench: everything in memory, or, with a Valkey's URL as argument, its rooms there. */
const valkeyUrl = process.argv[2]
const config = configOrExit('start')
const base = { clock, random, log: jsonLog(config.logLevel, { process: 'bench' }) }

mkdirSync(config.dataDir, { recursive: true })
const opened = await openAccounts(
  { ...config, valkeyUrl: null, commitReplicas: 0 },
  {
    ...base,
    audit: silentAudit,
    accounts: memoryAccountStore(),
    issuer: config.authIssuer,
    region: config.region,
  },
)
if (!opened.ok) throw new Error(opened.error)
const accounts = opened.value
const verify = localVerifier(accounts.jwks, config.authIssuer, clock)
const memory = memoryLedger(clock)
const valkey = valkeyUrl === undefined ? null : await connectValkey(valkeyUrl, { name: 'bench' })
const tickets = memoryTicketQueue(clock)

const { server, port, stop } = await runServer(
  base,
  config,
  {
    durability: 'process',
    ledger: valkey === null ? memory : valkeyLedger(valkey),
    users: memoryUserIndex(),
    tickets,
    invites: memoryInvites(),
    registry: memoryNodeRegistry(clock),
    bus: memoryBus(clock),
    verify,
    audit: silentAudit,
    findKey: async () => null,
    limiter: memoryRateLimiter(clock),
  },
  [{ prefixes: ['/auth'], fetch: (request, passage) => accounts.app.fetch(request, passage) }],
)
// Where results go is measured by itself: here they leave at once.
every(clock, RESULTS_LEAVE_MS, () => {
  for (const shard of memory.store.shards.keys()) {
    const ids = memory.results(shard).map(({ id }) => id)
    if (ids.length > 0) void memory.deliver(shard, ids)
  }
})
const { region } = config
const expired = () => {}
createMatchmaker({ ...base, tickets, region, leader: server.node, place: server.place, expired }).start()
base.log.info('server_ready', { port })

process.once('SIGTERM', async () => {
  await stop()
  process.exit(0)
})
