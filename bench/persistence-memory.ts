import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { systemClock as clock, delay } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { rssBytes } from '../loadtest/process-usage.ts'
import { DESTINATIONS } from '../persistence/destination.ts'
import type { NodeName } from '../ports/bus.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyResultOutbox } from '../ports/valkey/result-outbox.ts'
import { launch } from '../scripts/processes.ts'
import { COLLECTABLE, collectGarbage } from './memory.ts'
import { fillOutbox } from './waiting-results.ts'

const LOOK_MS = 250
const SETTLE_MS = 1_000
/** What a collection frees is given back by other threads, late on a busy machine: the least of so many looks counts. */
const SETTLED_LOOKS = 5
/** The databases have been tried for so long at least. */
const TRYING_MS = 10_000
const DELIVERED_WITHIN_MS = 300_000
/** Nobody listens there. */
const DOWN = { DATABASE_URL: 'postgres://oxo@127.0.0.1:1/oxo', DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' }

export interface WaitingMemory {
  /** RSS in bytes when the process has nothing left to do but to try its databases, after a forced collection. */
  readonly bytes: number
  /** The most until then, garbage and all: it delivers every result to the event log, the one store that is up. */
  readonly busyBytes: number
}

/** Memory of the real process while its databases are down, with so many results waiting; one run for each number. */
export async function measureWaiting(
  redis: Redis,
  env: NodeJS.ProcessEnv,
  [few, many]: readonly [number, number],
  shards: readonly number[],
  say: (line: string) => void,
): Promise<readonly [few: WaitingMemory, many: WaitingMemory]> {
  const measure = async (waiting: number): Promise<WaitingMemory> => {
    say(`memory: ${waiting} results wait`)
    await redis.flushall()
    await fillOutbox(redis, shards, waiting, random, clock.now())
    const valkey = await connectValkey(env.VALKEY_URL!, { name: 'bench' })
    try {
      const routes = shards.map((shard) => ({ shard, epoch: 1, node: 'gone.0' as NodeName }))
      await valkeyNodeRegistry(valkey).publish(routes)
      const outbox = valkeyResultOutbox(valkey, {
        shards: async () => shards,
        destinations: DESTINATIONS,
        reader: 'bench',
      })
      const isDelivered = async () =>
        (await outbox.backlog()).every(({ destination, count }) => destination !== 'events' || count === 0)
      const memory = await memoryOf(env, isDelivered)
      say(`${Math.round(memory.bytes / 2 ** 20)} MiB, ${Math.round(memory.busyBytes / 2 ** 20)} MiB at most`)
      return memory
    } finally {
      closeValkey(valkey)
    }
  }
  return [await measure(few), await measure(many)]
}

async function memoryOf(env: NodeJS.ProcessEnv, isDelivered: () => Promise<boolean>): Promise<WaitingMemory> {
  let inspector: string | undefined
  const { child, pid, ended } = await launch({
    entry: 'persistence/main.ts',
    env: {
      ...{ ...env, ...DOWN, DATA_DIR: mkdtempSync(join(env.DATA_DIR!, 'waiting-')) },
      ...{ ADMIN_PORT: '0', LOG_LEVEL: 'info', NODE_OPTIONS: COLLECTABLE.join(' ') },
    },
    readyEvent: 'persistence_ready',
    line: (line) => {
      inspector ??= /ws:\/\/\S+/.exec(line)?.[0]
    },
  })
  try {
    const startMs = clock.monotonic()
    const elapsedMs = () => clock.monotonic() - startMs
    let busyBytes = 0
    while (elapsedMs() < TRYING_MS || !(await isDelivered())) {
      if (elapsedMs() > DELIVERED_WITHIN_MS) throw new Error('the event log did not get all results in time')
      busyBytes = Math.max(busyBytes, rssBytes(pid))
      await delay(clock, LOOK_MS)
    }
    if (inspector === undefined) throw new Error('the process has no inspector')
    let bytes = Number.POSITIVE_INFINITY
    for (let looks = 0; looks < SETTLED_LOOKS; looks++) {
      await collectGarbage(inspector)
      await delay(clock, SETTLE_MS)
      bytes = Math.min(bytes, rssBytes(pid))
    }
    return { bytes, busyBytes }
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}
