import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endingWithUs } from '../kit/children.ts'
import { readOptions } from '../loadtest/options.ts'
import { cpuNs } from '../loadtest/process-usage.ts'
import { startPostgres } from '../scripts/test-postgres.ts'
import { startRedis } from '../scripts/test-redis.ts'
import { httpLoad, type Load } from './http-load.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'
import { median } from './subject.ts'

const CONNECTIONS = 100
/** Requests a second of the open loop. */
const RATE = 1_000
const P99_MS_MAX = 100
/** Requests a second without the gate over with it. */
const GATE_COST_MAX = 1.25
const ROUTES = { profile: (id: string) => `/users/${id}`, stats: (id: string) => `/users/${id}/stats` } as const
type RouteName = keyof typeof ROUTES

const defaults = {
  /** Alternating windows. */
  pairs: 7,
  /** Length of one window. */
  seconds: 3,
  warmUp: 3,
}

interface RouteFigures {
  /** Behind the gate, a second, closed loop. */
  readonly perSecond: number
  readonly perSecondWithoutGate: number
  /** Median over pairs of windows of: without the gate over with it. */
  readonly gateCost: number
  /** CPU time of the process for one request, us, and the same ratio: what else the machine does hardly touches it. */
  readonly cpuUs: number
  readonly cpuUsWithoutGate: number
  readonly gateCpuCost: number
  /** Closed loop, behind the gate, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** At `RATE` requests a second, from when a request was due, ms. */
  readonly pacedP99Ms: number
}

export interface ApiResult extends Provenance {
  readonly routes: Readonly<Record<RouteName, RouteFigures>>
  readonly missed: readonly string[]
}

