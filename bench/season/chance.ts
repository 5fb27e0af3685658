import { fraction, type Random } from '../../kit/random.ts'

/** One draw from a normal distribution (Box and Muller). */
export function normal(random: Random, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(random)))
  return mean + deviation * radius * Math.cos(2 * Math.PI * fraction(random))
}

/** Waiting time until the next of events that come `perSecond` on average and know nothing of each other, in s. */
export const exponential = (random: Random, perSecond: number): number => -Math.log(1 - fraction(random)) / perSecond
