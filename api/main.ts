import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { ok, type Result } from '../kit/result.ts'
import { listen, nodeServer } from '../ports/http/node-server.ts'
import { openPostgres } from '../ports/postgres/open.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import { openAccounts } from './accounts/open.ts'
import { createApi, type Service } from './api.ts'
import { openHistory } from './history/open.ts'
import { createStatistics } from './statistics/statistics.ts'

const config = configOrExit('api')
const log = jsonLog(config.logLevel, { process: 'api' })

interface OpenService extends Service {
  close?(): Promise<void>
}

/** What a stopping process waits for. */
const DRAIN_MS = 5_000

const database = openPostgres({
  ...config,
  name: 'api',
  onIdleError: (error) => log.warn('database_connection_failed', { error }),
})
if (!database.ok) exitWith(database.error)

const openService: Record<(typeof config.services)[number], () => Promise<Result<OpenService, string>>> = {
  accounts: () => openAccounts(config, { issuer: config.authIssuer, region: config.region, clock, random, log }),
  history: () => openHistory(config, { clock, log }),
  statistics: async () => ok(createStatistics(postgresStatsStore(database.value), log)),
}
const services: Record<string, OpenService> = {}
for (const name of config.services) {
  const service = await openService[name]()
  if (!service.ok) exitWith(service.error)
  services[name] = service.value
}

const server = nodeServer(createApi(services, { clock, random }))
const port = await listen(server, config.port, config.host)
if (!port.ok) exitWith(port.error)
log.info('api_ready', { port: port.value, services: config.services })

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    log.info('api_stopping', { signal })
    server.close(async () => {
      for (const service of Object.values(services)) await service.close?.()
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
