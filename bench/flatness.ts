import { median } from './subject.ts'

export interface Flatness {
  readonly startBytes: number
  readonly maxBytes: number
  /** From the middle third's median to the last third's: what is not start-up, caches or garbage still to be collected. */
  readonly growthBytes: number
  /** Least squares over the last two thirds. */
  readonly slopeBytesPerSecond: number
}

export interface Sample {
  readonly atMs: number
  readonly bytes: number
}

/** Whether memory has levelled off. At least three samples, in the order of time. */
export function flatness(samples: readonly Sample[]): Flatness {
  const third = Math.floor(samples.length / 3)
  const middle = samples.slice(third, 2 * third)
  const last = samples.slice(-third)
  return {
    startBytes: samples[0]!.bytes,
    maxBytes: Math.max(...samples.map(({ bytes }) => bytes)),
    growthBytes: Math.round(median(last.map(({ bytes }) => bytes)) - median(middle.map(({ bytes }) => bytes))),
    slopeBytesPerSecond: Math.round(slope(samples.slice(third)) * 1_000),
  }
}

function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const meanMs = mean(samples.map(({ atMs }) => atMs))
  const meanBytes = mean(samples.map(({ bytes }) => bytes))
  const covariance = mean(samples.map(({ atMs, bytes }) => (atMs - meanMs) * (bytes - meanBytes)))
  const variance = mean(samples.map(({ atMs }) => (atMs - meanMs) ** 2))
  return variance === 0 ? 0 : covariance / variance
}
