import { assert } from '../kit/assert.ts'
import { type Breaker, type BreakerRules, callBegins, callEnds, closedBreaker, waitMs } from '../kit/circuit-breaker.ts'
import type { Clock } from '../kit/clock.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'

/** Who asks over REST hears within so many ms that a store is down. */
const ANSWER_MS = 2_000
/** A call unanswered for so long is given up, ms; it may still happen. A request makes a few calls, but the first that fails ends it. */
export const CALL_TIMEOUT_MS = 1_500
assert(CALL_TIMEOUT_MS < ANSWER_MS, 'a call is given up before its request must be answered')

/** The same for the embedded PostgreSQL, which takes some seconds to begin when it is first asked. */
export const EMBEDDED_CALL_TIMEOUT_MS = 15_000

/** Nobody waits longer than this for a store that is back, ms: callers are people, who try again. */
const OPEN_MS = 2_000
export const BREAKER_RULES: BreakerRules = {
  windowMs: 60_000,
  callsMin: 4,
  failedShare: 0.5,
  openMs: OPEN_MS,
  trials: 3,
}

export interface StoreGuard {
  /** The same store, whose calls are bounded in time and given up at once while it is known to be down: StoreUnavailable. */
  guard<S extends object>(store: S): S
  /** The last call found the store down, or the breaker is not yet sure of the opposite. */
  down(): boolean
}

export interface GuardOptions {
  readonly rules?: BreakerRules
  readonly callTimeoutMs?: number
}

/** One for all stores on one database: they are down together. Never retries: whoever asks over REST does. */
export function storeGuard(clock: Clock, options: GuardOptions = {}): StoreGuard {
  const { rules = BREAKER_RULES, callTimeoutMs = CALL_TIMEOUT_MS } = options
  let breaker: Breaker = closedBreaker
  let failedLast = false

  function ended(down: boolean): void {
    failedLast = down
    breaker = callEnds(breaker, rules, clock.monotonic(), down)
  }

  async function call(run: () => Promise<unknown>): Promise<unknown> {
    if (waitMs(breaker, rules, clock.monotonic()) !== 0) throw new StoreUnavailable('the store was down a moment ago')
    breaker = callBegins(breaker, rules, clock.monotonic())
    try {
      const value = await inTime(clock, callTimeoutMs, run())
      ended(false)
      return value
    } catch (error) {
      ended(error instanceof StoreUnavailable)
      throw error
    }
  }

  return {
    guard: (store) =>
      new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return (...given: unknown[]) => call(async () => Reflect.apply(member, target, given))
        },
      }),
    down: () => failedLast || breaker.phase !== 'closed',
  }
}

function inTime<T>(clock: Clock, timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => reject(new StoreUnavailable(`no answer in ${timeoutMs} ms`)))
    answer.then(resolve, reject).finally(cancel)
  })
}
