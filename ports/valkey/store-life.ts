import { Cluster } from 'ioredis'
import type { StoreLife } from '../store-life.ts'
import type { Valkey } from './connect.ts'

/** By the run ids of all primaries: each changes with a restart, and when a replica takes over. */
export function valkeyStoreLife(valkey: Valkey): StoreLife {
  return {
    async current() {
      const primaries = valkey instanceof Cluster ? valkey.nodes('master') : [valkey]
      const runs = await Promise.all(
        primaries.map(async (node) => /run_id:(\w+)/.exec(await node.info('server'))?.[1] ?? ''),
      )
      return runs.sort().join(' ')
    },
  }
}
