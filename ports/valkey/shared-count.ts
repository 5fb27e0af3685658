import { type SharedCount, STEP_MS, WINDOW_MS, WINDOW_STEPS } from '../rate-limiter.ts'
import { leakOf } from '../sliding-window.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

const take = readScript(new URL('lua/rate-take.lua', import.meta.url), new URL('lua/clock.lua', import.meta.url))

/**
 * Counts on a Valkey or Redis 7, single or cluster: a key a subject, one script a call. Memory: some 25 bytes for each step in which a
 * subject was granted something, until it has rested for as long as its bucket takes to run empty.
 * @param nowMs the time to count by; default the store's own, which all processes share
 */
export function valkeySharedCount(valkey: () => Valkey | null, nowMs?: () => number): SharedCount {
  return {
    async take(subject, quota, wanted, returned) {
      const connection = valkey()
      if (connection === null) throw new Error('not connected')
      const emptyMs = Math.ceil((quota.limit / quota.sustained) * WINDOW_MS)
      const keptMs = Math.max(emptyMs, (WINDOW_STEPS + 1) * STEP_MS)
      const args = [wanted, quota.limit, leakOf(quota), WINDOW_STEPS, STEP_MS, keptMs, nowMs?.() ?? '', returned]
      const answer = (await runScript(connection, take, [`rl:{${subject}}`], args)) as readonly [number, number, number]
      return { granted: answer[0], remaining: answer[1], resetMs: answer[2] }
    },
  }
}
