import type { QueueMode } from '../protocol/messages.ts'

/** Observations in buckets, as ports/lazy-metrics.ts shows them. */
export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  sum: number
}

/** What a matchmaker counts, as plain fields. Counters only grow; gauges are what was true in the last round. */
export interface Counts {
  /** Gauges. Those of tickets are 0 unless leading. */
  leading: boolean
  /** Present tickets, by queue. */
  readonly waiting: Record<QueueMode, number>
  /** When the oldest present ticket began to wait, by queue, in ms since the Unix epoch; null: none. */
  readonly oldestSinceMs: Record<QueueMode, number | null>
  /** Tickets that keep their place unpaired. */
  absent: number
  /** Matches whose room is not committed yet. */
  placing: number
  /** When the store last said who leads, in monotonic ms; null: never. */
  leaseHeardMs: number | null
  /** Counters. */
  rounds: number
  pairs: number
  placed: number
  refused: number
  /** Placements asked again. */
  replaced: number
  /** Pairs whose tickets had changed meanwhile. */
  gone: number
  expired: number
  /** Calls of a store that failed; each is made up for later. */
  storeErrors: number
  readonly waitedMs: Record<QueueMode, Histogram>
  readonly distance: Record<QueueMode, Histogram>
}

const WAITED_MS_BOUNDS = [50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 300_000]
const DISTANCE_BOUNDS = [5, 10, 25, 50, 100, 200, 400, 800]

export function newCounts(): Counts {
  const both = (bounds: readonly number[]) => ({ casual: histogram(bounds), ranked: histogram(bounds) })
  return {
    leading: false,
    waiting: { casual: 0, ranked: 0 },
    oldestSinceMs: { casual: null, ranked: null },
    absent: 0,
    placing: 0,
    leaseHeardMs: null,
    rounds: 0,
    pairs: 0,
    placed: 0,
    refused: 0,
    replaced: 0,
    gone: 0,
    expired: 0,
    storeErrors: 0,
    waitedMs: both(WAITED_MS_BOUNDS),
    distance: both(DISTANCE_BOUNDS),
  }
}

const histogram = (bounds: readonly number[]): Histogram => ({
  bounds,
  counts: new Array<number>(bounds.length + 1).fill(0),
  sum: 0,
})

export function observe(histogram: Histogram, value: number): void {
  const at = histogram.bounds.findIndex((bound) => value <= bound)
  histogram.counts[at === -1 ? histogram.bounds.length : at]! += 1
  histogram.sum += value
}
