import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Clock, delay } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import { shardOf } from '../protocol/ids.ts'
import { createChecker, type Verdict } from './check.ts'
import { type Crowd, createLiveGames, type LiveGames, startCrowd } from './crowd.ts'
import { readFinalStates } from './final-states.ts'
import type { Event } from './history.ts'
import { createMeasures } from './measure.ts'
import { type Platform, startPlatform } from './platform.ts'
import type { Habits } from './player.ts'
import type { Address } from './proxy.ts'
import { until } from './store.ts'

/** What a scenario works with. */
export interface Stage {
  readonly clock: Clock
  readonly random: Random
  readonly platform: Platform
  readonly live: LiveGames
  readonly say: (line: string) => void
  /** From now on, until `stop`, how long each acknowledged move took, in ms. */
  readonly timeMoves: () => { stop(): readonly number[] }
  /** Resolves when each shard that had a running game saw a move acknowledged since, or after a while. */
  readonly progress: (shards: readonly number[]) => Promise<boolean>
}

export interface RunOptions {
  readonly clock: Clock
  readonly random: Random
  readonly name: string
  readonly servers: number
  /** Concurrent games. */
  readonly games: number
  readonly thinkMs: number
  /** How players behave otherwise than they mostly do. */
  readonly habits?: Partial<Habits> | undefined
  readonly target: () => Address
  readonly proxied: boolean
  readonly fronted?: boolean | undefined
  /** Servers to begin with, if not those of this release. */
  readonly entry?: string | undefined
  /** Where `persistence` writes; absent: the run reads the results itself. */
  readonly databases?: { readonly databaseUrl: string; readonly dynamodbEndpoint: string } | undefined
  readonly keep: boolean
  readonly say: (line: string) => void
  readonly scenario: (stage: Stage) => Promise<void>
  /** Shown every event as it happens. */
  readonly see?: ((event: Event) => void) | undefined
  /** When all games have ended: what else is wrong, a line each. */
  readonly settle?: ((stage: Stage) => Promise<readonly string[]>) | undefined
}

export interface RunResult {
  readonly name: string
  readonly seconds: number
  readonly verdict: Verdict
  readonly measures: ReturnType<ReturnType<typeof createMeasures>['result']>
  readonly dir: string
  /** What else is wrong, a line each. */
  readonly failures: readonly string[]
}

const WARM_UP_MS = 2_000
const PROGRESS_WITHIN_MS = 15_000
/** Every game that runs when the faults are over ends within this, ms: nine moves and a deadline. */
const FINISH_WITHIN_MS = 60_000
const RESULTS_WITHIN_MS = 15_000
const FINAL_WITHIN_MS = 20_000

/** Starts everything, plays, injects the scenario's faults, plays to the end, and judges the history that was written. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { clock, random, say } = options
  const live = createLiveGames()
  const unfinished = new Set<string>()
  const also = (event: Event): void => {
    live.see(event)
    options.see?.(event)
    if (event.e === 'state' && event.you !== null) unfinished.add(event.g)
    if (event.e === 'result') finished.add(event.g)
    if (event.e === 'ok' && event.type === 'move') for (const timing of timings) timing.push(event.t - event.since)
  }
  const finished = new Set<string>()
  const timings = new Set<number[]>()
  let failures: readonly string[] = []
  const startedMs = clock.monotonic()
  const timeMoves = () => {
    const timing: number[] = []
    timings.add(timing)
    return {
      stop() {
        timings.delete(timing)
        return timing
      },
    }
  }
  const platform = await startPlatform({ ...options, also })
  let crowd: Crowd | null = null
  try {
    crowd = await startCrowd({
      clock,
      random,
      history: platform.history,
      habits: { thinkMs: options.thinkMs, resigns: 0.005, rematches: 0.3, spectates: 0.1, ...options.habits },
      players: 2 * options.games,
      apiUrl: platform.apiUrl,
      doors: platform.servers,
      liveGames: live.ids,
    })
    await delay(clock, WARM_UP_MS)
    say(`${options.name}: ${live.ids().length} games run`)
    const stage = { clock, random, platform, live, say, progress: progressOf(clock, live), timeMoves }
    await options.scenario(stage)
    const stuck = await crowd.finish(FINISH_WITHIN_MS)
    if (stuck.length > 0) say(`${options.name}: ${stuck.length} games did not end`)
    failures = (await options.settle?.(stage)) ?? []
    const lacking = () => [...unfinished].filter((id) => !finished.has(id))
    await until(clock, RESULTS_WITHIN_MS, () => lacking().length === 0)
    crowd.stop()
    await finalStates(platform, clock, lacking())
  } finally {
    crowd?.stop()
    await platform.stop()
  }
  const result = { ...(await judge(options, platform, (clock.monotonic() - startedMs) / 1_000)), failures }
  if (!options.keep && result.verdict.examples.length === 0) platform.forget()
  return result
}

async function finalStates(platform: Platform, clock: Clock, games: readonly string[]): Promise<void> {
  if (games.length === 0) return
  const signedIn = await fetch(`${platform.apiUrl}/auth/guest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { accessToken: token } = (await signedIn.json()) as { accessToken: string }
  const { port } = platform.servers()[0]!
  const { history } = platform
  await readFinalStates({ clock, history, host: '127.0.0.1', port, token, games, withinMs: FINAL_WITHIN_MS })
}

const progressOf =
  (clock: Clock, live: LiveGames) =>
  (shards: readonly number[]): Promise<boolean> => {
    const sinceMs = clock.monotonic() + 1_000
    const waiting = new Map(shards.map((shard) => [shard, live.ids().filter((id) => shardOf(id) === shard)]))
    const wentOn = (id: string) => (live.lastOkMs(id) ?? Number.POSITIVE_INFINITY) > sinceMs
    return until(clock, PROGRESS_WITHIN_MS, () => {
      for (const [shard, games] of waiting) if (games.length === 0 || games.some(wentOn)) waiting.delete(shard)
      return waiting.size === 0
    })
  }

async function judge(options: RunOptions, { historyPath, dir }: Platform, seconds: number) {
  const checker = createChecker()
  const measures = createMeasures()
  for await (const line of createInterface({ input: createReadStream(historyPath) })) {
    const event = JSON.parse(line) as Event
    checker.see(event)
    measures.see(event)
  }
  return { name: options.name, seconds, verdict: checker.verdict(), measures: measures.result(), dir }
}
