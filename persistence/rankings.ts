import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Rankings } from '../ports/rankings.ts'
import type { Counts } from './counts.ts'

/** Between two looks at whether games were counted, ms: after a quiet time a game is in the rankings so soon. */
const LOOK_MS = 1_000
/** Left between the end of a refresh and the next one, ms. */
export const REFRESH_PAUSE_MS = 60_000

export interface RankingsRefreshOptions {
  readonly clock: Clock
  readonly log: Log
  readonly rankings: Pick<Rankings, 'refresh'>
  readonly counts: Counts
  /** Somebody may have counted games before this process began, without a refresh after them. */
  readonly staleAtStart: boolean
}

/** Keeps the rankings at most about a minute behind the games. No writer waits for it: what fails is tried again a minute later. */
export function createRankingsRefresh({ clock, log, rankings, counts, staleAtStart }: RankingsRefreshOptions) {
  const counted = () => counts.of.statistics.written
  /** How many games the rankings have seen; -1: not even those of before. */
  let seen = staleAtStart ? -1 : 0
  let notBeforeMs = 0
  let refreshing = false
  let cancel: CancelTimer = () => {}

  async function look(): Promise<void> {
    if (refreshing || counted() === seen || clock.monotonic() < notBeforeMs) return
    refreshing = true
    const before = counted()
    try {
      // Who refreshes now may have begun before our games were counted.
      if ((await rankings.refresh()) === 'refreshed') {
        seen = before
        counts.rankings.refreshed += 1
      }
    } catch (error) {
      counts.rankings.failed += 1
      log.warn('rankings_not_refreshed', { error })
    } finally {
      refreshing = false
      notBeforeMs = clock.monotonic() + REFRESH_PAUSE_MS
    }
  }

  return {
    start(): void {
      cancel = every(clock, LOOK_MS, () => void look())
    },
    /** A refresh under way is nobody's to wait for. */
    stop: (): void => cancel(),
  }
}
