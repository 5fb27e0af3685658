import { type Clock, delay } from '../kit/clock.ts'
import type { Valkey } from '../ports/valkey/connect.ts'
import { valkeyNodeRegistry } from '../ports/valkey/node-registry.ts'
import { valkeyResultOutbox } from '../ports/valkey/result-outbox.ts'
import type { History } from './history.ts'

const DESTINATION = 'chaos'
const EVERY_MS = 300
const BATCH = 4_096
/** What a reader took from a store that failed over comes again after this, ms. */
const CLAIM_MS = 2_000

/** Reads every result that the servers send, in the place of `persistence`, and acknowledges it once it is in the history. */
export function tapResults(valkey: Valkey, clock: Clock, history: History) {
  const registry = valkeyNodeRegistry(valkey)
  const outbox = valkeyResultOutbox(valkey, {
    shards: async () => (await registry.routes()).map(({ shard }) => shard),
    destinations: [DESTINATION],
    reader: DESTINATION,
    claimMs: CLAIM_MS,
  })
  let stopped = false

  async function read(): Promise<void> {
    while (!stopped) {
      try {
        const entries = await outbox.read(DESTINATION, BATCH)
        for (const { gameId, result } of entries)
          history.add({ t: Math.round(clock.monotonic() * 10) / 10, e: 'result', g: gameId, result })
        if (entries.length > 0) await outbox.ack(DESTINATION, entries)
        if (entries.length > BATCH / 2) continue
      } catch {} // the store is away: again soon
      await delay(clock, EVERY_MS)
    }
  }
  const reading = read()
  return {
    async stop(): Promise<void> {
      stopped = true
      await reading
    },
  }
}
