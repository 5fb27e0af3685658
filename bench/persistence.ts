import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { systemClock as clock, delay } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { readOptions } from '../loadtest/options.ts'
import { cpuNs } from '../loadtest/process-usage.ts'
import { spawnServer } from '../loadtest/spawned.ts'
import { launch } from '../scripts/processes.ts'
import { startPostgres } from '../scripts/test-postgres.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { measureWaiting, type WaitingMemory } from './persistence-memory.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'
import { median } from './subject.ts'
import { fillOutbox, waitingIn } from './waiting-results.ts'

/** Finished games a second that one process must bring into each store. */
const POSTGRES_PER_SECOND_MIN = 5_000
const DYNAMO_PER_SECOND_MIN = 2_000
/** Resident memory with many results waiting over that with few. */
const MEMORY_RATIO_MAX = 1.2
const FEW_WAITING = 1_000
const SHARDS = [11, 12, 13, 14] as const
const SUBJECT = fileURLToPath(new URL('./persistence-subject.ts', import.meta.url))
/** A writer is warm when it has brought so many games. */
const WARM_UP_GAMES = 5_000
const LOOK_MS = 10

const defaults = {
  /** Runs for each store; the median counts. */
  runs: 3,
  /** Games of one run. */
  postgresGames: 60_000,
  dynamoGames: 20_000,
  /** Results that wait for stores that are down; 0 leaves the memory part out. */
  waiting: 1_000_000,
}

export interface Writing {
  readonly gamesPerSecond: number
  /** CPU of the writing process, user and kernel, without the store's. */
  readonly cpuUsPerGame: number
}

export interface PersistenceResult extends Provenance {
  readonly postgres: Writing
  readonly dynamo: Writing
  readonly waiting: number
  readonly memory: { readonly few: WaitingMemory; readonly many: WaitingMemory; readonly ratio: number } | null
  readonly missed: readonly string[]
}

/** Finished games through the real writers into a real PostgreSQL and into dynalite, and what waiting results cost. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<PersistenceResult> {
  const options = readOptions(args, defaults)
  const dataDir = mkdtempSync(join(tmpdir(), 'oxo-bench-'))
  const store = await startRedis()
  const redis = new Redis(store.url)
  const base = { ...env, VALKEY_URL: store.url, DATA_DIR: dataDir }
  try {
    say(`PostgreSQL: ${options.runs} runs of ${options.postgresGames} games`)
    const postgres = await measured(redis, 'statistics', options.runs, options.postgresGames, say, async () => {
      const server = await startPostgres()
      return { env: { ...base, DATABASE_URL: server.url }, stop: () => server.stop() }
    })
    say(`dynalite: ${options.runs} runs of ${options.dynamoGames} games`)
    const dynamo = await measured(redis, 'games', options.runs, options.dynamoGames, say, async () => {
      const folder = mkdtempSync(join(dataDir, 'dynamo-'))
      const process = await launch({
        ...{ entry: 'scripts/local-dynamo.ts', env: { DATA_DIR: folder }, readyEvent: 'dynamo_ready' },
      })
      const stop = async () => {
        process.child.kill('SIGTERM')
        await process.ended
      }
      // Its own database is never asked.
      return { env: { ...base, DYNAMODB_ENDPOINT: String(process.ready.endpoint) }, stop }
    })
    const memory =
      options.waiting > 0 ? await measureWaiting(redis, base, [FEW_WAITING, options.waiting], SHARDS, say) : null
    const result = resultOf(postgres, dynamo, options.waiting, memory)
    if (args.length === 0) writeResult('persistence', result, summary(result, options))
    return result
  } finally {
    redis.disconnect()
    await store.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Place {
  readonly env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

async function measured(
  redis: Redis,
  destination: 'statistics' | 'games',
  runs: number,
  games: number,
  say: (line: string) => void,
  open: () => Promise<Place>,
): Promise<Writing> {
  const all: Writing[] = []
  for (let n = 0; n < runs; n++) {
    await redis.flushall()
    const place = await open()
    try {
      all.push(await measureOne(redis, destination, games, place.env))
      say(`${all.at(-1)!.gamesPerSecond} games/s, ${all.at(-1)!.cpuUsPerGame} us a game`)
    } finally {
      await place.stop()
    }
  }
  return {
    gamesPerSecond: median(all.map((one) => one.gamesPerSecond)),
    cpuUsPerGame: median(all.map((one) => one.cpuUsPerGame)),
  }
}

/** All results wait before the writer starts; what is measured begins when it is warm. */
async function measureOne(redis: Redis, destination: string, games: number, env: NodeJS.ProcessEnv): Promise<Writing> {
  const total = games + WARM_UP_GAMES
  await fillOutbox(redis, SHARDS, total, random, clock.now())
  const subject = await spawnServer([SUBJECT, destination, ...SHARDS.map(String)], env)
  try {
    const left = async (most: number): Promise<number> => {
      for (;;) {
        const waiting = await waitingIn(redis, SHARDS)
        if (waiting <= most) return waiting
        if (subject.exitCode() !== null) throw new Error(`the writer ended: ${subject.complaints.join(' | ')}`)
        await delay(clock, LOOK_MS)
      }
    }
    const from = await left(games)
    const [startMs, startNs] = [clock.monotonic(), cpuNs(subject.pid)]
    await left(0)
    const [endMs, endNs] = [clock.monotonic(), cpuNs(subject.pid)]
    if (subject.complaints.length > 0) throw new Error(`the writer complained: ${subject.complaints.join(' | ')}`)
    return {
      gamesPerSecond: Math.round((from * 1_000) / (endMs - startMs)),
      cpuUsPerGame: round((endNs - startNs) / 1_000 / from),
    }
  } finally {
    await subject.stop()
  }
}

