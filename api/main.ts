import { configOrExit } from '../config.ts'
import { systemClock as clock, every } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { ok, type Result } from '../kit/result.ts'
import { auditLog } from '../ports/audit-log.ts'
import { createClientAddress } from '../ports/http/client-address.ts'
import { storedKeys } from '../ports/http/gate/find-key.ts'
import { quotasOf } from '../ports/http/gate/limits.ts'
import { listen, nodeServer } from '../ports/http/node-server.ts'
import { postgresAccountStore } from '../ports/postgres/account-store.ts'
import { postgresApiKeyStore } from '../ports/postgres/api-key-store.ts'
import { openPostgres } from '../ports/postgres/open.ts'
import { postgresRankings } from '../ports/postgres/rankings.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import type { UserId } from '../protocol/ids.ts'
import type { OpenAccounts } from './accounts/open.ts'
import { createApi, type Service } from './api.ts'
import { openHistory } from './history/open.ts'
import { createKeys } from './keys/keys.ts'
import { createLeaderboard } from './leaderboard/leaderboard.ts'
import { openAccountServices } from './open-account-services.ts'
import { openShared } from './open-shared.ts'
import { createStatistics } from './statistics/statistics.ts'
import { storeGuard } from './store-guard.ts'
import { openVerifier } from './verifier.ts'

const config = configOrExit('api')
const log = jsonLog(config.logLevel, { process: 'api' })

interface OpenService extends Service {
  close?(): Promise<void>
}

/** What a stopping process waits for. */
const DRAIN_MS = 5_000
const PROBE_MS = 2_000

const database = openPostgres({
  ...config,
  name: 'api',
  onIdleError: (error) => log.warn('database_connection_failed', { error }),
})
if (!database.ok) exitWith(database.error)

const audit = auditLog(config.logLevel, { process: 'api' })
const deps = { clock, random, log, audit, issuer: config.authIssuer, region: config.region }
const databaseGuard = storeGuard(clock)
const stores = {
  accounts: databaseGuard.guard(postgresAccountStore(database.value)),
  apiKeys: databaseGuard.guard(postgresApiKeyStore(database.value)),
  stats: databaseGuard.guard(postgresStatsStore(database.value)),
  rankings: databaseGuard.guard(postgresRankings(database.value)),
}
/** Asked now and then, so that /health tells the truth when nobody else asks, and a store that is back is found. */
const probe = every(clock, PROBE_MS, () => {
  stores.stats.statsOf('probe' as UserId).catch(() => {})
})
const valkeyNamed = config.valkeyUrl !== null || config.valkeyReplicationGroup !== null
const valkeyUrl = valkeyNamed ? await valkeyUrlOf(config).catch((error: Error) => exitWith(error.message)) : null

const openService: Record<(typeof config.services)[number], () => Promise<Result<OpenService, string>>> = {
  accounts: async () => {
    const opened = await openAccountServices({ ...config, valkeyUrl }, { ...deps, ...stores })
    if (opened.ok) accounts = opened.value
    return opened
  },
  history: () => openHistory(config, { clock, log }),
  statistics: async () => ok(createStatistics(stores.stats, log)),
  leaderboard: async () => ok(createLeaderboard(stores.rankings, log)),
  keys: async () => ok(createKeys({ clock, random, keys: stores.apiKeys })),
}
let accounts: OpenAccounts | null = null
const services: Record<string, OpenService> = {}
for (const name of config.services) {
  const service = await openService[name]()
  if (!service.ok) exitWith(service.error)
  services[name] = service.value
}
const verifier = await openVerifier({ ...config, valkeyUrl }, accounts, deps)
if (!verifier.ok) exitWith(verifier.error)
const { close: closeShared, ...shared } = openShared(config.valkeyCacheUrl ?? valkeyUrl, deps)

const server = nodeServer(
  createApi(services, {
    ...deps,
    level: () => (databaseGuard.down() ? 'limited' : 'full'),
    verify: verifier.value.verify,
    findKey: storedKeys(stores.apiKeys, clock),
    ...shared,
    quotas: quotasOf({ signedIn: config.rateLimitSignedIn, anonymous: config.rateLimitAnonymous }),
    allowedOrigins: config.allowedOrigins,
    clientAddress: createClientAddress(config.trustedProxies, config.forwardSecret),
  }),
)
const port = await listen(server, config.port, config.host)
if (!port.ok) exitWith(port.error)
log.info('api_ready', { port: port.value, services: config.services })

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    log.info('api_stopping', { signal })
    server.close(async () => {
      for (const service of Object.values(services)) await service.close?.()
      probe()
      verifier.value.stop()
      closeShared()
      await database.value.close()
      process.exit(0)
    })
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  })
}

function exitWith(line: string): never {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
