import type { Clock } from '../kit/clock.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import { LedgerUnknown } from './shard/ledger.ts'

/** For tests: one server's process. Everything that reaches its code comes through `enter` or its clock. */
export interface TestProcess {
  readonly clock: Clock
  /** Now; when it wakes up; or, once it is dead, never. */
  enter(run: () => void): void
  /** Nothing runs until `wake`; then everything that fell due meanwhile does. */
  pause(): void
  wake(): void
  kill(): void
}

export function testProcess(base: VirtualClock): TestProcess {
  let state: 'running' | 'paused' | 'dead' = 'running'
  let waiting: (() => void)[] = []

  function enter(run: () => void): void {
    if (state === 'running') run()
    else if (state === 'paused') waiting.push(run)
  }

  return {
    clock: {
      now: base.now,
      monotonic: base.monotonic,
      after(delayMs, run) {
        let due = true
        const cancel = base.after(delayMs, () =>
          enter(() => {
            if (due) run()
          }),
        )
        return () => {
          due = false
          cancel()
        }
      },
      endOfTurn: (run) => base.endOfTurn(() => enter(run)),
    },
    enter,
    pause() {
      state = 'paused'
    },
    wake() {
      state = 'running'
      const held = waiting
      waiting = []
      for (const run of held) base.after(0, () => enter(run))
    },
    kill() {
      state = 'dead'
      waiting = []
    },
  }
}

/**
 * How calls through a link go: answered; kept until the link changes (`held`); refused (`down`); or done, but the answer is lost
 * (`deaf`). What the caller of a lost call is told is LedgerUnknown.
 */
export type LinkState = 'open' | 'held' | 'down' | 'deaf'

/** For tests: the connection of one server to its stores. */
export interface TestLink {
  set(state: LinkState): void
  /** `target` at the other end. */
  through<T extends object>(target: T): T
}

export function testLink(): TestLink {
  let state: LinkState = 'open'
  let waiting: (() => void)[] = []

  async function call(method: (...args: unknown[]) => unknown, target: object, args: unknown[]): Promise<unknown> {
    if (state === 'held') await new Promise<void>((resolve) => waiting.push(resolve))
    if (state === 'down') throw new LedgerUnknown('out of reach')
    const answer = await Reflect.apply(method, target, args)
    if (state === 'deaf') throw new LedgerUnknown('the answer was lost')
    return answer
  }

  return {
    set(next) {
      state = next
      if (state === 'held') return
      const runs = waiting
      waiting = []
      for (const run of runs) run()
    },
    through: (target) =>
      new Proxy(target, {
        get(object, name) {
          const method: unknown = Reflect.get(object, name)
          if (typeof method !== 'function') return method
          return (...args: unknown[]) => call(method as (...args: unknown[]) => unknown, object, args)
        },
      }),
  }
}
