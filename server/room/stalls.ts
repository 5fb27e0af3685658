import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Gate } from '../shard/gate.ts'

const LOOK_EVERY_MS = 50
/** The event loop stood still when a look comes so much too late, in ms. */
const STALL_MS = 100

export interface StallsOptions {
  readonly clock: Clock
  readonly gates: () => readonly Gate[]
  /** Nobody could move in the games of the gate for so long until now. */
  readonly credit: (gate: Gate, stalledMs: number) => void
}

/** While the event loop stands still nobody can move: that time is given back. */
export function createStalls({ clock, gates, credit }: StallsOptions) {
  let lastMs = clock.monotonic()
  let cancel: CancelTimer = () => {}

  /** To be called before any deadline is judged: after a stall nobody knows which timer comes first. */
  function check(): void {
    const nowMs = clock.monotonic()
    const stalledMs = nowMs - lastMs
    lastMs = nowMs
    if (stalledMs <= LOOK_EVERY_MS + STALL_MS) return
    for (const gate of gates()) credit(gate, stalledMs)
  }

  return {
    check,
    start: () => {
      lastMs = clock.monotonic()
      cancel = every(clock, LOOK_EVERY_MS, check)
    },
    stop: () => cancel(),
  }
}
export type Stalls = ReturnType<typeof createStalls>
