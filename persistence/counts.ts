import type { Breaker } from '../kit/circuit-breaker.ts'
import type { Backlog } from '../ports/result-outbox.ts'
import { DESTINATIONS, type DestinationName } from './destination.ts'

/** Observations in buckets, as ports/lazy-metrics.ts shows them. */
export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
}

/** What one destination's pipeline counts, as plain fields. */
export interface DestinationCounts {
  /** Counters: games written, each delivery of them. */
  written: number
  /** Records that nobody can read. */
  unreadable: number
  /** Failures of a record at the destination. */
  rejected: number
  /** Calls that found the store down. */
  unavailable: number
  deadLettered: number
  /** Of a batch that was written, with all its retries, in ms. */
  readonly batchMs: Histogram
  /** Gauges. */
  breaker: Breaker['phase']
  backlog: Omit<Backlog, 'destination'>
}

export interface Counts {
  readonly of: Readonly<Record<DestinationName, DestinationCounts>>
  /** Refreshes of the rankings. */
  readonly rankings: { refreshed: number; failed: number }
  /** Letters that are kept. */
  deadLetters: number
  /** Calls of the outbox that failed; each is made up for later. */
  outboxErrors: number
  /** When the outbox last answered, in monotonic ms; null: never. */
  outboxHeardMs: number | null
}

const BATCH_MS_BOUNDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

export function newCounts(): Counts {
  const of = Object.fromEntries(DESTINATIONS.map((name) => [name, newDestinationCounts()]))
  return {
    of: of as Record<DestinationName, DestinationCounts>,
    rankings: { refreshed: 0, failed: 0 },
    deadLetters: 0,
    outboxErrors: 0,
    outboxHeardMs: null,
  }
}

const newDestinationCounts = (): DestinationCounts => ({
  written: 0,
  unreadable: 0,
  rejected: 0,
  unavailable: 0,
  deadLettered: 0,
  batchMs: { bounds: BATCH_MS_BOUNDS, counts: new Array<number>(BATCH_MS_BOUNDS.length + 1).fill(0), sum: 0 },
  breaker: 'closed',
  backlog: { count: 0, oldestMs: 0 },
})

export function observe(histogram: Histogram, value: number): void {
  const at = histogram.bounds.findIndex((bound) => value <= bound)
  histogram.counts[at === -1 ? histogram.bounds.length : at]! += 1
  histogram.sum += value
}
