import { Redis } from 'ioredis'
import { systemClock } from '../kit/clock.ts'
import { systemRandom } from '../kit/random.ts'
import { readOptions } from '../loadtest/options.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { COMMIT_CHANGES_MAX } from '../server/shard/ledger.ts'
import { shardKeys, valkeyLedger } from '../server/shard/valkey-ledger.ts'
import { floorShard, type LedgerShard, openShard } from './ledger-shard.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'
import { median } from './subject.ts'

/** Room changes committed to one store, a second. */
const CHANGES_PER_SECOND_MIN = 100_000
const SHARDS = 4

const defaults = {
  /** Alternating windows. */
  pairs: 5,
  /** Length of one window. */
  seconds: 2,
  /** Changes in one commit. */
  batch: COMMIT_CHANGES_MAX,
}

export interface LedgerResult extends Provenance {
  readonly changesPerSecond: number
  readonly floorChangesPerSecond: number
  /** Floor over ledger: what fencing, outbox and finished games cost. */
  readonly ratio: number
  /** One batch, from the call to its answer, 99th percentile in ms. */
  readonly p99Ms: number
  readonly floorP99Ms: number
  readonly batch: number
  readonly store: string
  readonly missed: readonly string[]
}

interface Windows {
  readonly perSecond: number[]
  readonly batchMs: number[]
}

/** Commits to one real store (`VALKEY_URL`, else one that is started here) against pipelined HSETs of the same records. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<LedgerResult> {
  const options = readOptions(args, defaults)
  const own = env.VALKEY_URL ? null : await startRedis()
  const valkey = await connectValkey(env.VALKEY_URL ?? own!.url, { name: 'bench' })
  const ledgerWindows: Windows = { perSecond: [], batchMs: [] }
  const floorWindows: Windows = { perSecond: [], batchMs: [] }
  try {
    const ledger = valkeyLedger(valkey)
    for (let pair = 0; pair < options.pairs; pair++) {
      const ids = Array.from({ length: SHARDS }, () => systemRandom.uint32())
      const measureLedger = async () => {
        const shards = await Promise.all(ids.map((id) => openShard(ledger, id, options.batch)))
        await measure(shards, options.seconds, ledgerWindows)
      }
      const measureFloor = () =>
        measure(
          ids.map((id) => floorShard(valkey, id, options.batch)),
          options.seconds,
          floorWindows,
        )
      const order = [measureLedger, measureFloor]
      for (const measured of pair % 2 === 0 ? order : order.reverse()) await measured()
      for (const id of ids)
        await valkey.del(...Object.values(shardKeys(id as Parameters<typeof shardKeys>[0])), `{s:${id}}:floor`)
      say(`pair ${pair + 1}: ${ledgerWindows.perSecond.at(-1)} changes/s, floor ${floorWindows.perSecond.at(-1)}`)
    }
    const info = valkey instanceof Redis ? await valkey.info('server') : ''
    const result = resultOf(
      options.batch,
      ledgerWindows,
      floorWindows,
      /redis_version:(\S+)/.exec(info)?.[1] ?? 'cluster',
    )
    writeResult('ledger', result, summary(result, options))
    return result
  } finally {
    closeValkey(valkey)
    await own?.stop()
  }
}

/** Every shard has one batch in flight, as a server's group commit has. */
async function measure(shards: readonly LedgerShard[], seconds: number, into: Windows): Promise<void> {
  const startMs = systemClock.monotonic()
  const untilMs = startMs + seconds * 1_000
  let changes = 0
  const drive = async (shard: LedgerShard) => {
    let sentMs = systemClock.monotonic()
    while (sentMs < untilMs) {
      const stored = await shard.commitNext()
      changes += stored
      const answeredMs = systemClock.monotonic()
      into.batchMs.push(answeredMs - sentMs)
      sentMs = answeredMs
    }
  }
  await Promise.all(shards.map(drive))
  into.perSecond.push(Math.round((changes * 1_000) / (systemClock.monotonic() - startMs)))
}

function resultOf(batch: number, ledger: Windows, floor: Windows, store: string): LedgerResult {
  const changesPerSecond = median(ledger.perSecond)
  const floorChangesPerSecond = median(floor.perSecond)
  const missed =
    changesPerSecond < CHANGES_PER_SECOND_MIN
      ? [`changes/s ${changesPerSecond}, at least ${CHANGES_PER_SECOND_MIN}`]
      : []
  return {
    changesPerSecond,
    floorChangesPerSecond,
    ratio: round(floorChangesPerSecond / changesPerSecond),
    p99Ms: round(percentile99(ledger.batchMs)),
    floorP99Ms: round(percentile99(floor.batchMs)),
    batch,
    store,
    missed,
    ...provenance(),
  }
}

const percentile99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0

const summary = (result: LedgerResult, options: typeof defaults): string => `# Bench: the ledger on one store

Batches of ${result.batch} room changes to ${SHARDS} shards, one batch in flight a shard, from one process over loopback to one Redis or Valkey
(${result.store}, no log, no replica). A game is created, changed seven times and finished with a result. The floor stores the same
records by pipelined HSET, without fence, outbox or finished games. ${result.machine}, Node ${result.node}, commit ${result.commit}.

| | ledger | floor | bar |
| --- | --- | --- | --- |
| room changes a second | ${result.changesPerSecond} | ${result.floorChangesPerSecond} | at least ${CHANGES_PER_SECOND_MIN} |
| one batch, p99 | ${result.p99Ms} ms | ${result.floorP99Ms} ms | |

Medians of ${options.pairs} windows of ${options.seconds} s each, alternating; percentiles over all batches of them.
`
