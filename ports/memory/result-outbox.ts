import type { Clock } from '../../kit/clock.ts'
import { OUTBOX_CLAIM_MS, type OutboxEntry, type ResultOutbox } from '../result-outbox.ts'

/** Where the results wait: the ledger of this process. */
export interface ResultSource {
  runId(): string
  shards(): Iterable<number>
  /** Oldest first. */
  results(shard: number): readonly { readonly id: string; readonly gameId: string; readonly result: string }[]
  /** Drops results that every destination has. */
  deliver(shard: number, ids: readonly string[]): Promise<void>
}

/**
 * An outbox in this process. Who has what is remembered here only: after a restart, and under another run of the source, everything that
 * some destination lacks comes again to all.
 */
export function memoryResultOutbox(
  source: ResultSource,
  clock: Clock,
  destinations: readonly string[],
  claimMs = OUTBOX_CLAIM_MS,
): ResultOutbox {
  /** By destination: entries read (until when nobody else gets them) and entries acknowledged. */
  const pages = new Map(
    destinations.map((name) => [name, { claimed: new Map<string, number>(), acked: new Set<string>() }]),
  )
  let runId = source.runId()

  function pageOf(destination: string) {
    if (runId !== source.runId()) {
      runId = source.runId()
      for (const { claimed, acked } of pages.values()) {
        claimed.clear()
        acked.clear()
      }
    }
    const page = pages.get(destination)
    if (!page) throw new Error(`no destination of this outbox: ${destination}`)
    return page
  }

  return {
    async read(destination, count) {
      const { claimed, acked } = pageOf(destination)
      const nowMs = clock.monotonic()
      const entries: OutboxEntry[] = []
      for (const shard of source.shards()) {
        for (const { id, gameId, result } of source.results(shard)) {
          if (entries.length === count) return entries
          const place = placeOf(shard, id)
          if (acked.has(place) || (claimed.get(place) ?? -Infinity) > nowMs) continue
          claimed.set(place, nowMs + claimMs)
          entries.push({ shard, id, runId, gameId, result })
        }
      }
      return entries
    },
    async ack(destination, entries) {
      const page = pageOf(destination)
      const everywhere = new Map<number, string[]>()
      for (const { shard, id, runId: readUnder } of entries) {
        if (readUnder !== runId) continue
        const place = placeOf(shard, id)
        page.claimed.delete(place)
        page.acked.add(place)
        if (![...pages.values()].every(({ acked }) => acked.has(place))) continue
        for (const { acked } of pages.values()) acked.delete(place)
        everywhere.set(shard, [...(everywhere.get(shard) ?? []), id])
      }
      await Promise.all(Array.from(everywhere, ([shard, ids]) => source.deliver(shard, ids)))
    },
  }
}

const placeOf = (shard: number, id: string): string => `${shard}/${id}`