/** Profiles and statistics out of PostgreSQL over HTTP, with and without the gate in turn. */
export async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<ApiResult> {
  const options = readOptions(args, defaults)
  const [postgres, redis] = await Promise.all([startPostgres(['fsync=on', 'full_page_writes=on']), startRedis()])
  const subject = endingWithUs(
    spawn(process.execPath, [fileURLToPath(new URL('api-subject.ts', import.meta.url))], {
      env: { ...env, DATABASE_URL: postgres.url, VALKEY_URL: redis.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )
  try {
    const [line] = (await once(createInterface({ input: subject.stdout }), 'line')) as [string]
    const { gated, open, tokens, players } = JSON.parse(line) as Record<'tokens' | 'players', string[]> &
      Record<'gated' | 'open', number>
    const routes = {} as Record<RouteName, RouteFigures>
    for (const name of Object.keys(ROUTES) as RouteName[]) {
      const requests = players.map((id, i) => requestOf(ROUTES[name](id), tokens[i % tokens.length]!))
      const loads = await Promise.all([httpLoad(gated, CONNECTIONS, requests), httpLoad(open, CONNECTIONS, requests)])
      routes[name] = await measure(subject.pid!, loads, options, (text) => say(`${name} ${text}`))
      for (const load of loads) load.close()
    }
    const result = { routes, missed: missedOf(routes), ...provenance() }
    writeResult('api', result, summary(result, options))
    return result
  } finally {
    subject.kill('SIGKILL')
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

async function measure(
  pid: number,
  [gated, open]: readonly [Load, Load],
  { pairs, seconds, warmUp }: typeof defaults,
  say: (line: string) => void,
): Promise<RouteFigures> {
  for (const load of [gated, open]) await load.closedLoop(warmUp * 1_000)
  const names = ['gated', 'open', 'gatedCpu', 'openCpu', 'p50', 'p99'] as const
  const windows = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    (typeof names)[number],
    number[]
  >
  const window = async (load: Load, of: 'gated' | 'open') => {
    const beforeNs = cpuNs(pid)
    const { perSecond, took } = await load.closedLoop(seconds * 1_000)
    windows[of].push(perSecond)
    windows[`${of}Cpu`].push((cpuNs(pid) - beforeNs) / 1_000 / took.count())
    return took
  }
  const measureGated = async () => {
    const took = await window(gated, 'gated')
    windows.p50.push(took.percentile(50) / 1_000)
    windows.p99.push(took.percentile(99) / 1_000)
  }
  const measureOpen = async () => {
    await window(open, 'open')
  }
  for (let pair = 0; pair < pairs; pair++) {
    const order = [measureGated, measureOpen]
    for (const measured of pair % 2 === 0 ? order : order.reverse()) await measured()
    const last = (of: 'gated' | 'open') =>
      `${Math.round(windows[of].at(-1)!)}/s, ${Math.round(windows[`${of}Cpu`].at(-1)!)} us`
    say(`pair ${pair + 1}: ${last('gated')}; without the gate ${last('open')}`)
  }
  const paced: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    paced.push((await gated.openLoop(RATE, seconds * 1_000)).percentile(99) / 1_000)
  }
  say(`at ${RATE}/s: p99 ${paced.map((ms) => ms.toFixed(1)).join(', ')} ms`)
  return {
    perSecond: Math.round(median(windows.gated)),
    perSecondWithoutGate: Math.round(median(windows.open)),
    gateCost: round(median(windows.gated.map((perSecond, pair) => windows.open[pair]! / perSecond))),
    cpuUs: round(median(windows.gatedCpu)),
    cpuUsWithoutGate: round(median(windows.openCpu)),
    gateCpuCost: round(median(windows.gatedCpu.map((us, pair) => us / windows.openCpu[pair]!))),
    p50Ms: round(median(windows.p50)),
    p99Ms: round(median(windows.p99)),
    pacedP99Ms: round(median(paced)),
  }
}

const requestOf = (path: string, token: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: oxo.test\r\nauthorization: Bearer ${token}\r\n\r\n`

const missedOf = (routes: ApiResult['routes']): string[] =>
  Object.entries(routes).flatMap(([name, { gateCost, pacedP99Ms }]) => [
    ...(gateCost > GATE_COST_MAX ? [`${name}: the gate costs ${gateCost} times, at most ${GATE_COST_MAX}`] : []),
    ...(pacedP99Ms >= P99_MS_MAX ? [`${name}: p99 ${pacedP99Ms} ms, below ${P99_MS_MAX}`] : []),
  ])

const summary = (
  { routes: { profile, stats }, machine, node, commit }: ApiResult,
  options: typeof defaults,
): string => `# Bench: the api

One \`api\` process on Debian's PostgreSQL (1,000 players with a game each) and a Redis that counts requests, over loopback from another process on the same
machine; every connection a signed-in user. "Without the gate" is the same handlers in the same process, without identification, counting and headers.
${machine}, Node ${node}, commit ${commit}.

| | \`GET /users/{id}\` | \`GET /users/{id}/stats\` | bar |
| --- | --- | --- | --- |
| requests a second, ${CONNECTIONS} connections | ${profile.perSecond} | ${stats.perSecond} | |
| without the gate | ${profile.perSecondWithoutGate} | ${stats.perSecondWithoutGate} | |
| without over with, median of pairs | ${profile.gateCost} | ${stats.gateCost} | at most ${GATE_COST_MAX} |
| CPU time a request, with and without | ${profile.cpuUs} and ${profile.cpuUsWithoutGate} us | ${stats.cpuUs} and ${stats.cpuUsWithoutGate} us | |
| with over without, median of pairs | ${profile.gateCpuCost} | ${stats.gateCpuCost} | |
| p50 and p99 of those with the gate | ${profile.p50Ms} and ${profile.p99Ms} ms | ${stats.p50Ms} and ${stats.p99Ms} ms | |
| p99 at ${RATE} requests a second, due to answered | ${profile.pacedP99Ms} ms | ${stats.pacedP99Ms} ms | below ${P99_MS_MAX} ms |

Medians of ${options.pairs} windows of ${options.seconds} s each; with and without the gate alternate and swap their order.
`
