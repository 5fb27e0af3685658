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
  /** Since time moved last. */
  let turns = 0

  /** A turn is the timers of one due time, then what asked for its end. */
  let phase: 'between' | 'timers' | 'end' = 'between'
  /** Timers of this turn were set before. */
  let before = 0
  let ends: (() => void)[] = []
  let endsRun = 0

  /** Runs the next callback. False: nothing was to be done before `untilMs`. */
  function step(untilMs: number): boolean {
    for (;;) {
      if (phase === 'timers') {
        const run = timers.takeDue(elapsedMs, before)
        if (run !== null) {
          run()
          return true
        }
        ends = endOfTurn
        endsRun = 0
        if (ends.length > 0) endOfTurn = []
        phase = 'end'
      }
      if (phase === 'end') {
        if (endsRun < ends.length) {
          ends[endsRun++]!()
          return true
        }
        phase = 'between'
      }
      if (!beginTurn(untilMs)) return false
    }
  }

  function beginTurn(untilMs: number): boolean {
    const dueMs = timers.nextDueMs()
    const due = dueMs !== null && dueMs <= untilMs ? dueMs : null
    if (due === null && endOfTurn.length === 0) return false
    turns += 1
    // The words cost more than the whole turn: they are made when they are needed.
    if (turns >= TURNS_AT_ONE_TIME_MAX) assert(false, `time stands still at ${elapsedMs} ms`)
    phase = 'timers'
    before = 0
    // An end of turn that was asked for between turns comes before time moves.
    if (due === null || (due > elapsedMs && endOfTurn.length > 0)) return true
    if (due > elapsedMs) turns = 0
    elapsedMs = Math.max(elapsedMs, due)
    before = timers.mark()
    return true
  }

  async function advance(ms: number): Promise<void> {
    assert(ms >= 0, `time does not go back: ${ms}`)
    assert(!advancing, 'somebody else advances this clock')
    advancing = true
    turns = 0
    try {
      const untilMs = elapsedMs + ms
      await inImmediates(() => step(untilMs))
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

/** Immediates that are queued at once: going through the event loop costs more than all else. */
const IMMEDIATES = 64

/** Calls `step` until it answers false. Promises settle before each call, however they chain: an immediate comes after all of them. */
function inImmediates(step: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false

    function run(): void {
      if (over) return
      try {
        over = !step()
        if (over) resolve()
      } catch (error) {
        over = true
        reject(error)
      }
    }

    function refill(count: number): void {
      if (over) return
      for (let n = 0; n < count; n++) setImmediate(run)
      setImmediate(refill, Math.min(2 * count, IMMEDIATES))
    }
    refill(1)
  })
}
