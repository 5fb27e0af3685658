import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeadLetter } from '../ports/dead-letters.ts'
import { type EmbeddedDynamo, embeddedDynamo } from '../ports/dynamodb/embedded.ts'
import { openGameStore } from '../ports/dynamodb/open.ts'
import { openPostgres } from '../ports/postgres/open.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import { finishedGameOf } from '../ports/test-finished-games.ts'
import { closeValkey, connectValkey, type Valkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { resultsKey } from '../ports/valkey/result-outbox.ts'
import { end, type Launched, launch } from '../scripts/processes.ts'
import { startPostgres, type TestPostgres } from '../scripts/test-postgres.ts'
import { startRedis, type TestRedis } from '../scripts/test-redis.ts'
import { resultText } from './test-pipeline.ts'

const SHARD = 77
const GAMES = 400
const WITHIN_MS = 40_000

const dir = mkdtempSync(join(tmpdir(), 'oxo-persistence-'))
let redis: TestRedis
let postgres: TestPostgres
let dynamo: EmbeddedDynamo
let valkey: Valkey

beforeAll(async () => {
  ;[redis, postgres, dynamo] = await Promise.all([startRedis(), startPostgres(), embeddedDynamo(null)])
  valkey = await connectValkey(redis.url, { name: 'test', commandTimeoutMs: 20_000 })
  await valkeyNodeRegistry(valkey).publish([{ shard: SHARD, epoch: 1, node: 'n1.a' }])
}, WITHIN_MS)
afterAll(async () => {
  closeValkey(valkey)
  await Promise.all([redis.stop(), postgres.stop(), dynamo.close()])
  rmSync(dir, { recursive: true })
})

const env = () => ({
  ...{ NODE_ID: 'p1', LOG_LEVEL: 'info', ADMIN_PORT: '0', DATA_DIR: dir, VALKEY_URL: redis.url },
  ...{ DATABASE_URL: postgres.url, DYNAMODB_ENDPOINT: dynamo.endpoint },
})

const start = (): Promise<Launched> =>
  launch({ entry: 'persistence/main.ts', readyEvent: 'persistence_ready', env: env() })

/** What `npm run letters` prints. */
async function deadLetters(args: readonly string[]): Promise<DeadLetter[]> {
  const entry = fileURLToPath(new URL('dead-letters.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [entry, ...args], {
    env: { ...process.env, ...env() },
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DeadLetter)
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WITHIN_MS
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('it did not come to that')
    await pause(20)
  }
}

test(
  '[P7] a process that is ended in the middle of its work leaves the rest to the next; every game is everywhere once',
  async () => {
    const createdAtMs = Date.now() - 60_000
    for (let n = 0; n < GAMES; n++) {
      const game = finishedGameOf({ createdAtMs, mode: n % 2 === 0 ? 'ranked' : 'casual' })
      await valkey.xadd(resultsKey(SHARD), '*', 'game', game.gameId, 'result', resultText(game))
    }
    await valkey.xadd(resultsKey(SHARD), '*', 'game', 'nonsense', 'result', 'not a record')
    const first = await start()
    const groups = async () => (await valkey.xinfo('GROUPS', resultsKey(SHARD)).catch(() => [])) as unknown[]
    await until(async () => (await groups()).length > 0)
    expect(await end(first), 'an orderly end').toBe(0)

    const second = await start()
    await until(async () => (await valkey.xlen(resultsKey(SHARD))) === 0)
    const metrics = async () => (await fetch(`http://127.0.0.1:${second.ready.adminPort}/metrics`)).text()
    expect(await metrics()).toMatch(/^oxo_destination_breaker\{destination="statistics",phase="closed"\} 1$/m)
    await until(async () => /^oxo_rankings_refreshes_total [1-9]/m.test(await metrics()))
    const health = await fetch(`http://127.0.0.1:${second.ready.adminPort}/health`)
    expect([health.status, ((await health.json()) as { status: string }).status]).toEqual([200, 'ok'])
    expect(await end(second)).toBe(0)

    const games = openGameStore({ dynamodbEndpoint: dynamo.endpoint, awsRegion: null })!
    const stored = new Set<string>()
    for await (const { gameId } of games.all()) stored.add(gameId)
    games.close()
    expect(stored.size).toBe(GAMES)
    const options = { databaseIam: false, awsRegion: null, dataDir: dir, databaseMigrate: false, name: 'test' }
    const database = openPostgres({ ...options, databaseUrl: postgres.url })
    if (!database.ok) throw new Error(database.error)
    const stats = postgresStatsStore(database.value)
    const counted: string[] = []
    for await (const { gameId } of stats.results()) counted.push(gameId)
    await database.value.close()
    expect(counted).toHaveLength(GAMES)
    expect(new Set(counted)).toEqual(stored)
    for (const args of [[], ['--retry']]) {
      const letters = await deadLetters(args)
      expect(letters.map(({ destination }) => destination).sort()).toEqual(['events', 'games', 'statistics'])
      for (const letter of letters) expect(letter).toMatchObject({ gameId: 'nonsense', reason: 'not JSON' })
    }
  },
  2 * WITHIN_MS,
)
