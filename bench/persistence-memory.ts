import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { systemClock as clock, delay } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { rssBytes } from '../loadtest/process-usage.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { launch } from '../scripts/processes.ts'
import { COLLECTABLE, collectGarbage } from './memory.ts'
import { fillOutbox } from './waiting-results.ts'

/** For so long the process tries to bring what waits. */
const TRYING_MS = 10_000
const SETTLE_MS = 1_000
/** Nobody listens there. */
const DOWN = { DATABASE_URL: 'postgres://oxo@127.0.0.1:1/oxo', DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' }

/** RSS in bytes of the real process while its databases are down, with so many results waiting, one run for each number. */
export async function measureWaiting(
  redis: Redis,
  env: NodeJS.ProcessEnv,
  [few, many]: readonly [number, number],
  shards: readonly number[],
  say: (line: string) => void,
): Promise<readonly [few: number, many: number]> {
  const measure = async (waiting: number): Promise<number> => {
    say(`memory: ${waiting} results wait`)
    await redis.flushall()
    await fillOutbox(redis, shards, waiting, random, clock.now())
    const valkey = await connectValkey(env.VALKEY_URL!, { name: 'bench' })
    const routes = shards.map((shard) => ({ shard, epoch: 1, node: 'gone.0' as never }))
    await valkeyNodeRegistry(valkey).publish(routes)
    closeValkey(valkey)
    const bytes = await residentBytes(env)
    say(`${Math.round(bytes / 2 ** 20)} MiB`)
    return bytes
  }
  return [await measure(few), await measure(many)]
}

async function residentBytes(env: NodeJS.ProcessEnv): Promise<number> {
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
    await delay(clock, TRYING_MS)
    if (inspector === undefined) throw new Error('the process has no inspector')
    await collectGarbage(inspector)
    await delay(clock, SETTLE_MS)
    return rssBytes(pid)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}
