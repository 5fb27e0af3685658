import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { Process } from './process.ts'

/** Acts on the process that was caught; false: not this one. */
type Act = (process: Process) => boolean

/** Faults that wait for a certain moment: between a call's effect on the store and its reply. */
export function createTraps(clock: VirtualClock) {
  const traps = new Map<string, Act>()
  return {
    set: (method: string, act: Act): void => void traps.set(method, act),
    /** A call changed the store. */
    sprung(process: Process, method: string): void {
      if (traps.size === 0) return
      const act = traps.get(method)
      if (act === undefined) return
      traps.delete(method)
      clock.endOfTurn(() => {
        if (!act(process)) traps.set(method, act)
      })
    },
    clear: () => traps.clear(),
  }
}
export type Traps = ReturnType<typeof createTraps>
