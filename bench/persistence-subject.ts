import { configOrExit } from '../config.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { jsonLog } from '../kit/log.ts'
import { systemRandom as random } from '../kit/random.ts'
import type { DestinationName } from '../persistence/destination.ts'
import { gamesDestination, statisticsDestination } from '../persistence/destinations.ts'
import { openDatabase, openResultStores } from '../persistence/open-stores.ts'
import { createPersistence } from '../persistence/persistence.ts'
import { createRatingNews } from '../persistence/ratings.ts'
import { memorySigner } from '../ports/memory/signer.ts'
import { valkeyBus } from '../ports/valkey/bus.ts'
import { connectValkey } from '../ports/valkey/connect.ts'
import { valkeyDeadLetters } from '../ports/valkey/dead-letters.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyResultOutbox } from '../ports/valkey/result-outbox.ts'
import { valkeyTroubles } from '../ports/valkey/troubles.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'

/** The writers of `persistence`, one destination alone: `node bench/persistence-subject.ts games|statistics SHARD...`. */
const [name, ...shardNames] = process.argv.slice(2)
const destinationName = name as DestinationName
const shards = shardNames.map(Number)
const config = configOrExit('persistence')
const log = jsonLog('warn', { process: 'bench' })

const valkey = await connectValkey(config.valkeyUrl!, { name: 'bench' })
const registry = valkeyNodeRegistry(valkey)
const bus = await valkeyBus({ url: config.valkeyUrl!, name: 'bench', clock, log })
const stores = await openResultStores(config, openDatabase(config, 'bench', log))
const users = valkeyUserIndex(valkey, { replicas: 0 })
const destinations = {
  games: () => gamesDestination(stores.games, memorySigner()),
  statistics: () => statisticsDestination(stores.stats, createRatingNews({ users, registry, bus })),
}
const persistence = createPersistence({
  ...{ clock, random, log, self: 'bench' },
  outbox: valkeyResultOutbox(valkey, {
    shards: async () => shards,
    destinations: [destinationName],
    reader: 'bench',
  }),
  deadLetters: valkeyDeadLetters(valkey),
  troubles: valkeyTroubles(valkey),
  destinations: [destinations[destinationName as keyof typeof destinations]()],
})
await stores.database.ready()
persistence.start()
process.stdout.write(`${JSON.stringify({ event: 'server_ready', port: 0 })}\n`)
process.once('SIGTERM', async () => {
  await persistence.stop()
  process.exit(0)
})
