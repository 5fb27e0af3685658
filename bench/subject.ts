import { fileURLToPath } from 'node:url'
import type { Clock } from '../kit/clock.ts'
import { systemRandom } from '../kit/random.ts'
import { type Crowd, createCrowd } from '../loadtest/crowd.ts'
import { spawnOxo } from '../loadtest/oxo.ts'
import { drawnGame } from '../loadtest/script.ts'
import { type Spawned, spawnServer } from '../loadtest/spawned.ts'

const HOST = '127.0.0.1'
const SERVER = fileURLToPath(new URL('./subject-main.ts', import.meta.url))
const FLOOR = fileURLToPath(new URL('./floor.ts', import.meta.url))

/** One program under measurement. */
export interface Subject {
  readonly name: 'server' | 'floor'
  readonly process: Spawned
}

export interface Bench {
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
  /** The real server's keys live here: tokens stay good from one process to the next. */
  readonly dataDir: string
  /** The real server keeps its rooms there; absent: in memory. */
  readonly valkeyUrl?: string
}

/** TURN_SECONDS is long: games stand still while the other program is measured. */
export const startServer = async (bench: Bench, nodeOptions: readonly string[] = []): Promise<Subject> => ({
  name: 'server',
  process: await spawnOxo(bench.env, { DATA_DIR: bench.dataDir, TURN_SECONDS: '600' }, [
    ...nodeOptions,
    SERVER,
    ...(bench.valkeyUrl === undefined ? [] : [bench.valkeyUrl]),
  ]),
})

export const startFloor = async (bench: Bench, nodeOptions: readonly string[] = []): Promise<Subject> => ({
  name: 'floor',
  process: await spawnServer([...nodeOptions, FLOOR], bench.env),
})

export const crowdOf = (bench: Bench, { process }: Subject, tokens: readonly string[]): Crowd =>
  createCrowd({
    clock: bench.clock,
    random: systemRandom,
    targets: [{ host: HOST, port: process.port }],
    tokens,
    script: () => drawnGame,
    verify: false,
    persistent: false,
  })

/** @throws when the program keeps players waiting */
export async function connectAll({ name }: Subject, crowd: Crowd): Promise<void> {
  if (!(await crowd.connect())) throw new Error(`${name}: ${crowd.connected()} players had a WELCOME in time`)
}

/** @throws when the program keeps players waiting */
export async function openGames({ name }: Subject, crowd: Crowd): Promise<void> {
  if (!(await crowd.findGames())) throw new Error(`${name}: not every player found a game in time`)
}

/** @throws when a player met what a bench must not contain: its figures would mean nothing */
export function requireClean({ name }: Subject, { tally }: Crowd): void {
  const errors = [...tally.errors].map(([error, count]) => `${count} ${error}`)
  if (errors.length > 0) throw new Error(`${name}: ${errors.join(', ')}`)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
