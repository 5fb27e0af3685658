import { type Breaker, type BreakerRules, callBegins, callEnds, closedBreaker, waitMs } from '../kit/circuit-breaker.ts'
import type { Clock } from '../kit/clock.ts'
import { fraction, type Random } from '../kit/random.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import type { Pauses } from './pauses.ts'

/** A call unanswered for so long is given up, ms; it may still happen. */
export const CALL_TIMEOUT_MS = 10_000
/** Retries of one call; each waits up to twice as long as the one before. Adapters try once. */
const RETRIES = 3
const RETRY_FIRST_MS = 100
const RETRY_MAX_MS = 30_000

/** Ten calls: a store that refuses three of ten for load is slow, and must not be taken for one that is down. */
const BREAKER_RULES: BreakerRules = {
  windowMs: 60_000,
  callsMin: 10,
  failedShare: 0.5,
  openMs: 30_000,
  trials: 3,
}

export interface GuardOptions {
  readonly clock: Clock
  readonly random: Random
  readonly pauses: Pauses
  /** The breaker stays open for so long, ms; default 30 s. */
  readonly breakerOpenMs?: number
  /** An attempt found the store down. */
  readonly failed: (error: StoreUnavailable) => void
}

/** Calls of one store: each bounded in time, repeated while it is down, and given up at once while that is known. */
export function createGuard({ clock, random, pauses, failed, breakerOpenMs }: GuardOptions) {
  const rules = breakerOpenMs === undefined ? BREAKER_RULES : { ...BREAKER_RULES, openMs: breakerOpenMs }
  let breaker: Breaker = closedBreaker

  async function attempt<T>(run: () => Promise<T>): Promise<T> {
    breaker = callBegins(breaker, rules, clock.monotonic())
    const ends = (down: boolean) => {
      breaker = callEnds(breaker, rules, clock.monotonic(), down)
    }
    try {
      const answer = await inTime(clock, run)
      ends(false)
      return answer
    } catch (error) {
      ends(error instanceof StoreUnavailable)
      throw error
    }
  }

  return {
    /** How long no call may begin, ms: 0 now, null until one under way has ended. */
    waitMs: () => waitMs(breaker, rules, clock.monotonic()),
    phase: () => breaker.phase,
    /** The store is known to be down, and nothing has proved the opposite since. */
    down: (): boolean => breaker.phase === 'open' || (breaker.phase === 'trial' && breaker.succeeded === 0),
    /** @throws StoreUnavailable when it was down each time, or is known to be down; what `run` throws else, at once */
    async call<T>(run: () => Promise<T>): Promise<T> {
      for (let tries = 0; ; tries++) {
        if (waitMs(breaker, rules, clock.monotonic()) !== 0) throw new StoreUnavailable('the breaker is open')
        try {
          return await attempt(run)
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error
          failed(error)
          if (tries === RETRIES || pauses.ended()) throw error
          await pauses.pause(backOffMs(random, tries))
        }
      }
    },
  }
}
export type Guard = ReturnType<typeof createGuard>

/** Full jitter: writers that failed together do not come back together. */
export const backOffMs = (random: Random, tries: number): number =>
  Math.ceil(fraction(random) * Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(tries, 20)))

function inTime<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(CALL_TIMEOUT_MS, () =>
      reject(new StoreUnavailable(`no answer in ${CALL_TIMEOUT_MS} ms`)),
    )
    run().then(resolve, reject).finally(cancel)
  })
}
