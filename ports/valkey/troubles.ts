import type { Troubles } from '../troubles.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'

const lua = (name: string): URL => new URL(`lua/${name}.lua`, import.meta.url)
const raiseTrouble = readScript(lua('trouble-raise'), lua('clock'))
const listTroubles = readScript(lua('trouble-list'), lua('clock'))

const KEY = '{n}:troubles'

/** Troubles in a Valkey or Redis 7, single or cluster; time is the store's. */
export function valkeyTroubles(valkey: Valkey): Troubles {
  const member = (reporter: string, store: string): string => JSON.stringify([store, reporter])
  return {
    async raise(reporter, store, ttlMs) {
      await runScript(valkey, raiseTrouble, [KEY], [member(reporter, store), ttlMs])
    },
    async clear(reporter, store) {
      await valkey.zrem(KEY, member(reporter, store))
    },
    async raised() {
      const rows = (await runScript(valkey, listTroubles, [KEY], [])) as string[]
      return [...new Set(rows.map((row) => (JSON.parse(row) as [string, string])[0]))].sort()
    },
  }
}
