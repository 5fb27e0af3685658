import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../kit/clock.ts'
import { sourceAddress } from '../loadtest/crowd.ts'
import { signInGuests } from '../loadtest/guests.ts'
import { readOptions } from '../loadtest/options.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { measureClosedLoop } from './closed-loop.ts'
import { COLLECTABLE, measureMemory } from './memory.ts'
import { measurePaced, p99Of } from './paced.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'
import { type Bench, type Subject, startFloor, startServer } from './subject.ts'

/** Server CPU a move over the floor's: what our code may add to sockets and system calls. */
const RATIO_MAX = 1.25
/** How much later than the floor's the server's OK may come, 99th percentile, in ms. */
const P99_OVER_FLOOR_MS_MAX = 2
/** The same with the rooms on a Valkey. */
const VALKEY_RATIO_MAX = 1.6
const VALKEY_P99_OVER_FLOOR_MS_MAX = 5
const HOST = '127.0.0.1'

const defaults = {
  /** Alternating windows of the closed loop. */
  pairs: 7,
  /** Length of one such window. */
  seconds: 3,
  players: 400,
  pacedPlayers: 1_000,
  pacedSeconds: 8,
  pacedWindows: 3,
  /** 0 leaves the part with a Valkey out. */
  valkey: 1,
  /** Players of the memory part; 0 leaves it out. */
  idlePlayers: 10_000,
}

export interface ServerResult extends Provenance {
  readonly ratio: number
  readonly floorCpuUs: number
  readonly cpuUs: number
  readonly p99Ms: number
  readonly floorP99Ms: number
  readonly bytesPerIdlePlayer: number | null
  readonly floorBytesPerIdlePlayer: number | null
  readonly bytesPerRoom: number | null
  /** With the rooms on a Valkey or Redis without AOF, against the floor of its own windows. */
  readonly valkey: { readonly ratio: number; readonly p99Ms: number; readonly floorP99Ms: number } | null
  readonly pairs: number
  readonly pairRatios: readonly number[]
  readonly movesPerSecond: number
  readonly floorMovesPerSecond: number
  readonly bytesPerMove: number
  readonly floorBytesPerMove: number
  readonly framesPerMove: number
  readonly floorFramesPerMove: number
  /** Bars that were missed; empty when all hold. */
  readonly missed: readonly string[]
}

/** The real server against the floor, both driven by the same generator in the same run. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<ServerResult> {
  const options = readOptions(args, defaults)
  const dataDir = mkdtempSync(join(tmpdir(), 'oxo-bench-'))
  const bench: Bench = { clock: systemClock, env, dataDir }
  const subjects: Subject[] = []
  const started = async (subject: Promise<Subject>): Promise<Subject> => {
    subjects.push(await subject)
    return subjects.at(-1)!
  }
  try {
    const { closed, paced, tokens, guests } = await measureTraffic(bench, options, started, say)
    const valkey = options.valkey === 0 ? null : await onValkey(bench, options, started, say)

    const idle =
      options.idlePlayers > 0 ? [...tokens, ...(await guests(options.idlePlayers))].slice(-options.idlePlayers) : []
    await Promise.all(subjects.splice(0).map((subject) => subject.process.stop()))
    say(`memory: ${options.idlePlayers} players`)
    const memory =
      idle.length > 0 ? await measureMemory(bench, await started(startServer(bench, COLLECTABLE)), idle) : null
    const floorMemory =
      idle.length > 0 ? await measureMemory(bench, await started(startFloor(bench, COLLECTABLE)), idle) : null

    const ratio = round(closed.server.cpuUs / closed.floor.cpuUs)
    const p99Ms = round(p99Of(paced.server))
    const floorP99Ms = round(p99Of(paced.floor))
    const result: ServerResult = {
      ratio,
      floorCpuUs: round(closed.floor.cpuUs),
      cpuUs: round(closed.server.cpuUs),
      p99Ms,
      floorP99Ms,
      bytesPerIdlePlayer: memory?.bytesPerIdlePlayer ?? null,
      bytesPerRoom: memory?.bytesPerRoom ?? null,
      floorBytesPerIdlePlayer: floorMemory?.bytesPerIdlePlayer ?? null,
      valkey,
      pairs: options.pairs,
      pairRatios: closed.ratios.map(round),
      movesPerSecond: Math.round(closed.server.movesPerSecond),
      floorMovesPerSecond: Math.round(closed.floor.movesPerSecond),
      bytesPerMove: round(closed.server.bytesPerMove),
      floorBytesPerMove: round(closed.floor.bytesPerMove),
      framesPerMove: round(closed.server.framesPerMove),
      floorFramesPerMove: round(closed.floor.framesPerMove),
      missed: [
        ...(ratio > RATIO_MAX ? [`ratio ${ratio} is over ${RATIO_MAX}`] : []),
        ...missedOnValkey(valkey),
        ...(p99Ms > floorP99Ms + P99_OVER_FLOOR_MS_MAX ? [`p99 ${p99Ms} ms is over ${floorP99Ms} + 2 ms`] : []),
      ],
      ...provenance(),
    }
    // A run with options is somebody's question, not the figure that the project stands by.
    if (args.length === 0) writeResult('server', result, summary(result, options))
    return result
  } finally {
    await Promise.all(subjects.map((subject) => subject.process.stop()))
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Started = (subject: Promise<Subject>) => Promise<Subject>

/** CPU a move in closed loop and latency at a steady pace, the real server and the floor in turn. */
async function measureTraffic(bench: Bench, options: typeof defaults, started: Started, say: (line: string) => void) {
  const server = await started(startServer(bench))
  const floor = await started(startFloor(bench))
  const addressOf = (index: number) => sourceAddress(HOST, index)
  const guests = (count: number) => signInGuests({ host: HOST, port: server.process.port, count, addressOf })
  const tokens = await guests(Math.max(options.players, options.pacedPlayers))

  say(`closed loop: ${options.players} players, ${options.pairs} pairs of ${options.seconds} s`)
  const closed = await measureClosedLoop(bench, [server, floor], tokens.slice(0, options.players), options)
  say(`${round(closed.server.cpuUs)} us a move over ${round(closed.floor.cpuUs)} us`)

  say(`paced: ${options.pacedPlayers} players, ${options.pacedWindows} pairs of ${options.pacedSeconds} s`)
  const paced = await measurePaced(bench, [server, floor], tokens.slice(0, options.pacedPlayers), {
    windows: options.pacedWindows,
    seconds: options.pacedSeconds,
  })
  say(`p99 ${paced.server.map(round).join(', ')} ms over ${paced.floor.map(round).join(', ')} ms`)
  return { closed, paced, tokens, guests }
}

