import { join } from 'node:path'
import { Registry } from 'prom-client'
import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import { version } from '../kit/version.ts'
import { fileEventSink } from '../ports/file/event-sink.ts'
import { openFileSigner } from '../ports/file/signer.ts'
import { startAdminServer } from '../ports/http/admin-server.ts'
import { valkeyBus } from '../ports/valkey/bus.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyDeadLetters } from '../ports/valkey/dead-letters.ts'
import { valkeyUrlOf } from '../ports/valkey/discover.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyResultOutbox } from '../ports/valkey/result-outbox.ts'
import { valkeyTroubles } from '../ports/valkey/troubles.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'
import { DESTINATIONS } from './destination.ts'
import { eventsDestination, gamesDestination, statisticsDestination } from './destinations.ts'
import { knownShards } from './known-shards.ts'
import { healthOf, showCounts } from './metrics.ts'
import { openDatabase, openRankings, openResultStores } from './open-stores.ts'
import { createPersistence } from './persistence.ts'
import { createRatingNews } from './ratings.ts'

const config = configOrExit('persistence')
const log = jsonLog(config.logLevel, { process: 'persistence', node: config.nodeId })
const self = `persistence-${config.nodeId}.${Buffer.from(random.bytes(6)).toString('hex')}`

try {
  const valkeyUrl = await valkeyUrlOf(config)
  const onError = (error: Error) => log.warn('valkey_connection_failed', { error })
  const valkey = await connectValkey(valkeyUrl, { name: self, onError })
  const registry = valkeyNodeRegistry(valkey)
  const bus = await valkeyBus({ url: config.valkeyCacheUrl ?? valkeyUrl, name: self, clock, log })
  const signer = await openFileSigner(config.recordKeysFile, { clock, log })
  if (!signer.ok) throw new Error(signer.error)
  const stores = await openResultStores(config, openDatabase(config, self, log))
  const sink = await fileEventSink(join(config.dataDir, `events-${config.nodeId}`))
  const users = valkeyUserIndex(valkey, { replicas: config.commitReplicas })
  const persistence = createPersistence({
    clock,
    random,
    log,
    self,
    outbox: valkeyResultOutbox(valkey, {
      shards: knownShards(clock, registry),
      destinations: DESTINATIONS,
      reader: self,
      replicas: config.commitReplicas,
    }),
    deadLetters: valkeyDeadLetters(valkey),
    troubles: valkeyTroubles(valkey),
    ranked: { rankings: openRankings(config, stores.database, log), staleAtStart: true },
    destinations: [
      gamesDestination(stores.games, signer.value),
      statisticsDestination(stores.stats, createRatingNews({ users, registry, bus })),
      eventsDestination(sink),
    ],
  })
  const metrics = new Registry()
  showCounts(metrics, persistence.counts)
  const health = () => healthOf(persistence.counts, clock.monotonic(), version)
  const admin = await startAdminServer({ clock, random, port: config.adminPort, registry: metrics, health })
  if (!admin.ok) throw new Error(`ADMIN_PORT: ${admin.error}`)
  persistence.start()
  log.info('persistence_ready', { self, adminPort: admin.value.port })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await persistence.stop()
      await Promise.all([stores.close(), sink.close(), bus.close()])
      admin.value.close()
      log.info('persistence_stopped')
      process.exit(0)
    })
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
