import { DEAD_LETTERS_MAX, type DeadLetter, type DeadLetters, FAILURES_KEPT_MS, letterKey } from '../dead-letters.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

const lua = (name: string): URL => new URL(`lua/dead-letter-${name}.lua`, import.meta.url)
const scripts = { fail: readScript(lua('fail')), bury: readScript(lua('bury')), remove: readScript(lua('remove')) }

/** One hash tag: all destinations and shards share them. */
const FAILURES = '{dead}:failures'
const LETTERS = '{dead}:letters'
const KEYS = [FAILURES, LETTERS, '{dead}:known']

/** Dead letters in a stream of a Valkey or Redis 7, single or cluster. Every call may be repeated; one that rejects may have happened. */
export function valkeyDeadLetters(valkey: Valkey, lettersMax = DEAD_LETTERS_MAX): DeadLetters {
  return {
    async failed(record) {
      const args = [letterKey(record), FAILURES_KEPT_MS, DEAD_LETTERS_MAX]
      return (await runScript(valkey, scripts.fail, [FAILURES], args)) as number
    },
    async bury(letter) {
      const args = [letterKey(letter), JSON.stringify(letter), lettersMax]
      return (await runScript(valkey, scripts.bury, KEYS, args)) === 1
    },
    count: () => valkey.xlen(LETTERS),
    async list(count) {
      const entries = await valkey.xrange(LETTERS, '-', '+', 'COUNT', count)
      return entries.map(([, fields]) => JSON.parse(fields[1]!) as DeadLetter)
    },
    async remove(record) {
      await runScript(valkey, scripts.remove, KEYS, [letterKey(record)])
    },
  }
}
