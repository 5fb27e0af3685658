import type { Clock } from '../../kit/clock.ts'
import {
  DEAD_LETTERS_MAX,
  type DeadLetter,
  type DeadLetters,
  FAILURES_KEPT_MS,
  type Failing,
  letterKey,
} from '../dead-letters.ts'

export interface MemoryDeadLetters extends DeadLetters {
  /** All letters, oldest first. */
  letters(): Iterable<DeadLetter>
  /** The records that failed and were not given up, each as often as it failed. */
  failures(): Iterable<Failing>
}

/** Dead letters of this process; they end with it. */
export function memoryDeadLetters(clock: Clock, lettersMax = DEAD_LETTERS_MAX): MemoryDeadLetters {
  const letters = new Map<string, DeadLetter>()
  /** Least lately failed first. */
  const failures = new Map<string, { readonly record: Failing; readonly count: number; readonly atMs: number }>()

  return {
    async failed(record) {
      const nowMs = clock.monotonic()
      for (const [key, { atMs }] of failures) {
        if (nowMs - atMs < FAILURES_KEPT_MS && failures.size < DEAD_LETTERS_MAX) break
        failures.delete(key)
      }
      const key = letterKey(record)
      const count = (failures.get(key)?.count ?? 0) + 1
      failures.delete(key)
      failures.set(key, { record, count, atMs: nowMs })
      return count
    },
    async bury(letter) {
      const key = letterKey(letter)
      if (letters.has(key)) return true
      if (letters.size >= lettersMax) return false
      letters.set(key, letter)
      failures.delete(key)
      return true
    },
    count: async () => letters.size,
    list: async (count) => [...letters.values()].slice(0, count),
    async remove(record) {
      letters.delete(letterKey(record))
      failures.delete(letterKey(record))
    },
    letters: () => letters.values(),
    *failures() {
      for (const { record, count } of failures.values()) for (let n = 0; n < count; n++) yield record
    },
  }
}
