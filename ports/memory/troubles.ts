import type { Clock } from '../../kit/clock.ts'
import type { Troubles } from '../troubles.ts'

/** Troubles of the processes in this process. */
export function memoryTroubles(clock: Clock): Troubles {
  /** By store and reporter, until when, monotonic ms. */
  const stores = new Map<string, Map<string, number>>()
  return {
    async raise(reporter, store, ttlMs) {
      const reporters = stores.get(store) ?? new Map<string, number>()
      reporters.set(reporter, clock.monotonic() + ttlMs)
      stores.set(store, reporters)
    },
    async clear(reporter, store) {
      stores.get(store)?.delete(reporter)
    },
    async raised() {
      const nowMs = clock.monotonic()
      for (const [store, reporters] of stores) {
        for (const [reporter, untilMs] of reporters) if (untilMs <= nowMs) reporters.delete(reporter)
        if (reporters.size === 0) stores.delete(store)
      }
      return [...stores.keys()].sort()
    },
  }
}
