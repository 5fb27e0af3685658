import { Counter, Gauge, type Metric, type Registry } from 'prom-client'

/** A value with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Observations in buckets: `counts[i]` lie at or below `bounds[i]` and above the bound before; the last ones above all. */
export interface Buckets {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number
}

/** One metric as a process names it. Names start with `oxo_`; units are seconds, and counters end in `_total`. */
export interface MetricName {
  readonly name: string
  readonly help: string
  /** Label names of its samples; default: none. */
  readonly labels?: readonly string[]
}

type Read = () => number | readonly Sample[]

/**
 * Metrics over plain fields: counting costs one addition, and names and labels are made when somebody asks.
 * A counter's value only grows; a gauge's is what is true now.
 */
export const lazyCounter = (registry: Registry, metric: MetricName, read: Read): void => {
  new Counter({
    ...registered(registry, metric),
    collect() {
      this.reset()
      for (const { labels, value } of samplesOf(read())) this.inc(labels, value)
    },
  })
}

export const lazyGauge = (registry: Registry, metric: MetricName, read: Read): void => {
  new Gauge({
    ...registered(registry, metric),
    collect() {
      this.reset()
      for (const { labels, value } of samplesOf(read())) this.set(labels, value)
    },
  })
}

/** @param unit what one of the buckets' units is in the metric's: 1e-3 for ms shown as seconds */
export function lazyHistogram(
  registry: Registry,
  { name, help }: MetricName,
  unit: number,
  read: () => readonly { readonly labels: Sample['labels']; readonly buckets: Buckets }[],
): void {
  const get = () => {
    const values = read().flatMap(({ labels, buckets: { bounds, counts, sum } }) => {
      let count = 0
      const rows = counts.map((inBucket, i) => {
        count += inBucket
        const bound = bounds[i]
        const le = bound === undefined ? '+Inf' : Number((bound * unit).toPrecision(6))
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
      })
      return [
        ...rows,
        { metricName: `${name}_sum`, labels, value: sum * unit },
        { metricName: `${name}_count`, labels, value: count },
      ]
    })
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values })
  }
  // The library fills its own histograms only by `observe` with a label lookup; it reads any metric through `get`.
  registry.registerMetric({ name, help, get } as unknown as Metric)
}

const registered = (registry: Registry, { name, help, labels = [] }: MetricName) => ({
  name,
  help,
  labelNames: labels,
  registers: [registry],
})

const samplesOf = (read: number | readonly Sample[]): readonly Sample[] =>
  typeof read === 'number' ? [{ labels: {}, value: read }] : read
