import type { IdempotencyStore } from './idempotency-store.ts'

/** `shared`, and while it is away the store of this process: requests go on, and repeats to the same process are still known. */
export function withFallback(shared: IdempotencyStore, local: IdempotencyStore): IdempotencyStore {
  /** What runs and was begun in the local store: as many as there are requests open. */
  const localRuns = new Set<string>()
  return {
    async begin(key, run) {
      try {
        return await shared.begin(key, run)
      } catch {
        const begun = await local.begin(key, run)
        if (begun.type === 'fresh') localRuns.add(run)
        return begun
      }
    },
    finish: (key, run, answer, keptMs) => (localRuns.delete(run) ? local : shared).finish(key, run, answer, keptMs),
    abandon: (key, run) => (localRuns.delete(run) ? local : shared).abandon(key, run),
  }
}
