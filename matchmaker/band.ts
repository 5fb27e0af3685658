import type { Graph } from './graph.ts'

/** Partners by place in the graph; -1: alone. */
export type Mates = Int32Array

/** The best way found to each state; see `matchBand`. */
interface States {
  /** One for each pair, and the urgency of its tickets. */
  readonly gain: Float64Array
  readonly distance: Float64Array
  readonly waited: Float64Array
}

const UNREACHED = -1
/** Set in a step whose mask lost its oldest bit: that place stays alone for good. */
const DROPPED = 0x80

/**
 * The best matching of `places` (ascending) in which partners are at most `band` places apart: the most pairs; of those
 * the most urgency; then the least total distance; then the longest waits. Exact, blocks included, for up to `band` + 1
 * places. Writes the pairs into `mates`.
 *
 * Pairs and urgency are one sum: what matchings can cover is a matroid, so the greatest sum of weights over zero is
 * reached by the greatest number, and among those by the most urgent first.
 *
 * Goes through the places once. A state says which of the last `band` places are still alone, as a bit mask (bit b: the
 * place b + 1 before), and holds the best value that leads to it: O(places * band * 2^band).
 */
export function matchBand(graph: Graph, places: Int32Array, band: number, urgencyOf: Float64Array, mates: Mates): void {
  const { ratings, waitedMs, mayPair } = graph
  const size = 1 << band
  const oldest = size >> 1
  let now = states(size)
  let next = states(size)
  now.gain[0] = 0
  /** By place and mask, how the mask was reached: 0 = the place stays alone, b = it pairs with the place b before. */
  const steps = new Uint8Array(places.length * size)

  for (let at = 0; at < places.length; at++) {
    const place = places[at]!
    const stepsAt = at * size
    const masks = at < band ? 1 << at : size
    next.gain.fill(UNREACHED)

    for (let mask = 0; mask < masks; mask++) {
      if (now.gain[mask] === UNREACHED) continue
      const to = ((mask << 1) | 1) & (size - 1)
      if (!improves(next, to, now.gain[mask]!, now.distance[mask]!, now.waited[mask]!)) continue
      steps[stepsAt + to] = (mask & oldest) === 0 ? 0 : DROPPED
    }
    for (let back = 1; back <= band && back <= at; back++) {
      const other = places[at - back]!
      if (!mayPair(place, other)) continue
      const bit = 1 << (back - 1)
      const gain = 1 + urgencyOf[place]! + urgencyOf[other]!
      const distance = ratings[place]! - ratings[other]!
      const waited = waitedMs[place]! + waitedMs[other]!
      for (let mask = bit; mask < masks; mask = (mask + 1) | bit) {
        if (now.gain[mask] === UNREACHED) continue
        const left = mask ^ bit
        const to = (left << 1) & (size - 1)
        const better = improves(
          next,
          to,
          now.gain[mask]! + gain,
          now.distance[mask]! + distance,
          now.waited[mask]! + waited,
        )
        if (better) steps[stepsAt + to] = (left & oldest) === 0 ? back : back | DROPPED
      }
    }
    const spent = now
    now = next
    next = spent
  }
  traceBack(places, band, steps, best(now), mates)
}

const states = (size: number): States => ({
  gain: new Float64Array(size).fill(UNREACHED),
  distance: new Float64Array(size),
  waited: new Float64Array(size),
})

/** Keeps the way to the state `to` if it is the best so far. */
function improves(states: States, to: number, gain: number, distance: number, waited: number): boolean {
  const bestGain = states.gain[to]!
  if (gain < bestGain) return false
  if (gain === bestGain) {
    const bestDistance = states.distance[to]!
    if (distance > bestDistance || (distance === bestDistance && waited <= states.waited[to]!)) return false
  }
  states.gain[to] = gain
  states.distance[to] = distance
  states.waited[to] = waited
  return true
}

function best({ gain, distance, waited }: States): number {
  const found = states(1)
  let mask = 0
  for (let i = 0; i < gain.length; i++) if (improves(found, 0, gain[i]!, distance[i]!, waited[i]!)) mask = i
  return mask
}

function traceBack(places: Int32Array, band: number, steps: Uint8Array, lastMask: number, mates: Mates): void {
  const size = 1 << band
  let mask = lastMask
  for (let at = places.length - 1; at >= 0; at--) {
    const step = steps[at * size + mask]!
    const back = step & ~DROPPED
    mask >>= 1
    if (step & DROPPED) mask |= size >> 1
    if (back === 0) continue
    mask |= 1 << (back - 1)
    const [a, b] = [places[at]!, places[at - back]!]
    mates[a] = b
    mates[b] = a
  }
}
