import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock, delay, every } from '../kit/clock.ts'
import { type Random, seededRandom } from '../kit/random.ts'
import { type Crowd, createCrowd, sourceAddress } from '../loadtest/crowd.ts'
import { signInGuests } from '../loadtest/guests.ts'
import { spawnOxo } from '../loadtest/oxo.ts'
import { rssBytes } from '../loadtest/process-usage.ts'
import { gameOfId } from '../loadtest/script.ts'
import type { Spawned } from '../loadtest/spawned.ts'
import { type Flatness, flatness, type Sample } from './flatness.ts'
import { type FuzzTally, fuzzPlayer } from './fuzz-socket.ts'
import { fuzzSource } from './fuzz-source.ts'

const HOST = '127.0.0.1'
const HOSTILE_PLAYERS = 32
const PEACEFUL_PLAYERS = 20
/** Between two moves of a peaceful game. */
const PACE_MS = 200
const SAMPLE_EVERY_MS = 250
/** Growth that counts as flat: a collector's choice of heap size, not a leak of 1,000,000 frames. */
const GROWTH_BYTES_MAX = 32 * 2 ** 20
const REPORT_EVERY_MS = 5_000

export interface FuzzResult {
  readonly frames: number
  readonly seed: number
  readonly seconds: number
  readonly answers: number
  /** Sockets by close code; 1005 and 1000 are our own ends. */
  readonly closes: Readonly<Record<string, number>>
  readonly peaceful: {
    readonly moves: number
    readonly games: number
    readonly p99Ms: number
    readonly lostAcks: number
  }
  readonly memory: Flatness
  /** What went wrong; empty when all is well. */
  readonly failures: readonly string[]
}

/** Sends `frames` hostile frames of a seed to a server of its own while peaceful games run beside. */
export async function runFuzz(
  { frames, seed }: { readonly frames: number; readonly seed: number },
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<FuzzResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'oxo-fuzz-'))
  const server = await spawnOxo(env, { DATA_DIR: dataDir })
  try {
    return await attack(server, frames, seed, say)
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function attack(server: Spawned, frames: number, seed: number, say: (line: string) => void): Promise<FuzzResult> {
  const random = seededRandom(seed)
  const target = { host: HOST, port: server.port }
  const addressOf = (index: number) => sourceAddress(HOST, index)
  const tokens = await signInGuests({ ...target, count: HOSTILE_PLAYERS + PEACEFUL_PLAYERS, addressOf })
  const crowd = await startPeaceful(random, target, tokens.slice(HOSTILE_PLAYERS))

  const startMs = clock.monotonic()
  const tally: FuzzTally = { sent: 0, answers: 0, closes: new Map(), violations: [] }
  const samples: Sample[] = []
  const sample = (): void => {
    samples.push({ atMs: clock.monotonic(), bytes: rssBytes(server.pid) })
  }
  const stopSampling = every(clock, SAMPLE_EVERY_MS, sample)
  const stopReporting = every(clock, REPORT_EVERY_MS, () =>
    say(`${tally.sent} frames, ${samples.at(-1)!.bytes >> 20} MiB`),
  )
  const source = fuzzSource(random, frames, crowd.gameIds)
  await Promise.all(
    tokens.slice(0, HOSTILE_PLAYERS).map((token) => fuzzPlayer(clock, { ...target, token }, source, tally)),
  )
  stopSampling()
  stopReporting()
  const seconds = Math.round(clock.monotonic() - startMs) / 1_000
  while (samples.length < 3) sample()

  const peacefulFailures = await endPeaceful(crowd, seconds)
  const memory = flatness(samples)
  return {
    frames: tally.sent,
    seed,
    seconds,
    answers: tally.answers,
    closes: Object.fromEntries(tally.closes),
    peaceful: {
      moves: crowd.tally.moves,
      games: crowd.tally.games,
      p99Ms: crowd.tally.okUs.percentile(99) / 1_000,
      lostAcks: crowd.tally.lostAcks,
    },
    memory,
    failures: [
      ...tally.violations,
      ...peacefulFailures,
      ...(memory.growthBytes > GROWTH_BYTES_MAX ? [`memory grew by ${memory.growthBytes} bytes`] : []),
      ...(server.exitCode() === null ? [] : [`the server ended with ${server.exitCode()}`]),
      ...server.complaints.map((line) => `the server said: ${line}`),
      ...(await health(server.port)),
    ],
  }
}

async function startPeaceful(
  random: Random,
  target: { host: string; port: number },
  tokens: readonly string[],
): Promise<Crowd> {
  const crowd = createCrowd({
    clock,
    random,
    targets: [target],
    tokens,
    script: gameOfId,
    verify: true,
    persistent: false,
  })
  if (!(await crowd.connect()) || !(await crowd.findGames())) throw new Error('the peaceful players could not begin')
  crowd.playPaced(PACE_MS)
  return crowd
}

/** Half of the moves that were due must have been made: openings, ends and the attack itself take their part. */
async function endPeaceful(crowd: Crowd, seconds: number): Promise<string[]> {
  const { tally } = crowd
  const due = ((PEACEFUL_PLAYERS / 2) * seconds * 1_000) / PACE_MS
  crowd.pause()
  await delay(clock, PACE_MS)
  const isChecked = await crowd.recheck()
  await crowd.close()
  return [
    ...[...tally.errors].map(([name, count]) => `peaceful players met ${count} ${name}`),
    ...(tally.lostAcks > 0 ? [`${tally.lostAcks} acknowledged moves were lost`] : []),
    ...(tally.moves < due / 2 ? [`peaceful players made ${tally.moves} of ${Math.round(due)} moves`] : []),
    ...(isChecked ? [] : ['peaceful games could not be watched at the end']),
  ]
}

async function health(port: number): Promise<string[]> {
  const status = await fetch(`http://${HOST}:${port}/health`).then(
    (answer) => answer.status,
    () => 0,
  )
  return status === 200 ? [] : [`GET /health: ${status}`]
}
