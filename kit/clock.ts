/** Ends a timer; harmless after it fired. */
export type CancelTimer = () => void

/** Time as a parameter, so that production code runs unchanged on a simulator's clock. */
export interface Clock {
  /** Wall clock, integer ms since the Unix epoch. May jump; never used to measure durations. */
  now(): number
  /** Monotonic ms from an arbitrary start; never jumps, stops only with the process. */
  monotonic(): number
  /** Runs `run` once after at least `delayMs`. */
  after(delayMs: number, run: () => void): CancelTimer
  /** Runs `run` when everything that this turn of the event loop received has been handled. */
  endOfTurn(run: () => void): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  endOfTurn(run) {
    if (turn.push(run) === 1) setImmediate(endTurn)
  },
}

/** What waits for the end of this turn; one wake-up of the event loop serves it all. */
let turn: (() => void)[] = []

function endTurn(): void {
  const runs = turn
  turn = []
  for (const run of runs) run()
}

/** Repeats `run` every `periodMs`, counted from the end of the last run, until cancelled. */
export function every(clock: Clock, periodMs: number, run: () => void): CancelTimer {
  let cancelled = false
  const tick = () => {
    run()
    if (!cancelled) cancel = clock.after(periodMs, tick)
  }
  let cancel = clock.after(periodMs, tick)
  return () => {
    cancelled = true
    cancel()
  }
}

/** Resolves after at least `delayMs`. */
export const delay = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(delayMs, resolve)
  })
