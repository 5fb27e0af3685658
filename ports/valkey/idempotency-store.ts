import { ANSWER_LENGTH_MAX, type IdempotencyStore, RUNNING_MS } from '../idempotency-store.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

const end = readScript(new URL('lua/idempotency-end.lua', import.meta.url))

/** Values are `r` and the run that holds the key, or `a` and the answer. */
const RUNNING = 'r'
const ANSWER = 'a'

/** Answers on a Valkey or Redis 7, single or cluster; each ends by itself. Rejects when the store is away. */
export function valkeyIdempotencyStore(valkey: () => Valkey | null): IdempotencyStore {
  const connection = (): Valkey => {
    const connected = valkey()
    if (connected === null) throw new Error('not connected')
    return connected
  }
  const endRun = (key: string, run: string, value: string, keptMs: number): Promise<unknown> =>
    runScript(connection(), end, [keyOf(key)], [RUNNING + run, value, keptMs])

  return {
    async begin(key, run) {
      const held = await connection().set(keyOf(key), RUNNING + run, 'PX', RUNNING_MS, 'NX', 'GET')
      if (held === null) return { type: 'fresh' }
      return held.startsWith(ANSWER) ? { type: 'done', answer: held.slice(ANSWER.length) } : { type: 'running' }
    },
    async finish(key, run, answer, keptMs) {
      await endRun(key, run, answer.length > ANSWER_LENGTH_MAX ? '' : ANSWER + answer, keptMs)
    },
    async abandon(key, run) {
      await endRun(key, run, '', 0)
    },
  }
}

const keyOf = (key: string): string => `idem:{${key}}`
