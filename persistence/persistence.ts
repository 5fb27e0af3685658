import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { ResultOutbox } from '../ports/result-outbox.ts'
import type { Troubles } from '../ports/troubles.ts'
import { newCounts } from './counts.ts'
import type { Destination, DestinationName } from './destination.ts'
import { createPipeline } from './pipeline.ts'
import { createRankingsRefresh, type RankingsRefreshOptions } from './rankings.ts'

/** Between two looks at what waits and who is down, ms. */
const LOOK_MS = 1_000
/** Servers believe that a store is down for so long after it was said, ms. */
const TROUBLE_TTL_MS = 5_000

export interface PersistenceOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Names this process among its peers. */
  readonly self: string
  readonly outbox: ResultOutbox
  readonly deadLetters: DeadLetters
  readonly troubles: Troubles
  readonly destinations: readonly Destination[]
  /** What is refreshed after games were counted; absent: somebody else does it. */
  readonly ranked?: Pick<RankingsRefreshOptions, 'rankings' | 'staleAtStart'>
  /** A destination that failed is left alone for so long, ms; default 30 s. */
  readonly breakerOpenMs?: number
  /** As `PipelineOptions.lookMs`. */
  readonly lookMs?: { readonly min: number; readonly max: number }
}

/** Brings every finished game everywhere: a pipeline a destination, none of which waits for another. */
export function createPersistence(options: PersistenceOptions) {
  const { clock, log, self, outbox, deadLetters, troubles } = options
  const counts = newCounts()
  const pipelines = options.destinations.map((destination) => createPipeline({ ...options, destination, counts }))
  const refresh = options.ranked && createRankingsRefresh({ clock, log, counts, ...options.ranked })
  const raised = new Set<DestinationName>()
  let cancel: CancelTimer = () => {}
  let looking = false

  async function look(): Promise<void> {
    if (looking) return
    looking = true
    try {
      for (const { name, down } of pipelines) await say(name, down())
      for (const { destination, ...backlog } of await outbox.backlog()) {
        const own = counts.of[destination as DestinationName]
        if (own !== undefined) own.backlog = backlog
      }
      counts.deadLetters = await deadLetters.count()
      counts.outboxHeardMs = clock.monotonic()
    } catch (error) {
      counts.outboxErrors += 1
      log.warn('backlog_not_read', { error })
    } finally {
      looking = false
    }
  }

  async function say(name: DestinationName, down: boolean): Promise<void> {
    if (down !== raised.has(name)) log.warn(down ? 'destination_down' : 'destination_back', { destination: name })
    if (down) {
      raised.add(name)
      await troubles.raise(self, name, TROUBLE_TTL_MS)
    } else if (raised.delete(name)) await troubles.clear(self, name)
  }

  return {
    counts,
    start(): void {
      for (const pipeline of pipelines) pipeline.start()
      refresh?.start()
      void look()
      cancel = every(clock, LOOK_MS, () => void look())
    },
    /** Calls under way end; what is not acknowledged by then comes again, to whoever reads next. */
    async stop(): Promise<void> {
      cancel()
      refresh?.stop()
      await Promise.all(pipelines.map((pipeline) => pipeline.stop()))
    },
  }
}
export type Persistence = ReturnType<typeof createPersistence>
