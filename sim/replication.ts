import { fraction, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'

/** A write waits for so long, then its outcome is unknown: as WAIT does, in ms. */
const WAIT_MS = 500
/** From a write to the replica and back, in ms: from, and up to so much more. */
const WAY_MS = 0.2
const JITTER_MS = 0.8

interface Waiting {
  readonly write: number
  /** The replica has it, and so every copy that may take over. */
  readonly safe: () => void
  /** Nobody knows whether it ever will. Called before `safe`, after it, or alone. */
  readonly late: () => void
}

/** What COMMIT_REPLICAS=1 waits for: a write counts when the replica that would take over has it. */
export function createReplication(clock: VirtualClock, random: Random) {
  const waiting: Waiting[] = []
  let writes = 0
  let held = false

  function confirm(write: number): void {
    while (waiting.length > 0 && waiting[0]!.write <= write) waiting.shift()!.safe()
  }

  return {
    /** Number of the newest write. */
    newest: () => writes,
    /** One more write. `safe` is called when the replica has it, `late` when that takes too long. */
    written(safe: () => void, late: () => void): void {
      const write = ++writes
      waiting.push({ write, safe, late })
      clock.after(WAIT_MS, late)
      if (!held) clock.after(WAY_MS + fraction(random) * JITTER_MS, () => !held && confirm(write))
    },
    /** The replica confirms nothing by itself from now on, or again. */
    hold(on: boolean): void {
      held = on
      if (!on) clock.after(WAY_MS, () => !held && confirm(writes))
    },
    /** The replica has everything up to this write. */
    confirm,
    /** A copy without them took over: they never happened. */
    forget: (): void => void waiting.splice(0),
  }
}
export type Replication = ReturnType<typeof createReplication>
