import { assert } from './assert.ts'
import type { CancelTimer, Clock } from './clock.ts'
import { timerHeap } from './timer-heap.ts'

/** More turns of the event loop than this without time moving on are a loop of timers without delay: our own bug. */
const TURNS_AT_ONE_TIME_MAX = 10_000

export interface VirtualClockOptions {
  /** Wall clock at the start, integer ms since the Unix epoch. */
  readonly startMs?: number
}

/** A clock that stands still until told to move: the same calls give the same order of callbacks on every machine. */
export interface VirtualClock extends Clock {
  /**
   * Moves time by `ms`, running all timers that fall due, ends of turns and promises on the way. Each due time is a turn:
   * its timers in the order (due, set), then what asked for the end of the turn; promises settle after each callback.
   * Rejects with what a callback throws.
   */
  advance(ms: number): Promise<void>
  /** As `advance(0)`: all that can happen now, without time moving. */
  settle(): Promise<void>
  /** Moves the wall clock alone, as an administrator or NTP would; timers do not notice. */
  jump(ms: number): void
  /** When the next timer falls due, on the monotonic clock; null: there is none. */
  nextDueMs(): number | null
}

export function virtualClock({ startMs = 1_700_000_000_000 }: VirtualClockOptions = {}): VirtualClock {
  const timers = timerHeap()
  let endOfTurn: (() => void)[] = []
  let wallOffsetMs = startMs
  let elapsedMs = 0
  let advancing = false

  async function runAll(callbacks: Iterable<() => void>): Promise<void> {
    for (const run of callbacks) {
      run()
      await promises()
    }
  }

  /** One turn of the event loop. False: nothing was to be done before `untilMs`. */
  async function turn(untilMs: number): Promise<boolean> {
    const dueMs = timers.nextDueMs()
    const due = dueMs !== null && dueMs <= untilMs ? dueMs : null
    if (due === null && endOfTurn.length === 0) return false
    // An end of turn that was asked for between turns comes before time moves.
    if (due !== null && (due <= elapsedMs || endOfTurn.length === 0)) {
      elapsedMs = Math.max(elapsedMs, due)
      await runAll(timers.takeDue(elapsedMs))
    }
    const ending = endOfTurn
    endOfTurn = []
    await runAll(ending)
    return true
  }

  async function advance(ms: number): Promise<void> {
    assert(ms >= 0, `time does not go back: ${ms}`)
    assert(!advancing, 'somebody else advances this clock')
    advancing = true
    try {
      const untilMs = elapsedMs + ms
      await promises()
      let turns = 0
      let atMs = elapsedMs
      while (await turn(untilMs)) {
        turns = atMs === elapsedMs ? turns + 1 : 0
        atMs = elapsedMs
        assert(turns < TURNS_AT_ONE_TIME_MAX, `time stands still at ${elapsedMs} ms`)
      }
      elapsedMs = untilMs
    } finally {
      advancing = false
    }
  }

  return {
    now: () => Math.floor(wallOffsetMs + elapsedMs),
    monotonic: () => elapsedMs,
    after: (delayMs, run): CancelTimer => timers.add(elapsedMs + Math.max(0, delayMs), run),
    endOfTurn(run) {
      endOfTurn.push(run)
    },
    advance,
    settle: () => advance(0),
    jump(ms) {
      wallOffsetMs += ms
    },
    nextDueMs: () => timers.nextDueMs(),
  }
}

/** Resolves when no promise job is left to run: an immediate comes after all of them, however they chain. */
const promises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
