import type { Mates } from './band.ts'
import type { Graph } from './graph.ts'

/** Pairs looked at for one ticket beyond its own partners; bounds the search in a queue of thousands. */
const LOOKS_MAX = 20_000

/**
 * Improves a matching for `alone`, one place without a partner, along paths that alternate between possible and
 * existing pairs. If a path ends at another lone place, both get partners and nobody loses theirs. Otherwise, if it is
 * urgent, it takes the place of the least urgent one that a path reaches and that is less urgent than itself.
 *
 * @returns the place that lost its partner, if any
 */
export function augment(graph: Graph, urgencyOf: Float64Array, alone: number, mates: Mates): number | null {
  /** For each place reached over an existing pair: the place before that pair. */
  const cameFrom = new Map<number, number>([[alone, -1]])
  const queue = [alone]
  /** Whose partner could be taken, and the place that the path to that partner starts from. */
  let least = { place: alone, from: alone }
  let looks = 0
  for (const outer of queue) {
    for (const partner of graph.partners(outer)) {
      if (outer !== alone && ++looks > LOOKS_MAX) break
      const mate = mates[partner]!
      if (mate === -1 && partner !== alone) {
        flip(outer, partner, cameFrom, mates)
        return null
      }
      // One of the two was reached before: only a path of a single step is sure not to meet itself then.
      const known = cameFrom.has(mate) || cameFrom.has(partner)
      if (known && outer !== alone) continue
      if (urgencyOf[mate]! < urgencyOf[least.place]!) least = { place: mate, from: outer }
      cameFrom.set(mate, outer)
      queue.push(mate)
    }
    if (looks > LOOKS_MAX) break
  }
  if (least.place === alone) return null
  const partner = mates[least.place]!
  mates[least.place] = -1
  flip(least.from, partner, cameFrom, mates)
  return least.place
}

/** Pairs `outer` with `partner`, and back along the path each one with what the next one left. */
function flip(outer: number, partner: number, cameFrom: ReadonlyMap<number, number>, mates: Mates): void {
  let [at, taken] = [outer, partner]
  while (at !== -1) {
    const left = mates[at]!
    mates[at] = taken
    mates[taken] = at
    const before = cameFrom.get(at)!
    taken = left
    at = before
  }
}
