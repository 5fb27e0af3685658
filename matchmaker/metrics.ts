import type { Registry } from 'prom-client'
import type { Clock } from '../kit/clock.ts'
import { lazyCounter, lazyGauge, lazyHistogram, type MetricName } from '../ports/lazy-metrics.ts'
import type { QueueMode } from '../protocol/messages.ts'
import type { Counts, Histogram } from './counts.ts'
import { LEASE_MS } from './lease.ts'

type CounterField = Extract<
  keyof Counts,
  'rounds' | 'pairs' | 'placed' | 'refused' | 'replaced' | 'gone' | 'expired' | 'storeErrors'
>

const COUNTERS: Readonly<Record<CounterField, readonly [name: string, help: string]>> = {
  rounds: ['oxo_matchmaker_rounds_total', 'Looks at the queues'],
  pairs: ['oxo_matchmaker_pairs_total', 'Pairs taken from the queues'],
  placed: ['oxo_matchmaker_placed_total', 'Matches whose room is committed'],
  refused: ['oxo_matchmaker_refused_total', 'Matches undone because a player was taken or gone'],
  replaced: ['oxo_matchmaker_replaced_total', 'Placements asked again after 2 s'],
  gone: ['oxo_matchmaker_gone_total', 'Pairs whose tickets had changed meanwhile'],
  expired: ['oxo_matchmaker_expired_total', 'Tickets of players who stayed away'],
  storeErrors: ['oxo_matchmaker_store_errors_total', 'Calls of the store that failed; each is made up for later'],
}

/** Shows a matchmaker's counts. Each metric of a queue carries its mode, each its region. */
export function showCounts(registry: Registry, counts: Readonly<Counts>, clock: Clock, region: string): void {
  const one = (value: number) => [{ labels: { region }, value }]
  const name = (metric: string, help: string): MetricName => ({ name: metric, help, labels: ['region'] })
  const byMode = <T>(of: Readonly<Record<QueueMode, T>>, value: (of: T) => number) =>
    (['casual', 'ranked'] as const).map((mode) => ({ labels: { region, mode }, value: value(of[mode]) }))
  const modeName = (metric: string, help: string): MetricName => ({ name: metric, help, labels: ['region', 'mode'] })

  for (const [field, [metric, help]] of Object.entries(COUNTERS)) {
    lazyCounter(registry, name(metric, help), () => one(counts[field as CounterField]))
  }
  const leading = name('oxo_matchmaker_leading', '1: pairs the players of the region; 0: stands by')
  lazyGauge(registry, leading, () => one(counts.leading ? 1 : 0))
  const placing = name('oxo_matchmaker_placing', 'Matches whose room is not committed yet')
  lazyGauge(registry, placing, () => one(counts.placing))
  const absent = name(
    'oxo_matchmaker_absent_tickets',
    'Tickets of players who are away: they keep their place unpaired',
  )
  lazyGauge(registry, absent, () => one(counts.absent))
  const waiting = modeName('oxo_matchmaker_waiting_tickets', 'Tickets of players who are there; 0 on a standby')
  lazyGauge(registry, waiting, () => byMode(counts.waiting, (count) => count))
  const oldest = modeName(
    'oxo_matchmaker_oldest_ticket_seconds',
    'Wait of the oldest of them, now; 0: none, or a standby',
  )
  // Until now, not until the last round: it grows on when rounds stop.
  const waitedSeconds = (sinceMs: number | null) => (sinceMs === null ? 0 : Math.max(0, clock.now() - sinceMs) / 1_000)
  lazyGauge(registry, oldest, () => byMode(counts.oldestSinceMs, waitedSeconds))

  const histograms = (of: Readonly<Record<QueueMode, Histogram>>) =>
    (['casual', 'ranked'] as const).map((mode) => ({ labels: { region, mode }, buckets: of[mode] }))
  const waited = { name: 'oxo_matchmaker_wait_seconds', help: 'Waits of paired tickets' }
  lazyHistogram(registry, waited, 1e-3, () => histograms(counts.waitedMs))
  const distance = { name: 'oxo_matchmaker_rating_distance', help: 'Rating distance of pairs' }
  lazyHistogram(registry, distance, 1, () => histograms(counts.distance))
}

export interface MatchmakerHealth {
  /** `unavailable`: the store has not said for a lease's length who leads. A standby is `ok`. */
  readonly status: 'ok' | 'unavailable'
  readonly leading: boolean
  readonly region: string
  readonly version: string
}

export function healthOf(
  counts: Readonly<Counts>,
  nowMonotonicMs: number,
  about: Pick<MatchmakerHealth, 'region' | 'version'>,
): MatchmakerHealth {
  const heard = counts.leaseHeardMs !== null && nowMonotonicMs - counts.leaseHeardMs < LEASE_MS
  return { status: heard ? 'ok' : 'unavailable', leading: counts.leading, ...about }
}
