import type { Clock } from '../../kit/clock.ts'
import { OUTBOX_CLAIM_MS, type OutboxEntry, type ResultOutbox } from '../result-outbox.ts'

export interface WaitingResult {
  /** A number as text; greater than that of every earlier result of the shard. */
  readonly id: string
  readonly gameId: string
  readonly result: string
}

/** Where the results wait: the ledger of this process. */
export interface ResultSource {
  runId(): string
  shards(): Iterable<number>
  /** Oldest first. */
  results(shard: number): readonly WaitingResult[]
  /** Drops results that every destination has. */
  deliver(shard: number, ids: readonly string[]): Promise<void>
}

/** How far one destination is in one shard. */
interface Progress {
  lastRead: number
  /** Read and not acknowledged: when it was read last, monotonic ms. Oldest first. */
  readonly pending: Map<number, number>
}

/** What the readers of one source share: how far each destination is, by shard. */
export interface OutboxGroups {
  runId: string
  readonly destinations: ReadonlyMap<string, Map<number, Progress>>
  /** When a result was first seen to wait, monotonic ms, by shard: the oldest one's. */
  readonly waitingSince: Map<number, { readonly id: string; readonly sinceMs: number }>
}

export const outboxGroups = (destinations: readonly string[]): OutboxGroups => ({
  runId: '',
  destinations: new Map(destinations.map((name) => [name, new Map<number, Progress>()])),
  waitingSince: new Map(),
})

/**
 * An outbox in this process. Who has what is remembered here only: after a restart, and under another run of the source, everything that
 * some destination lacks comes again to all.
 */
export function memoryResultOutbox(
  source: ResultSource,
  clock: Clock,
  groups: OutboxGroups,
  claimMs = OUTBOX_CLAIM_MS,
): ResultOutbox {
  function groupOf(destination: string): Map<number, Progress> {
    if (groups.runId !== source.runId()) {
      groups.runId = source.runId()
      for (const group of groups.destinations.values()) group.clear()
    }
    const group = groups.destinations.get(destination)
    if (!group) throw new Error(`no destination of this outbox: ${destination}`)
    return group
  }

  function progressIn(group: Map<number, Progress>, shard: number): Progress {
    const known = group.get(shard)
    if (known) return known
    const fresh = { lastRead: 0, pending: new Map<number, number>() }
    group.set(shard, fresh)
    return fresh
  }

  /** Reads of `shard` what is due, at most `count`. */
  function take(results: readonly WaitingResult[], progress: Progress, count: number, nowMs: number): WaitingResult[] {
    const taken: WaitingResult[] = []
    for (const [id, readMs] of progress.pending) {
      if (taken.length === count) return taken
      if (readMs + claimMs > nowMs) continue
      const entry = results[indexAfter(results, id - 1)]
      if (entry === undefined || Number(entry.id) !== id) progress.pending.delete(id)
      else {
        progress.pending.set(id, nowMs)
        taken.push(entry)
      }
    }
    for (let i = indexAfter(results, progress.lastRead); i < results.length && taken.length < count; i++) {
      const entry = results[i]!
      progress.lastRead = Number(entry.id)
      progress.pending.set(progress.lastRead, nowMs)
      taken.push(entry)
    }
    return taken
  }

  async function trim(shard: number): Promise<void> {
    const results = source.results(shard)
    let end = results.length
    for (const group of groups.destinations.values()) {
      const progress = group.get(shard)
      if (progress === undefined) return
      const [oldest] = progress.pending.keys()
      end = Math.min(end, indexAfter(results, oldest === undefined ? progress.lastRead : oldest - 1))
    }
    if (end > 0)
      await source.deliver(
        shard,
        results.slice(0, end).map(({ id }) => id),
      )
    // Later results have greater ids: nothing needs to be remembered.
    if (source.results(shard).length === 0) for (const group of groups.destinations.values()) group.delete(shard)
  }

  return {
    async read(destination, count) {
      const group = groupOf(destination)
      const nowMs = clock.monotonic()
      const entries: OutboxEntry[] = []
      for (const shard of source.shards()) {
        const results = source.results(shard)
        if (results.length === 0) continue
        const taken = take(results, progressIn(group, shard), count - entries.length, nowMs)
        for (const { id, gameId, result } of taken) entries.push({ shard, id, runId: groups.runId, gameId, result })
        if (entries.length === count) break
      }
      return entries
    },
    async ack(destination, entries) {
      const group = groupOf(destination)
      const shards = new Set<number>()
      for (const { shard, id, runId } of entries) {
        if (runId !== groups.runId) continue
        group.get(shard)?.pending.delete(Number(id))
        shards.add(shard)
      }
      await Promise.all(Array.from(shards, trim))
    },
    async backlog() {
      const nowMs = clock.monotonic()
      const names = [...groups.destinations.keys()]
      const counts = new Map(names.map((name) => [name, { count: 0, oldestMs: 0 }]))
      const waiting = new Set<number>()
      for (const shard of source.shards()) {
        const results = source.results(shard)
        const first = results[0]
        if (first === undefined) continue
        waiting.add(shard)
        const known = groups.waitingSince.get(shard)
        const since = known?.id === first.id ? known : { id: first.id, sinceMs: nowMs }
        groups.waitingSince.set(shard, since)
        for (const name of names) {
          const progress = groupOf(name).get(shard)
          const unread = results.length - indexAfter(results, progress?.lastRead ?? 0)
          const lacking = unread + (progress?.pending.size ?? 0)
          if (lacking === 0) continue
          const sum = counts.get(name)!
          sum.count += lacking
          sum.oldestMs = Math.max(sum.oldestMs, nowMs - since.sinceMs)
        }
      }
      for (const shard of groups.waitingSince.keys()) if (!waiting.has(shard)) groups.waitingSince.delete(shard)
      return names.map((destination) => ({ destination, ...counts.get(destination)! }))
    },
  }
}

/** Index of the first result whose id is greater than `id`. */
function indexAfter(results: readonly WaitingResult[], id: number): number {
  let low = 0
  let high = results.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Number(results[middle]!.id) > id) high = middle
    else low = middle + 1
  }
  return low
}
