/** Buckets per power of two. Values below it are exact; above, a bucket is at most 1/32 of its value wide. */
const SUB_BUCKETS = 32
const SUB_BITS = 5
/** Values are clamped to this, some 71 minutes in microseconds. */
const VALUE_MAX = 2 ** 32 - 1
const BUCKETS = (32 - SUB_BITS + 1) * SUB_BUCKETS

/** Counts of durations in integer microseconds, of fixed size however many are recorded. */
export interface Histogram {
  /** O(1), allocates nothing. */
  record(us: number): void
  /** The largest value that could stand at this percentile, 0..100, in microseconds; 0 when nothing was recorded. */
  percentile(percent: number): number
  count(): number
  max(): number
  reset(): void
}

/** Log-linear buckets, as in HdrHistogram: the relative error is the same for microseconds and for seconds. */
export function createHistogram(): Histogram {
  const counts = new Float64Array(BUCKETS)
  let total = 0
  let largest = 0
  return {
    record(us) {
      const value = us > VALUE_MAX ? VALUE_MAX : us > 0 ? Math.floor(us) : 0
      counts[bucketOf(value)]! += 1
      total += 1
      if (value > largest) largest = value
    },
    percentile(percent) {
      const wanted = Math.max(1, Math.ceil((total * percent) / 100))
      let seen = 0
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        seen += counts[bucket]!
        if (seen >= wanted) return Math.min(largest, upperBound(bucket))
      }
      return 0
    },
    count: () => total,
    max: () => largest,
    reset() {
      counts.fill(0)
      total = 0
      largest = 0
    },
  }
}

function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value
  const shift = 31 - Math.clz32(value) - SUB_BITS
  return (shift + 1) * SUB_BUCKETS + ((value >>> shift) - SUB_BUCKETS)
}

function upperBound(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1
  return (SUB_BUCKETS + (bucket % SUB_BUCKETS) + 1) * 2 ** shift - 1
}
