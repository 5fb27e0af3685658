import { delay } from '../kit/clock.ts'
import { fraction } from '../kit/random.ts'
import { recordHead, resultOf } from '../ports/room-record.ts'
import type { Databases } from './databases.ts'
import { percentile } from './measure.ts'
import type { Stage } from './run.ts'
import { until } from './store.ts'
import { backlogOf, startWriters, type Writers } from './writers.ts'

/** The bars: play under a fault against play before it, and how soon results are everywhere after it. */
export const WRITER_BARS = { moveP99Factor: 1.5, moveP99MoreMs: 10, backlogGoneFactor: 2 } as const
/** A breaker that has just opened when its store comes back waits for so long, ms: shorter outages than this are not measured by their own length. */
const BREAKER_OPEN_MS = 30_000
const WRITERS = 2
const BASELINE_MS_MIN = 10_000
/** Between two faults play is timed without one, for this share of an outage. */
const CALM_SHARE = 3
/** A killed writer's batch is another one's after 30 s; then everything must be gone. */
const DRAINED_WITHIN_MS = 120_000
const LOOK_MS = 100

export interface WriterFaults {
  /** How often PostgreSQL is stopped at once, and for how long, ms. */
  readonly outages: number
  readonly outageMs: number
  readonly kills: number
}

/** `persistence` with its databases under every fault, while people play. */
export function writersRun(databases: Databases, faults: WriterFaults) {
  const failures: string[] = []
  let writers: Writers | null = null

  async function scenario(stage: Stage): Promise<void> {
    const { platform, clock, random, say } = stage
    writers = await startWriters(stage, platform, databases, WRITERS)
    await until(clock, DRAINED_WITHIN_MS, async () => (await backlogOf(platform)) === 0)
    /** Moves without any fault, before the first and between all of them: a machine is not equally fast all the time. */
    let calm: number[] = []
    const phases: { readonly what: string; readonly p99: number | null }[] = []
    async function playCalmly(forMs: number): Promise<void> {
      const moves = stage.timeMoves()
      await delay(clock, Math.max(BASELINE_MS_MIN, forMs))
      calm = calm.concat(moves.stop())
    }
    await playCalmly(faults.outageMs)

    /** A fault, how people play under it, and how long results need after it. */
    async function under(what: string, forMs: number, begin: () => Promise<void>, end: () => Promise<void>) {
      const moves = stage.timeMoves()
      platform.fault(what)
      await begin()
      await delay(clock, forMs)
      const waiting = await backlogOf(platform)
      await end()
      platform.healed(what)
      const sinceMs = clock.monotonic()
      const limitMs = WRITER_BARS.backlogGoneFactor * Math.max(forMs, BREAKER_OPEN_MS)
      const gone = await until(clock, limitMs, async () => {
        await delay(clock, LOOK_MS)
        return (await backlogOf(platform)) < Math.max(20, waiting / 20)
      })
      const p99 = percentile(moves.stop(), 99)
      phases.push({ what, p99 })
      const goneMs = Math.round(clock.monotonic() - sinceMs)
      say(`${what}: ${waiting} results waited, gone after ${goneMs} ms; move p99 ${p99} ms`)
      if (!gone) failures.push(`${what}: the backlog was not gone after ${limitMs} ms`)
      await playCalmly(faults.outageMs / CALM_SHARE)
    }

    for (let n = 1; n <= faults.outages; n++) {
      await under(
        `postgres stopped at once`,
        faults.outageMs,
        () => databases.postgres.kill('SIGQUIT'),
        databases.postgres.start,
      )
    }
    const heal = async () => writers!.setDynamo({})
    for (const dynamo of [{ throttled: 0.3 }, { throttled: 1 }, { failed: 1 }, { throttled: 0.3, failed: 0.2 }]) {
      await under(`dynamodb ${JSON.stringify(dynamo)}`, faults.outageMs, async () => writers!.setDynamo(dynamo), heal)
    }
    const baseline = percentile(calm, 99)!
    say(`without faults, in between: move p99 ${baseline} ms`)
    const bar = Math.min(WRITER_BARS.moveP99Factor * baseline, baseline + WRITER_BARS.moveP99MoreMs)
    for (const { what, p99 } of phases) {
      if (p99 !== null && p99 > bar) failures.push(`${what}: move p99 ${p99} ms, baseline ${baseline} ms`)
    }
    for (let n = 1; n <= faults.kills; n++) {
      await writers.kill(n)
      if (n % 10 === 0 || n === faults.kills) say(`writers killed: ${n} of ${faults.kills}`)
      await delay(clock, fraction(random) * 500)
    }
  }

  /** Everything is everywhere, once, as the players saw it. */
  async function settle({ platform, clock, say }: Stage): Promise<readonly string[]> {
    const drained = await until(clock, DRAINED_WITHIN_MS, async () => (await backlogOf(platform)) === 0)
    if (!drained) failures.push(`${await backlogOf(platform)} results still wait`)
    const letters = await platform.observer.xlen('{dead}:letters')
    if (letters > 0) failures.push(`${letters} dead letters`)
    await writers!.stop()
    const games = await databases.games()
    for (const { room, match, gameId } of games) {
      const result = resultOf({ head: recordHead(room, match), room })
      platform.history.add({ t: platform.t(), e: 'result', g: gameId, result })
    }
    const ids = new Set(games.map(({ gameId }) => gameId))
    if (ids.size < games.length) failures.push(`${games.length - ids.size} games are stored twice`)
    const { differences, lines } = await databases.audit()
    say(`audit: ${differences} differences over ${games.length} games`)
    if (differences > 0) failures.push(`audit: ${differences} differences`, ...lines)
    return failures
  }

  return { scenario, settle }
}
