import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitOnSignals } from '../kit/children.ts'
import { systemClock as clock, delay, every } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { type Crowd, createCrowd, sourceAddress, type Target } from './crowd.ts'
import { signInSessions } from './guests.ts'
import { readOptions } from './options.ts'
import { spawnOxo } from './oxo.ts'
import { cpuNs } from './process-usage.ts'
import { createRenewals } from './renewal.ts'
import { gameOfId } from './script.ts'
import type { Spawned } from './spawned.ts'

/** `npm run loadtest -- --players 1000 --seconds 30 [--url URL[,URL...]] [--pids PID[,PID...]] [--pace MS]` */
const defaults = {
  players: 1_000,
  seconds: 30,
  /** Servers to drive; without them one is started. */
  url: null as string | null,
  /** Processes of those servers, on this machine: for serverCpuPerMoveUs. */
  pids: null as string | null,
  /** Between two moves of a game, in ms; 0: each player moves as soon as it may. */
  pace: 1_000,
}
/** What is under way when the time is up gets this long, in ms. */
const LAST_WORDS_MS = 1_000

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2), defaults)
  if (options.players % 2 !== 0) throw new Error('--players must be even: games are between two')
  const dataDir = mkdtempSync(join(tmpdir(), 'oxo-loadtest-'))
  let spawned: Spawned | null = null
  try {
    if (options.url === null) spawned = await spawnOxo(process.env, { DATA_DIR: dataDir })
    const targets =
      spawned !== null ? [{ host: '127.0.0.1', port: spawned.port }] : options.url!.split(',').map(targetOf)
    const pids = spawned !== null ? [spawned.pid] : (options.pids?.split(',').map(Number) ?? [])
    return await load(options, targets, pids)
  } finally {
    await spawned?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Load {
  readonly players: number
  readonly seconds: number
  readonly pace: number
}

async function load(
  { players, seconds, pace }: Load,
  targets: readonly Target[],
  pids: readonly number[],
): Promise<boolean> {
  const first = targets[0]!
  say(`signing in ${players} guests`)
  const guests = { ...first, count: players, addressOf: (index: number) => sourceAddress(first.host, index) }
  const renewals = createRenewals(guests, await signInSessions(guests))
  const { tokens } = renewals
  const crowd = createCrowd({
    clock,
    random,
    targets,
    tokens,
    renewals,
    script: gameOfId,
    verify: true,
    persistent: true,
  })
  try {
    return await drive(crowd, { players, seconds, pace }, pids)
  } finally {
    await crowd.close()
  }
}

async function drive(crowd: Crowd, { players, seconds, pace }: Load, pids: readonly number[]): Promise<boolean> {
  if (!(await crowd.connect())) say(`${crowd.connected()} of ${players} are connected`)
  if (!(await crowd.findGames())) say('not every player has found a game yet')

  if (pace === 0) crowd.playClosedLoop()
  else crowd.playPaced(pace)
  const startMs = clock.monotonic()
  const cpuBefore = cpuOf(pids)
  const stopProgress = every(clock, 1_000, progress(crowd, startMs))
  await delay(clock, seconds * 1_000)
  stopProgress()
  const tookMs = clock.monotonic() - startMs
  const { tally } = crowd
  const { moves } = tally
  const cpuAfter = cpuOf(pids)
  const connected = crowd.connected()

  crowd.pause()
  await delay(clock, LAST_WORDS_MS)
  if (!(await crowd.recheck())) tally.errors.set('unchecked', 1)
  const errorsByName = Object.fromEntries(tally.errors)
  const ms = (percent: number) => tally.okUs.percentile(percent) / 1_000
  const result = {
    players,
    connected,
    moves,
    movesPerSecond: Math.round((moves * 1_000) / tookMs),
    p50Ms: ms(50),
    p95Ms: ms(95),
    p99Ms: ms(99),
    movedP99Ms: tally.movedUs.percentile(99) / 1_000,
    errors: Object.values(errorsByName).reduce((sum, count) => sum + count, 0),
    errorsByName,
    lostAcks: tally.lostAcks,
    losses: tally.losses,
    serverCpuPerMoveUs: cpuPerMoveUs(cpuBefore, cpuAfter, moves),
    games: tally.games,
  }
  say(JSON.stringify(result))
  return result.lostAcks === 0 && moves > 0
}

function progress(crowd: Crowd, startMs: number): () => void {
  const { tally } = crowd
  let seen = { moves: tally.moves, atMs: startMs }
  return () => {
    const atMs = clock.monotonic()
    const perSecond = Math.round(((tally.moves - seen.moves) * 1_000) / (atMs - seen.atMs))
    seen = { moves: tally.moves, atMs }
    const errors = [...tally.errors].map(([name, count]) => `${count} ${name}`).join(', ') || 'no errors'
    say(
      `${Math.round((atMs - startMs) / 1_000)} s: ${crowd.connected()} connected, ${perSecond} moves/s, ` +
        `p99 ${tally.okUs.percentile(99) / 1_000} ms, ${tally.games} games, ${errors}`,
    )
  }
}

/** Nanoseconds of all processes; null when there are none, or one of them is gone. */
function cpuOf(pids: readonly number[]): number | null {
  try {
    return pids.length === 0 ? null : pids.reduce((sum, pid) => sum + cpuNs(pid), 0)
  } catch {
    return null
  }
}

function cpuPerMoveUs(before: number | null, after: number | null, moves: number): number | null {
  return before === null || after === null || moves === 0 ? null : Math.round((after - before) / moves) / 1_000
}

function targetOf(url: string): Target {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'http:') throw new Error(`${url}: only http:// is driven`)
  return { host: hostname === 'localhost' ? '127.0.0.1' : hostname, port: Number(port || 80) }
}

exitOnSignals()
try {
  process.exitCode = (await run()) ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
