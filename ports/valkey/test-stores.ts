import { afterAll, beforeAll, beforeEach } from 'vitest'
import { startRedis, startRedisCluster } from '../../scripts/test-redis.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'

export interface TestStore {
  /** One connection, shared by the tests of a file. */
  valkey(): Valkey
  url(): string
}

/** Long: other tests share the machine. */
const TIMEOUT_MS = 20_000

/** For the tests of this file: one real store, single or cluster, empty before each of them. */
export function testStore(kind: 'single' | 'cluster'): TestStore {
  let store: { readonly url: string; stop(): Promise<void> } | undefined
  let valkey: Valkey | undefined
  beforeAll(async () => {
    store = await (kind === 'single' ? startRedis() : startRedisCluster(3))
    valkey = await connectValkey(store.url, { name: 'test', commandTimeoutMs: TIMEOUT_MS })
  })
  beforeEach(() => empty(valkey!))
  afterAll(async () => {
    if (valkey !== undefined) closeValkey(valkey)
    await store?.stop()
  })
  return { valkey: () => valkey!, url: () => store!.url }
}

async function empty(valkey: Valkey): Promise<void> {
  const nodes = 'nodes' in valkey ? valkey.nodes('master') : [valkey]
  await Promise.all(nodes.map((node) => node.flushall()))
}
