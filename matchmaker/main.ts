import { Registry } from 'prom-client'
import { configOrExit } from '../config.ts'
import { systemClock as clock, every } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { version } from '../kit/version.ts'
import { startAdminServer } from '../ports/http/admin-server.ts'
import type { NodeRecord } from '../ports/node-registry.ts'
import { endTicket } from '../ports/user-index.ts'
import { valkeyBus } from '../ports/valkey/bus.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyTicketQueue } from '../ports/valkey/ticket-queue.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'
import { createMatchmaker } from './matchmaker.ts'
import { healthOf, showCounts } from './metrics.ts'
import { createPlacer } from './placer.ts'

/** Between looks at which servers live, in ms. */
const LOOK_MS = 250

const config = configOrExit('matchmaker')
const log = jsonLog(config.logLevel, { process: 'matchmaker', node: config.nodeId })
const self = `matchmaker-${config.nodeId}.${Buffer.from(random.bytes(6)).toString('hex')}`

try {
  const valkeyUrl = await valkeyUrlOf(config)
  const onError = (error: Error) => log.warn('valkey_connection_failed', { error })
  const valkey = await connectValkey(valkeyUrl, { name: self, onError })
  const writes = { replicas: config.commitReplicas }
  const users = valkeyUserIndex(valkey, writes)
  const registry = valkeyNodeRegistry(valkey)
  const bus = await valkeyBus({ url: config.valkeyCacheUrl ?? valkeyUrl, name: self, clock, log })

  let servers: readonly NodeRecord[] = await registry.nodes()
  every(clock, LOOK_MS, async () => {
    servers = await registry.nodes().catch(() => servers)
  })
  const placer = createPlacer(clock, self, bus, () => servers)
  const matchmaker = createMatchmaker({
    clock,
    random,
    log,
    tickets: valkeyTicketQueue(valkey, writes),
    region: config.region,
    leader: self,
    place: placer.place,
    expired: (ticket) => endTicket(users, ticket.userId, ticket.id, clock.now()),
    nodeLives: (node) => servers.some((server) => server.node === node),
    ...(config.minuteWorth === null ? {} : { secondWorth: config.minuteWorth / 60 }),
  })
  const { counts } = matchmaker
  const metrics = new Registry()
  showCounts(metrics, counts, clock, config.region)
  const health = () => healthOf(counts, clock.monotonic(), { region: config.region, version })
  const admin = await startAdminServer({ clock, random, port: config.adminPort, registry: metrics, health })
  if (!admin.ok) throw new Error(`ADMIN_PORT: ${admin.error}`)
  await placer.start()
  matchmaker.start()
  log.info('matchmaker_ready', { self, adminPort: admin.value.port })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await matchmaker.stop()
      admin.value.close()
      log.info('matchmaker_stopped')
      process.exit(0)
    })
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
