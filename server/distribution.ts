/** Observations in buckets, counted with plain arithmetic: cheap enough for every commit. */
export interface Distribution {
  observe(value: number): void
  /** Cumulative, as Prometheus wants them; the last bound is Infinity and its count that of all. */
  buckets(): readonly { readonly upTo: number; readonly count: number }[]
  sum(): number
}

/** @param bounds inclusive upper bounds, ascending. */
export function distribution(bounds: readonly number[]): Distribution {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    observe(value) {
      let i = 0
      while (i < bounds.length && value > bounds[i]!) i += 1
      counts[i]! += 1
      sum += value
    },
    buckets() {
      let count = 0
      return counts.map((inBucket, i) => {
        count += inBucket
        return { upTo: bounds[i] ?? Number.POSITIVE_INFINITY, count }
      })
    },
    sum: () => sum,
  }
}
