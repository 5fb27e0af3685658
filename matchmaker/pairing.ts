import type { MatchReason, Ticket } from '../ports/ticket-queue.ts'
import { augment } from './augment.ts'
import { type Mates, matchBand } from './band.ts'
import { clusters } from './clusters.ts'
import { anyReach, type Graph, graphOf, type Reach } from './graph.ts'

export interface Pairing {
  /** The lower rated of the two. */
  readonly a: Ticket
  readonly b: Ticket
  /** Waits of `a` and `b`. */
  readonly reason: MatchReason
}

/** From this wait on a ticket comes before distance, in ms. By then a ranked width has been at its cap for 46 s. */
export const URGENT_AFTER_MS = 60_000
/** Up to so many tickets in reach of each other the answer is exact. */
export const EXACT_MAX = 10
/**
 * Of more tickets, partners are sought among so many neighbours on each side: ratings lie on a line, so good partners are
 * close by, and each place more doubles the time.
 */
const BAND = 6

/**
 * Who plays whom: the most pairs, and of all ways to make as many the least total rating distance.
 *
 * Two may pair when their distance is within both widths (ports/matching.ts), neither blocks the other, and they have
 * not just played each other, unless nobody else could play either. Absent tickets are not paired. The order of
 * `tickets` means nothing; of equally good pairings the one with the longest waits is taken.
 *
 * Nobody starves: a ticket that has waited URGENT_AFTER_MS comes before distance, the oldest first. If it still stays
 * alone, each ticket that it could have played plays one that is urgent and has waited at least as long. So it is passed over
 * in at most as many rounds with a possible partner as there were such tickets when it became urgent. This costs no
 * pair: whoever has a partner at all is in some largest matching.
 *
 * Up to EXACT_MAX tickets in reach of each other the answer is exact; beyond, pairs further apart than BAND places are
 * found by repair, which is mostly exact too (see the test). 20,000 tickets take some 0.1 s.
 *
 * @param tickets of one mode and region
 * @param reach how far each will go for a peer now, rather than wait for a better one (hold-back.ts); by default as far as widths go
 */
export function pair(tickets: readonly Ticket[], nowMs: number, reach: Reach = anyReach): readonly Pairing[] {
  const present = tickets.filter(({ absentSinceMs }) => absentSinceMs === null)
  const graph = graphOf(present, nowMs, reach)
  const mates = match(graph)
  const pairings: Pairing[] = []
  for (let i = 0; i < mates.length; i++) if (mates[i]! > i) pairings.push(pairingOf(graph, i, mates[i]!))
  return pairings
}

/** The matching behind `pair`. With `exactMax` and `band` below theirs there is more to repair. */
export function match(graph: Graph, exactMax = EXACT_MAX, band = BAND): Mates {
  const mates = new Int32Array(graph.tickets.length).fill(-1)
  const urgencyOf = urgencies(graph)
  for (const places of clusters(graph)) {
    if (places.length <= exactMax) matchBand(graph, places, places.length - 1, urgencyOf, mates)
    else {
      matchBand(graph, places, band, urgencyOf, mates)
      repair(graph, places, band, urgencyOf, mates)
    }
  }
  return mates
}

/** First pairs those left alone among themselves, who are close to each other now; then along alternating paths. */
function repair(graph: Graph, places: Int32Array, band: number, urgencyOf: Float64Array, mates: Mates): void {
  const left = () => places.filter((place) => mates[place] === -1)
  matchBand(graph, left(), band, urgencyOf, mates)
  const alone = [...left()].sort((a, b) => graph.waitedMs[a]! - graph.waitedMs[b]!)
  for (let place = alone.pop(); place !== undefined; place = alone.pop()) {
    if (mates[place] !== -1) continue
    const displaced = augment(graph, urgencyOf, place, mates)
    if (displaced !== null) alone.push(displaced)
  }
}

/** By place: 0 before URGENT_AFTER_MS, then by rank: the longer it waited, the more. */
function urgencies(graph: Graph): Float64Array {
  const urgent = [...graph.waitedMs.keys()].filter((place) => graph.waitedMs[place]! >= URGENT_AFTER_MS)
  urgent.sort((a, b) => graph.waitedMs[a]! - graph.waitedMs[b]!)
  const of = new Float64Array(graph.tickets.length)
  urgent.forEach((place, rank) => {
    of[place] = rank + 1
  })
  return of
}

function pairingOf(graph: Graph, i: number, j: number): Pairing {
  const width = Math.min(graph.widths[i]!, graph.widths[j]!)
  const reason: MatchReason = {
    waitedMs: [graph.waitedMs[i]!, graph.waitedMs[j]!],
    width: Number.isFinite(width) ? width : null,
    distance: graph.ratings[j]! - graph.ratings[i]!,
  }
  return { a: graph.tickets[i]!, b: graph.tickets[j]!, reason }
}
