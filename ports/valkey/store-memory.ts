import type { StoreMemory } from '../store-memory.ts'
import type { Valkey } from './connect.ts'

/** Of the fullest primary; one without `maxmemory` may take what its machine has. */
export function valkeyStoreMemory(valkey: Valkey): StoreMemory {
  return {
    async share() {
      const nodes = 'nodes' in valkey ? valkey.nodes('master') : [valkey]
      const infos = await Promise.all(nodes.map((node) => node.info('memory')))
      return Math.max(...infos.map(shareOf))
    },
  }
}

export function shareOf(info: string): number {
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  const bytesMax = field('maxmemory') || field('total_system_memory')
  return bytesMax === 0 ? 0 : field('used_memory') / bytesMax
}
