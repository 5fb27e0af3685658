import { OUTBOX_CLAIM_MS, type OutboxEntry, type ResultOutbox } from '../result-outbox.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

export interface ValkeyOutboxOptions {
  /** The shards there are now. */
  readonly shards: () => Promise<readonly number[]>
  readonly destinations: readonly string[]
  /** This process: what it read and never acknowledged is another reader's after `claimMs`. */
  readonly reader: string
  readonly claimMs?: number
}

const readEntries = readScript(new URL('lua/outbox-read.lua', import.meta.url))
const ackEntries = readScript(new URL('lua/outbox-ack.lua', import.meta.url))

/** The stream where a shard's results wait. On the shard's primary, for a commit appends to it. */
export const resultsKey = (shard: number): string => `{s:${shard}}:results`

/** The outbox on the shards' streams, a consumer group a destination. */
export function valkeyResultOutbox(valkey: Valkey, options: ValkeyOutboxOptions): ResultOutbox {
  const { destinations, reader, claimMs = OUTBOX_CLAIM_MS } = options
  let turn = 0

  return {
    async read(destination, count) {
      const shards = await options.shards()
      if (shards.length === 0) return []
      // Each in its turn, when there are more shards than entries asked for.
      const from = turn++ % shards.length
      const some = [...shards.slice(from), ...shards.slice(0, from)].slice(0, count)
      const each = Math.floor(count / some.length)
      const read = await Promise.all(
        some.map(async (shard) => {
          const answer = await runScript(valkey, readEntries, [resultsKey(shard)], [destination, reader, each, claimMs])
          return entriesOf(shard, answer as string[])
        }),
      )
      return read.flat()
    },
    async ack(destination, entries) {
      const batches = new Map<string, OutboxEntry[]>()
      for (const entry of entries) {
        const batch = `${entry.shard} ${entry.runId}`
        batches.set(batch, [...(batches.get(batch) ?? []), entry])
      }
      await Promise.all(
        [...batches.values()].map((batch) => {
          const { shard, runId } = batch[0]!
          const args = [runId, destination, destinations.length, ...destinations, ...batch.map(({ id }) => id)]
          return runScript(valkey, ackEntries, [resultsKey(shard)], args)
        }),
      )
    },
  }
}

function entriesOf(shard: number, [runId, ...flat]: readonly string[]): OutboxEntry[] {
  const entries: OutboxEntry[] = []
  for (let i = 0; i < flat.length; i += 3) {
    entries.push({ shard, id: flat[i]!, runId: runId!, gameId: flat[i + 1]!, result: flat[i + 2]! })
  }
  return entries
}
