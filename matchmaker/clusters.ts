import type { Graph } from './graph.ts'

/** Runs of places that nobody outside reaches, without those who have no partner at all. */
export function* clusters(graph: Graph): Iterable<Int32Array> {
  const { ratings, widths } = graph
  const places = Int32Array.from(graph.tickets.keys()).filter((place) => graph.hasPartner(place))
  /** By index: the lowest rating that a place from there on reaches. */
  const reachDown = new Float64Array(places.length + 1).fill(Number.POSITIVE_INFINITY)
  for (let i = places.length - 1; i >= 0; i--) {
    reachDown[i] = Math.min(reachDown[i + 1]!, ratings[places[i]!]! - widths[places[i]!]!)
  }
  let from = 0
  let reachUp = Number.NEGATIVE_INFINITY
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    reachUp = Math.max(reachUp, ratings[place]! + widths[place]!)
    const upper = places[i + 1]
    if (upper !== undefined && reachUp >= ratings[upper]! && reachDown[i + 1]! <= ratings[place]!) continue
    yield places.slice(from, i + 1)
    from = i + 1
    reachUp = Number.NEGATIVE_INFINITY
  }
}
