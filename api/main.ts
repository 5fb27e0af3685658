import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { listen, nodeServer } from '../ports/http/node-server.ts'
import { type OpenAccounts, openAccounts } from './accounts/open.ts'
import { createApi } from './api.ts'

const config = configOrExit('api')
const log = jsonLog(config.logLevel, { process: 'api' })

/** What a stopping process waits for. */
const DRAIN_MS = 5_000

const openService = {
  accounts: () => openAccounts(config, { issuer: config.authIssuer, region: config.region, clock, random, log }),
}
const services: Record<string, OpenAccounts> = {}
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
      for (const service of Object.values(services)) await service.close()
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
