import type { Clock } from '../kit/clock.ts'
import { below, type Random } from '../kit/random.ts'
import { resultsKey } from '../ports/valkey/result-outbox.ts'
import type { Databases } from './databases.ts'
import { startDynamoProxy } from './dynamo-proxy.ts'
import type { Platform } from './platform.ts'
import { type Address, startProxy } from './proxy.ts'
import { until } from './store.ts'

/** A hook on traffic that does not come strikes anyway after this, ms. */
const HOOK_WITHIN_MS = 1_500
const HOOK_CHUNKS_MAX = 30
const HOOK_CALLS_MAX = 6
const STARTS_MAX = 5

/** The persistence processes of a run: each with fault proxies of its own before both databases and Valkey. */
export async function startWriters(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  platform: Platform,
  databases: Databases,
  count: number,
) {
  const postgres: Address = { host: '127.0.0.1', port: databases.postgres.port }
  const writers: Awaited<ReturnType<typeof start>>[] = []
  let made = 0
  let dynamoFaults: Parameters<Awaited<ReturnType<typeof startDynamoProxy>>['set']>[0] = {}

  async function start() {
    const name = `writer-${++made}`
    const [sql, valkey] = await Promise.all([startProxy(clock, random, () => postgres), platform.newProxy()])
    const dynamo = await startDynamoProxy(random, databases.dynamodbEndpoint)
    dynamo.set(dynamoFaults)
    const { pid, ready } = await platform.startWriter(name, valkey, {
      DATABASE_URL: databases.databaseUrl.replace(`:${postgres.port}/`, `:${sql.port}/`),
      DYNAMODB_ENDPOINT: dynamo.endpoint,
    })
    return { name, pid, adminPort: Number(ready.adminPort), sql, valkey, dynamo }
  }
  /** As a supervisor does: one that finds no store at its start is started again. */
  async function add(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return void writers.push(await start())
      } catch (error) {
        if (tries === STARTS_MAX) throw error
      }
    }
  }
  for (let n = 0; n < count; n++) await add()

  return {
    /** Faults of DynamoDB, for writers to come too. */
    setDynamo(faults: typeof dynamoFaults): void {
      dynamoFaults = faults
      for (const { dynamo } of writers) dynamo.set(faults)
    },
    /** kill -9 when a writer's n-th call leaves, or its n-th reply comes; a new writer follows. */
    async kill(n: number): Promise<void> {
      const victim = writers.splice(below(random, writers.length), 1)[0]!
      const store = (['postgres', 'dynamodb', 'valkey'] as const)[n % 3]!
      const moment = (['call', 'reply'] as const)[Math.floor(n / 3) % 2]!
      let ended: Promise<void> | null = null
      const strike = () => {
        if (ended !== null) return
        platform.fault(`writer killed at a ${moment} of ${store}`, { node: victim.name })
        ended = platform.endWriter(victim.name)
      }
      if (store === 'dynamodb') victim.dynamo.at(moment, 1 + below(random, HOOK_CALLS_MAX), strike)
      else {
        const proxy = store === 'postgres' ? victim.sql : victim.valkey
        proxy.at(moment === 'call' ? 'up' : 'down', 1 + below(random, HOOK_CHUNKS_MAX), strike)
      }
      await until(clock, HOOK_WITHIN_MS, () => ended !== null)
      strike()
      await ended
      await Promise.all([victim.sql.stop(), victim.dynamo.stop()])
      await add()
    },
    async stop(): Promise<void> {
      await Promise.all(
        writers.splice(0).map(async ({ name, sql, dynamo }) => {
          await platform.endWriter(name, 'SIGTERM')
          await Promise.all([sql.stop(), dynamo.stop()])
        }),
      )
    },
  }
}
export type Writers = Awaited<ReturnType<typeof startWriters>>

/** Results that some destination lacks. */
export async function backlogOf(platform: Platform): Promise<number> {
  const shards = await platform.shards()
  const lengths = await Promise.all(shards.map((shard) => platform.observer.xlen(resultsKey(shard))))
  return lengths.reduce((sum, length) => sum + length, 0)
}
