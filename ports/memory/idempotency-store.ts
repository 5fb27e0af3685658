import type { Clock } from '../../kit/clock.ts'
import { ANSWER_LENGTH_MAX, type IdempotencyStore, RUNNING_MS } from '../idempotency-store.ts'

/** Keys held at once; above it the oldest goes. */
const KEYS_MAX = 5_000

interface Entry {
  readonly run: string
  /** Null: it runs. */
  readonly answer: string | null
  readonly endsAtMs: number
}

/** Answers of this process alone; they end with it. At most 5,000, some KiB each. */
export function memoryIdempotencyStore(clock: Clock, keysMax = KEYS_MAX): IdempotencyStore {
  /** Oldest first. */
  const entries = new Map<string, Entry>()
  const live = (key: string): Entry | null => {
    const entry = entries.get(key)
    return entry !== undefined && clock.monotonic() < entry.endsAtMs ? entry : null
  }
  const runningOf = (key: string, run: string): boolean => {
    const entry = live(key)
    return entry !== null && entry.run === run && entry.answer === null
  }
  function put(key: string, entry: Entry): void {
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > keysMax) entries.delete(entries.keys().next().value!)
  }

  return {
    async begin(key, run) {
      const entry = live(key)
      if (entry !== null) return entry.answer === null ? { type: 'running' } : { type: 'done', answer: entry.answer }
      put(key, { run, answer: null, endsAtMs: clock.monotonic() + RUNNING_MS })
      return { type: 'fresh' }
    },
    async finish(key, run, answer, keptMs) {
      if (!runningOf(key, run)) return
      if (answer.length > ANSWER_LENGTH_MAX) entries.delete(key)
      else put(key, { run, answer, endsAtMs: clock.monotonic() + keptMs })
    },
    async abandon(key, run) {
      if (runningOf(key, run)) entries.delete(key)
    },
  }
}
