import { delay } from '../kit/clock.ts'
import { type Bench, connectAll, crowdOf, median, openGames, requireClean, type Subject } from './subject.ts'

const PERIOD_MS = 1_000
const WARM_UP_MS = 2_000

export interface PacedLatency {
  /** MOVE due to OK, 99th percentile in ms, for each window. */
  readonly server: readonly number[]
  readonly floor: readonly number[]
}

/** A move a second in each game, both programs in turn: how long a player waits for OK. */
export async function measurePaced(
  bench: Bench,
  subjects: readonly Subject[],
  tokens: readonly string[],
  { windows, seconds }: { readonly windows: number; readonly seconds: number },
): Promise<PacedLatency> {
  const latency: Record<Subject['name'], number[]> = { server: [], floor: [] }
  const crowds = subjects.map((subject) => ({ subject, crowd: crowdOf(bench, subject, tokens) }))
  for (const { subject, crowd } of crowds) {
    await connectAll(subject, crowd)
    await openGames(subject, crowd)
  }
  for (let window = 0; window < windows; window++) {
    for (const { subject, crowd } of window % 2 === 0 ? crowds : crowds.toReversed()) {
      crowd.playPaced(PERIOD_MS)
      await delay(bench.clock, WARM_UP_MS)
      crowd.tally.okUs.reset()
      await delay(bench.clock, seconds * 1_000)
      latency[subject.name].push(crowd.tally.okUs.percentile(99) / 1_000)
      crowd.pause()
      await delay(bench.clock, PERIOD_MS)
    }
  }
  for (const { subject, crowd } of crowds) {
    requireClean(subject, crowd)
    await crowd.close()
  }
  return latency
}

export const p99Of = (windows: readonly number[]): number => median(windows)
