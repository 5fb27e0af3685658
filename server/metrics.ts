import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client'
import { CloseCode, type ErrorCode, errors } from '../protocol/errors.ts'
import type { ServiceLevel } from '../protocol/messages.ts'
import { type Distribution, distribution } from './distribution.ts'

/**
 * What a server counts, as plain fields: `metrics.framesIn += 1` costs one addition, and names and labels are made when someone asks.
 * Counters only grow; gauges are set to what is true now.
 */
export interface Counts {
  /** Counters. */
  framesIn: number
  framesOut: number
  moves: number
  gamesStarted: number
  gamesFinished: number
  ticketsOpened: number
  ticketsPaired: number
  ticketsEnded: number
  undone: number
  /** Gauges. */
  connections: number
  rooms: number
  ticketsWaiting: number
  gateWaiting: number
  /** Share of the live store's memory that is used, 0..1. */
  storeShare: number
  serviceLevel: ServiceLevel
}

export interface HttpSample {
  readonly method: string
  /** The route's pattern, never the path: a bounded set. */
  readonly route: string
  readonly status: number
  readonly seconds: number
}

export interface Metrics extends Counts {
  /** By code; sockets and REST. */
  readonly refusals: Record<ErrorCode, number>
  /** From sending a commit to its answer, in ms. */
  readonly commitMs: Distribution
  /** Rooms changed in one commit. */
  readonly commitChanges: Distribution
  socketClosed(code: number): void
  httpRequest(sample: HttpSample): void
  /** Adds the library's own metrics of this process: event-loop lag, memory, garbage collection. Once; later calls do nothing. */
  watchProcess(): void
  /** Everything in Prometheus' text format. */
  exposition(): Promise<string>
  readonly contentType: string
  /** Where other parts of the process show theirs. */
  readonly registry: Registry
}

const COUNTERS = {
  framesIn: ['oxo_frames_in_total', 'Frames received from clients'],
  framesOut: ['oxo_frames_out_total', 'Frames sent to clients, one for each receiver'],
  moves: ['oxo_moves_total', 'Moves accepted'],
  gamesStarted: ['oxo_games_started_total', 'Games opened'],
  gamesFinished: ['oxo_games_finished_total', 'Games ended'],
  ticketsOpened: ['oxo_tickets_opened_total', 'Tickets put into the queue'],
  ticketsPaired: ['oxo_tickets_paired_total', 'Tickets that became a game'],
  ticketsEnded: ['oxo_tickets_ended_total', 'Tickets cancelled or expired'],
  undone: ['oxo_undone_total', 'Games of which the store lost what sockets here had been shown: wake someone'],
} as const satisfies Partial<Record<keyof Counts, readonly [name: string, help: string]>>

const GAUGES = {
  connections: ['oxo_connections', 'Open sockets'],
  rooms: ['oxo_rooms', 'Rooms in memory'],
  ticketsWaiting: ['oxo_tickets_waiting', 'Tickets of this server that wait'],
  gateWaiting: ['oxo_gate_waiting', 'Answers that wait for a commit'],
  storeShare: [
    'oxo_store_memory_ratio',
    'Used share of the memory of the live store, of its fullest part; at 0.8 no new games',
  ],
} as const satisfies Partial<Record<keyof Counts, readonly [name: string, help: string]>>

const LEVELS: readonly ServiceLevel[] = ['full', 'limited', 'emergency', 'maintenance']
const COMMIT_MS_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000]
const COMMIT_CHANGES_BOUNDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
const HTTP_SECONDS_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** Peers choose close codes freely: beyond these they share one label. */
const KNOWN_CLOSE_CODES: ReadonlySet<number> = new Set([1000, 1005, 1006, ...Object.values(CloseCode)])

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const closes = new Map<string, number>()
  let watching = false

  const http = new Histogram({
    name: 'oxo_http_request_duration_seconds',
    help: 'HTTP requests from the last byte of the request to the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS_BOUNDS,
    registers,
  })
  const metrics: Metrics = {
    framesIn: 0,
    framesOut: 0,
    moves: 0,
    gamesStarted: 0,
    gamesFinished: 0,
    ticketsOpened: 0,
    ticketsPaired: 0,
    ticketsEnded: 0,
    undone: 0,
    connections: 0,
    rooms: 0,
    ticketsWaiting: 0,
    gateWaiting: 0,
    storeShare: 0,
    serviceLevel: 'full',
    refusals: Object.fromEntries(Object.keys(errors).map((code) => [code, 0])) as Record<ErrorCode, number>,
    commitMs: distribution(COMMIT_MS_BOUNDS),
    commitChanges: distribution(COMMIT_CHANGES_BOUNDS),
    socketClosed(code) {
      const label = KNOWN_CLOSE_CODES.has(code) ? String(code) : 'other'
      closes.set(label, (closes.get(label) ?? 0) + 1)
    },
    httpRequest({ method, route, status, seconds }) {
      http.observe({ method, route, status }, seconds)
    },
    watchProcess() {
      if (watching) return
      watching = true
      collectDefaultMetrics({ register: registry })
    },
    exposition: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  }

  for (const [field, [name, help]] of entries(COUNTERS)) lazyCounter(name, help, () => metrics[field])
  for (const [field, [name, help]] of entries(GAUGES)) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(metrics[field])
      },
    })
  }
  new Counter({
    name: 'oxo_refusals_total',
    help: 'Requests refused, by code',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset()
      for (const [code, count] of Object.entries(metrics.refusals)) this.inc({ code }, count)
    },
  })
  new Counter({
    name: 'oxo_sockets_closed_total',
    help: 'Sockets closed, by close code',
    labelNames: ['code'],
    registers,
    collect() {
      this.reset()
      for (const [code, count] of closes) this.inc({ code }, count)
    },
  })
  new Gauge({
    name: 'oxo_service_level',
    help: 'Level of service: 1 for the present one, 0 for the others',
    labelNames: ['level'],
    registers,
    collect() {
      for (const level of LEVELS) this.set({ level }, level === metrics.serviceLevel ? 1 : 0)
    },
  })
  lazyHistogram('oxo_commit_duration_seconds', 'Commits from sending to answer', metrics.commitMs, 1e-3)
  lazyHistogram('oxo_commit_changes', 'Rooms changed in one commit', metrics.commitChanges, 1)
  return metrics

  function lazyCounter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  /** @param unit what one of the distribution's units is in the metric's. */
  function lazyHistogram(name: string, help: string, source: Distribution, unit: number): void {
    const get = () => {
      const buckets = source.buckets()
      const rows = buckets.map(({ upTo, count }) => ({
        metricName: `${name}_bucket`,
        labels: { le: upTo === Number.POSITIVE_INFINITY ? '+Inf' : Number((upTo * unit).toPrecision(6)) },
        value: count,
      }))
      const total = { metricName: `${name}_count`, labels: {}, value: buckets.at(-1)!.count }
      const sum = { metricName: `${name}_sum`, labels: {}, value: source.sum() * unit }
      return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values: [...rows, sum, total] })
    }
    // The library fills its own histograms only by `observe` with a label lookup; it reads any metric through `get`.
    registry.registerMetric({ name, help, get } as unknown as Metric)
  }
}

const entries = <T extends object>(object: T) => Object.entries(object) as { [K in keyof T]: [K, T[K]] }[keyof T][]
