import type { CancelTimer, Clock } from '../kit/clock.ts'
import { below, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { Trace } from './trace.ts'

/** Something that waits for a paused process. */
interface Waiting {
  readonly timer: boolean
  readonly run: () => void
}

/** One operating system process as the simulator sees it: all that ever reaches its code comes through here. */
export interface Process {
  readonly name: string
  /** Its own view of time: stands still for its timers while it is paused, and has a wall clock of its own. */
  readonly clock: Clock
  /** Runs `run` in the process: now, when it wakes up, or, once it is dead, never. */
  enter(run: () => void): void
  /** SIGSTOP, or a long stall: nothing runs for so long, then everything that fell due does. */
  pause(forMs: number): void
  /** SIGKILL. */
  kill(): void
  /** Its wall clock is set anew; the monotonic one does not notice. */
  jump(ms: number): void
  alive(): boolean
  paused(): boolean
  /** Monotonic ms at which it was last dead, paused or otherwise kept from its work. */
  impairedAtMs(): number
  /** Something else keeps it from its work until then: a cut or slow link. */
  impair(untilMs: number): void
}

/** Code that throws ends its process, as it does in production. */
export type Crashed = (name: string, error: unknown) => void

export function createProcess(
  name: string,
  base: VirtualClock,
  random: Random,
  trace: Trace,
  crashed: Crashed,
): Process {
  const label = trace.label(name)
  let alive = true
  let waiting: Waiting[] | null = null
  let wokenAtMs = Number.NEGATIVE_INFINITY
  let impairedMs = Number.NEGATIVE_INFINITY
  let offsetMs = 0

  function receive(timer: boolean, run: () => void): void {
    if (!alive) return
    if (waiting !== null) {
      waiting.push({ timer, run })
      return
    }
    trace.step(label, base.monotonic())
    try {
      run()
    } catch (error) {
      alive = false
      crashed(name, error)
    }
  }

  function wake(): void {
    const held = waiting ?? []
    waiting = null
    wokenAtMs = base.monotonic()
    // Where the loop stood when it was stopped decides what comes first.
    const timersFirst = below(random, 2) === 0
    const first = held.filter(({ timer }) => timer === timersFirst)
    const then = held.filter(({ timer }) => timer !== timersFirst)
    for (const { timer, run } of [...first, ...then]) base.after(0, () => receive(timer, run))
  }

  const clock: Clock = {
    now: () => base.now() + offsetMs,
    monotonic: base.monotonic,
    after(delayMs, run): CancelTimer {
      let due = true
      const cancel = base.after(delayMs, () =>
        receive(true, () => {
          if (!due) return
          due = false
          run()
        }),
      )
      return () => {
        due = false
        cancel()
      }
    },
    endOfTurn: (run) => base.endOfTurn(() => receive(false, run)),
  }

  return {
    name,
    clock,
    enter: (run) => receive(false, run),
    pause(forMs) {
      if (!alive || waiting !== null) return
      waiting = []
      base.after(forMs, () => {
        if (alive) wake()
      })
    },
    kill() {
      impairedMs = base.monotonic()
      alive = false
      waiting = null
    },
    jump(ms) {
      offsetMs += ms
    },
    alive: () => alive,
    paused: () => waiting !== null,
    impairedAtMs: () => (!alive || waiting !== null ? base.monotonic() : Math.max(impairedMs, wokenAtMs)),
    impair(untilMs) {
      impairedMs = Math.max(impairedMs, untilMs)
    },
  }
}
