import { Cluster } from 'ioredis'
import { type Backlog, OUTBOX_CLAIM_MS, type OutboxEntry, READER_GONE_MS, type ResultOutbox } from '../result-outbox.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

/** `replicas`: a result is read when so many have it, so that no destination learns of an end that a failover undoes. */
export interface ValkeyOutboxOptions extends WriteOptions {
  /** The shards there are now. */
  readonly shards: () => Promise<readonly number[]>
  readonly destinations: readonly string[]
  /** This process: what it read and never acknowledged is another reader's after `claimMs`. */
  readonly reader: string
  readonly claimMs?: number
  /** A reader that asked for nothing for so long, and holds nothing, is forgotten, ms. */
  readonly readerGoneMs?: number
}

const lua = (name: string): URL => new URL(`lua/${name}.lua`, import.meta.url)
const readEntries = readScript(lua('outbox-read'))
const ackEntries = readScript(lua('outbox-ack'))
const readBacklog = readScript(lua('outbox-backlog'), lua('clock'))

/** Shards of one call: a script holds up the store for as long as it runs. On a cluster each shard lies in a slot of its own. */
const SHARDS_A_CALL = 64
/** Calls to a cluster at once. */
const CALLS_AT_ONCE = 16

/** The stream where a shard's results wait. On the shard's primary, for a commit appends to it. */
export const resultsKey = (shard: number): string => `{s:${shard}}:results`

/** The outbox on the shards' streams, a consumer group a destination. Idle shards cost next to nothing to look at. */
export function valkeyResultOutbox(valkey: Valkey, options: ValkeyOutboxOptions): ResultOutbox {
  const { destinations, reader, claimMs = OUTBOX_CLAIM_MS, readerGoneMs = READER_GONE_MS } = options
  const [shardsACall, callsAtOnce] = valkey instanceof Cluster ? [1, CALLS_AT_ONCE] : [SHARDS_A_CALL, 1]
  const write = scriptWriter(valkey, options)
  let turn = 0

  async function readSome(shards: readonly number[], destination: string, count: number): Promise<OutboxEntry[]> {
    const args = [destination, reader, count, claimMs]
    const [runId, ...found] = (await write(readEntries, shards.map(resultsKey), args)) as Answer
    return found.flatMap(([key, ...flat]) => entriesOf(shards[key - 1]!, runId, flat))
  }

  async function ackSome(runId: string, destination: string, shards: readonly (readonly OutboxEntry[])[]) {
    const keys = shards.map(([entry]) => resultsKey(entry!.shard))
    const ids = shards.flatMap((entries) => [entries.length, ...entries.map(({ id }) => id)])
    await runScript(valkey, ackEntries, keys, [runId, destination, destinations.length, ...destinations, ...ids])
  }

  return {
    async read(destination, count) {
      const shards = await options.shards()
      // Each in its turn, when there is more than what was asked for.
      const from = turn++ % Math.max(1, shards.length)
      const calls = chunks([...shards.slice(from), ...shards.slice(0, from)], shardsACall)
      const entries: OutboxEntry[] = []
      for (const some of chunks(calls, callsAtOnce)) {
        const left = count - entries.length
        if (left === 0) break
        const each = Math.max(1, Math.floor(left / some.length))
        const read = await Promise.all(some.slice(0, left).map((call) => readSome(call, destination, each)))
        entries.push(...read.flat())
      }
      return entries
    },
    async ack(destination, entries) {
      const runs = Map.groupBy(entries, ({ runId }) => runId)
      for (const [runId, ofRun] of runs) {
        const shards = [...Map.groupBy(ofRun, ({ shard }) => shard).values()]
        for (const some of chunks(chunks(shards, shardsACall), callsAtOnce)) {
          await Promise.all(some.map((call) => ackSome(runId, destination, call)))
        }
      }
    },
    async backlog() {
      const sums = destinations.map((destination): Backlog => ({ destination, count: 0, oldestMs: 0 }))
      for (const some of chunks(chunks(await options.shards(), shardsACall), callsAtOnce)) {
        const answers = await Promise.all(
          some.map((shards) => runScript(valkey, readBacklog, shards.map(resultsKey), [readerGoneMs, ...destinations])),
        )
        for (const answer of answers as number[][]) {
          for (const [d, { destination, count, oldestMs }] of sums.entries()) {
            const [more, ageMs] = [answer[2 * d]!, answer[2 * d + 1]!]
            sums[d] = { destination, count: count + more, oldestMs: Math.max(oldestMs, ageMs) }
          }
        }
      }
      return sums
    },
  }
}

type Answer = readonly [runId: string, ...(readonly [key: number, ...flat: string[]])[]]

function entriesOf(shard: number, runId: string, flat: readonly string[]): OutboxEntry[] {
  const entries: OutboxEntry[] = []
  for (let i = 0; i < flat.length; i += 3) {
    entries.push({ shard, id: flat[i]!, runId, gameId: flat[i + 1]!, result: flat[i + 2]! })
  }
  return entries
}

function chunks<T>(items: readonly T[], size: number): (readonly T[])[] {
  const some: (readonly T[])[] = []
  for (let from = 0; from < items.length; from += size) some.push(items.slice(from, from + size))
  return some
}
