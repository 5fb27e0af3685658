import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Bus } from '../ports/bus.ts'
import { fileDeadLetters } from '../ports/file/dead-letters.ts'
import { fileEventSink } from '../ports/file/event-sink.ts'
import { memoryResultOutbox, outboxGroups, type ResultSource } from '../ports/memory/result-outbox.ts'
import type { NodeRegistry } from '../ports/node-registry.ts'
import { postgresRankings } from '../ports/postgres/rankings.ts'
import type { Signer } from '../ports/signer.ts'
import type { Troubles } from '../ports/troubles.ts'
import type { UserIndex } from '../ports/user-index.ts'
import { DESTINATIONS } from './destination.ts'
import { eventsDestination, gamesDestination, statisticsDestination } from './destinations.ts'
import type { ResultStores } from './open-stores.ts'
import { createPersistence } from './persistence.ts'
import { createRatingNews } from './ratings.ts'

export interface EmbeddedPersistenceOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly dataDir: string
  /** Where results wait: the ledger of this process. */
  readonly results: ResultSource
  readonly stores: ResultStores
  readonly signer: Signer
  readonly users: UserIndex
  readonly registry: NodeRegistry
  readonly bus: Bus
  readonly troubles: Troubles
}

/** The persistence process inside another one, on files of `dataDir`. @throws Error in one line for the operator */
export async function openEmbeddedPersistence(options: EmbeddedPersistenceOptions) {
  const { clock, dataDir, results, stores, signer } = options
  const deadLetters = await fileDeadLetters(join(dataDir, 'dead-letters.log'), clock)
  const sink = await fileEventSink(join(dataDir, 'events'))
  const persistence = createPersistence({
    ...options,
    self: 'embedded',
    outbox: memoryResultOutbox(results, clock, outboxGroups(DESTINATIONS)),
    deadLetters,
    // The database begins when it is first asked: not for this.
    ranked: { rankings: postgresRankings(stores.database), staleAtStart: false },
    destinations: [
      gamesDestination(stores.games, signer),
      statisticsDestination(stores.stats, createRatingNews(options)),
      eventsDestination(sink),
    ],
  })
  return {
    counts: persistence.counts,
    start: persistence.start,
    async stop(): Promise<void> {
      await persistence.stop()
      await Promise.all([deadLetters.close(), sink.close()])
    },
  }
}
