import type { Registry } from 'prom-client'
import { lazyCounter, lazyGauge, lazyHistogram } from '../ports/lazy-metrics.ts'
import type { Counts, DestinationCounts } from './counts.ts'
import { DESTINATIONS } from './destination.ts'

/** The outbox must have answered within this, ms: it is asked every second. */
const HEARD_MS = 5_000

type Read = (of: DestinationCounts) => number
type Row = readonly [name: string, help: string, read: Read]

const COUNTERS: readonly Row[] = [
  ['oxo_results_written_total', 'Finished games written; one that came again counts again', (of) => of.written],
  ['oxo_results_unreadable_total', 'Results that no release of ours wrote, or a broken one', (of) => of.unreadable],
  ['oxo_results_rejected_total', 'Failures of a single record at its destination', (of) => of.rejected],
  ['oxo_destination_unavailable_total', 'Calls that found the destination down', (of) => of.unavailable],
  ['oxo_results_dead_lettered_total', 'Records that were given up and kept for a human', (of) => of.deadLettered],
]

const GAUGES: readonly Row[] = [
  ['oxo_results_waiting', 'Finished games that the destination lacks', (of) => of.backlog.count],
  [
    'oxo_results_oldest_seconds',
    'How long the oldest of them has waited; 0: none',
    (of) => of.backlog.oldestMs / 1_000,
  ],
]

const PHASES = ['closed', 'open', 'trial'] as const

/** Shows what a persistence process counts, each destination by its name. */
export function showCounts(registry: Registry, counts: Counts): void {
  const labels = ['destination']
  const each = (read: Read) => () =>
    DESTINATIONS.map((destination) => ({ labels: { destination }, value: read(counts.of[destination]) }))
  for (const [name, help, read] of COUNTERS) lazyCounter(registry, { name, help, labels }, each(read))
  for (const [name, help, read] of GAUGES) lazyGauge(registry, { name, help, labels }, each(read))
  const breaker = {
    name: 'oxo_destination_breaker',
    help: '1 for the present phase of the circuit breaker, 0 for others',
  }
  lazyGauge(registry, { ...breaker, labels: [...labels, 'phase'] }, () =>
    DESTINATIONS.flatMap((destination) =>
      PHASES.map((phase) => ({
        labels: { destination, phase },
        value: counts.of[destination].breaker === phase ? 1 : 0,
      })),
    ),
  )
  const batch = { name: 'oxo_results_batch_seconds', help: 'Batches that were written, with their retries' }
  lazyHistogram(registry, batch, 1e-3, () =>
    DESTINATIONS.map((destination) => ({ labels: { destination }, buckets: counts.of[destination].batchMs })),
  )
  const letters = { name: 'oxo_dead_letters', help: 'Records that wait for a human' }
  lazyGauge(registry, letters, () => counts.deadLetters)
  const errors = { name: 'oxo_outbox_errors_total', help: 'Calls of the outbox that failed; each is made up for later' }
  lazyCounter(registry, errors, () => counts.outboxErrors)
  const refreshes = { name: 'oxo_rankings_refreshes_total', help: 'Refreshes of the rankings' }
  lazyCounter(registry, refreshes, () => counts.rankings.refreshed)
  const failed = { name: 'oxo_rankings_refresh_failures_total', help: 'Those that failed; tried again a minute later' }
  lazyCounter(registry, failed, () => counts.rankings.failed)
}

export interface PersistenceHealth {
  /** `unavailable`: the outbox has not answered for 5 s. A destination that is down leaves it `ok`: results wait. */
  readonly status: 'ok' | 'unavailable'
  /** By destination: `closed` is well. */
  readonly breakers: Readonly<Record<string, string>>
  readonly version: string
}

export function healthOf(counts: Counts, nowMonotonicMs: number, version: string): PersistenceHealth {
  const heard = counts.outboxHeardMs !== null && nowMonotonicMs - counts.outboxHeardMs < HEARD_MS
  const breakers = Object.fromEntries(DESTINATIONS.map((name) => [name, counts.of[name].breaker]))
  return { status: heard ? 'ok' : 'unavailable', breakers, version }
}