async function onValkey(bench: Bench, options: typeof defaults, started: Started, say: (line: string) => void) {
  const redis = await startRedis()
  try {
    say('with the rooms on a Valkey')
    const { closed, paced } = await measureTraffic({ ...bench, valkeyUrl: redis.url }, options, started, say)
    const ratio = round(closed.server.cpuUs / closed.floor.cpuUs)
    return { ratio, p99Ms: round(p99Of(paced.server)), floorP99Ms: round(p99Of(paced.floor)) }
  } finally {
    await redis.stop()
  }
}

function missedOnValkey(valkey: ServerResult['valkey']): string[] {
  if (valkey === null) return []
  const { ratio, p99Ms, floorP99Ms } = valkey
  return [
    ...(ratio > VALKEY_RATIO_MAX ? [`ratio ${ratio} with Valkey is over ${VALKEY_RATIO_MAX}`] : []),
    ...(p99Ms > floorP99Ms + VALKEY_P99_OVER_FLOOR_MS_MAX
      ? [`p99 ${p99Ms} ms with Valkey is over ${floorP99Ms} + 5 ms`]
      : []),
  ]
}

const summary = (result: ServerResult, options: typeof defaults): string => `# Bench: one server

The real server (everything in one process, memory adapters) and the floor, a minimal uWebSockets.js program that does only the same
frames in and out, driven in turn by one generator over loopback. ${result.machine}, Node ${result.node}, commit ${result.commit}.

| | server | floor | bar |
| --- | --- | --- | --- |
| CPU a move, ${options.players} players in closed loop | ${result.cpuUs} us | ${result.floorCpuUs} us | ratio ${result.ratio}, at most ${RATIO_MAX} |
| MOVE to OK, p99, ${options.pacedPlayers} players, a move a second per game | ${result.p99Ms} ms | ${result.floorP99Ms} ms | at most ${P99_OVER_FLOOR_MS_MAX} ms more |
| RAM an idle player, ${options.idlePlayers} players | ${result.bytesPerIdlePlayer} B | ${result.floorBytesPerIdlePlayer} B | |
| RAM a running game, ${options.idlePlayers / 2} games | ${result.bytesPerRoom} B | | |
| CPU a move with the rooms on a Valkey | | | ratio ${result.valkey?.ratio}, at most ${VALKEY_RATIO_MAX} |
| MOVE to OK with the rooms on a Valkey, p99 | ${result.valkey?.p99Ms} ms | ${result.valkey?.floorP99Ms} ms | at most ${VALKEY_P99_OVER_FLOOR_MS_MAX} ms more |
| frames and bytes to players, a move | ${result.framesPerMove}, ${result.bytesPerMove} B | ${result.floorFramesPerMove}, ${result.floorBytesPerMove} B | equal |

CPU time is what the scheduler counted for all threads of the process (\`/proc/PID/task/TID/schedstat\`), user and kernel, divided by the moves
answered with OK in the same window: medians of ${result.pairs} windows each, alternating, after a warm-up. Opening, ending and rematch of the
nine-move games are in it. Latency counts from when a move was due (no coordinated omission): median of ${options.pacedWindows} windows. RAM is the
difference in resident memory after a forced collection.
`
