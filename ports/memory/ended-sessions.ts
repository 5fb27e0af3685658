import type { Clock } from '../../kit/clock.ts'
import { ENDED_KEPT_MS, ENDED_MAX, type Ended, type EndedSessions } from '../ended-sessions.ts'

export interface MemoryEndedSessions extends EndedSessions {
  /** For an adapter that keeps them: adds one that ended at `atMs`. */
  put(ended: Ended, atMs: number): void
  kept(): Iterable<readonly [Ended, atMs: number]>
}

/** Ended sessions of this process alone. */
export function memoryEndedSessions(clock: Clock): MemoryEndedSessions {
  /** Oldest first. */
  const kept = new Map<string, readonly [Ended, atMs: number]>()

  function put(ended: Ended, atMs: number): void {
    const key = JSON.stringify([ended.userId, ended.sessionId])
    kept.delete(key)
    kept.set(key, [ended, atMs])
    for (const [oldest, [, endedAtMs]] of kept) {
      if (kept.size <= ENDED_MAX && endedAtMs > atMs - ENDED_KEPT_MS) break
      kept.delete(oldest)
    }
  }

  return {
    put,
    kept: () => kept.values(),
    async add(ended) {
      for (const one of ended) put(one, clock.now())
    },
    async read(mark) {
      const nowMs = clock.now()
      // A clock that went back has no use for the mark.
      const sinceMs = mark === null || mark > nowMs ? nowMs - ENDED_KEPT_MS : mark
      const ended = [...kept.values()].filter(([, atMs]) => atMs >= sinceMs).map(([one]) => one)
      return { ended, mark: nowMs }
    },
  }
}
