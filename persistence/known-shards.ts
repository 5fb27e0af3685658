import type { Clock } from '../kit/clock.ts'
import type { NodeRegistry } from '../ports/node-registry.ts'

/** Shards that were looked up so long ago are looked up again, ms: results of a new one wait for as long. */
const FRESH_MS = 500

/** The shards there are, by their routes; all who ask at once share one look. */
export function knownShards(clock: Clock, registry: Pick<NodeRegistry, 'routes'>): () => Promise<readonly number[]> {
  let known: Promise<readonly number[]> = Promise.resolve([])
  let untilMs = Number.NEGATIVE_INFINITY
  return () => {
    if (clock.monotonic() < untilMs) return known
    untilMs = clock.monotonic() + FRESH_MS
    known = registry.routes().then((routes) => routes.map(({ shard }) => shard))
    known.catch(() => {
      untilMs = Number.NEGATIVE_INFINITY
    })
    return known
  }
}
