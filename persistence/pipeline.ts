import type { Log } from '../kit/log.ts'
import type { ResultOutbox } from '../ports/result-outbox.ts'
import type { Counts } from './counts.ts'
import { createDelivery, type DeliveryOptions } from './delivery.ts'
import { createPauses } from './pauses.ts'

/** Between two looks at an outbox, ms: soon after it had something, seldom while it is idle. */
const LOOK_MS = { min: 25, max: 400 }

export interface PipelineOptions extends Omit<DeliveryOptions, 'counts' | 'pauses' | 'outbox'> {
  readonly outbox: ResultOutbox
  readonly counts: Counts
  /** Between two looks at an outbox; default 25..400 ms. */
  readonly lookMs?: { readonly min: number; readonly max: number }
}

/** Everything that one destination is owed: read, write, acknowledge, at its own pace. Holds at most `lanes` batches. */
export function createPipeline(options: PipelineOptions) {
  const { clock, outbox, destination, counts, log, lookMs = LOOK_MS } = options
  const { name, batch, lanes } = destination
  const pauses = createPauses(clock)
  const delivery = createDelivery({ ...options, counts: counts.of[name], pauses })
  const { guard } = delivery
  const busy = new Set<Promise<void>>()
  let running: Promise<void> = Promise.resolve()

  function hold(batchDelivered: Promise<void>): void {
    const held = batchDelivered.finally(() => busy.delete(held))
    busy.add(held)
  }

  /** A store that is down is left alone: the batches in hand are what it is tried with. */
  const mayRead = () => busy.size < (guard.phase() === 'closed' ? lanes : 1)

  async function run(): Promise<void> {
    let pauseMs = lookMs.min
    while (!pauses.ended()) {
      if (!mayRead()) {
        await Promise.race(busy)
        continue
      }
      const entries = await read(outbox, name, batch, counts, log)
      if (entries.length > 0) hold(delivery.deliver(entries))
      pauseMs = entries.length > 0 ? lookMs.min : Math.min(2 * pauseMs, lookMs.max)
      if (entries.length < batch) await pauses.pause(pauseMs)
    }
    await Promise.all([...busy, delivery.retries()])
  }

  return {
    name,
    /** The destination is known to be down. */
    down: guard.down,
    start(): void {
      running = run()
    },
    /** Calls under way end; what is not acknowledged by then comes again, to whoever reads next. */
    stop(): Promise<void> {
      pauses.end()
      return running
    },
  }
}
export type Pipeline = ReturnType<typeof createPipeline>

async function read(outbox: ResultOutbox, name: string, batch: number, counts: Counts, log: Log) {
  try {
    return await outbox.read(name, batch)
  } catch (error) {
    counts.outboxErrors += 1
    log.warn('results_not_read', { destination: name, error })
    return []
  }
}