function resultOf(
  postgres: Writing,
  dynamo: Writing,
  waiting: number,
  found: readonly [few: WaitingMemory, many: WaitingMemory] | null,
): PersistenceResult {
  const memory = found && { few: found[0], many: found[1], ratio: round(found[1].bytes / found[0].bytes) }
  const missed = [
    ...atLeast('games/s into PostgreSQL', postgres.gamesPerSecond, POSTGRES_PER_SECOND_MIN),
    ...atLeast('games/s into dynalite', dynamo.gamesPerSecond, DYNAMO_PER_SECOND_MIN),
    ...(memory !== null && memory.ratio > MEMORY_RATIO_MAX
      ? [`memory ratio ${memory.ratio} over ${MEMORY_RATIO_MAX}`]
      : []),
  ]
  return { postgres, dynamo, waiting, memory, missed, ...provenance() }
}

const atLeast = (what: string, found: number, bar: number): string[] =>
  found < bar ? [`${what} ${found}, at least ${bar}`] : []

const mib = (bytes: number | undefined): string => (bytes === undefined ? '' : `${Math.round(bytes / 2 ** 20)} MiB`)

const summary = (
  result: PersistenceResult,
  options: typeof defaults,
): string => `# Bench: finished games into their stores

Ranked games of 20,000 players, played at random, wait in the outbox of one Redis or Valkey. One process writes them with the real pipeline,
one destination alone: into Debian's PostgreSQL (fsync off) with new ratings told to the user index, or signed into dynalite on the disk. Store, writer and
bench share the machine. ${result.machine}, Node ${result.node}, commit ${result.commit}.

| | measured | bar |
| --- | --- | --- |
| games a second into PostgreSQL | ${result.postgres.gamesPerSecond} | at least ${POSTGRES_PER_SECOND_MIN} |
| CPU of the writer a game | ${result.postgres.cpuUsPerGame} us | |
| games a second into dynalite | ${result.dynamo.gamesPerSecond} | at least ${DYNAMO_PER_SECOND_MIN} |
| CPU of the writer a game | ${result.dynamo.cpuUsPerGame} us | |
| RSS of \`persistence\`, ${FEW_WAITING} and ${result.waiting} results waiting | ${mib(result.memory?.few.bytes)}, ${mib(result.memory?.many.bytes)} | ratio ${result.memory?.ratio}, at most ${MEMORY_RATIO_MAX} |
| the most while it delivered them to the event log | ${mib(result.memory?.few.busyBytes)}, ${mib(result.memory?.many.busyBytes)} | |

Medians of ${options.runs} runs of ${options.postgresGames} and ${options.dynamoGames} games after ${WARM_UP_GAMES} to warm up. CPU is what the scheduler counted for all threads of the process. Results wait
because both databases are down; RSS is read after a forced collection, when the event log has them all. What is more while it works is garbage that V8 leaves for later.
`
