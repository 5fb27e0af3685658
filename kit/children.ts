import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'

const living = new Map<ChildProcess, NodeJS.Signals>()
process.once('exit', () => {
  for (const [child, signal] of living) child.kill(signal)
})

/** The child, which ends with this process at the latest: by `signal`. */
export function endingWithUs<C extends ChildProcess>(child: C, signal: NodeJS.Signals = 'SIGKILL'): C {
  living.set(child, signal)
  child.once('exit', () => living.delete(child))
  return child
}

/** For programs that start others: a signal that asks this process to end lets it exit, and so ends its children too. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
}
