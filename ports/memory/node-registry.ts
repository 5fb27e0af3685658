import type { Clock } from '../../kit/clock.ts'
import type { NodeName } from '../bus.ts'
import type { NodeRecord, NodeRegistry, Route } from '../node-registry.ts'

export interface MemoryNodeRegistry extends NodeRegistry {
  /** All routes at this moment. */
  known(): readonly Route[]
}

/** The registry in this process; several nodes may share one. */
export function memoryNodeRegistry(clock: Clock): MemoryNodeRegistry {
  const nodes = new Map<NodeName, { readonly record: NodeRecord; readonly untilMs: number }>()
  const routes = new Map<number, Route>()

  function dropDead(): void {
    const nowMs = clock.monotonic()
    for (const [node, { untilMs }] of nodes) if (untilMs <= nowMs) nodes.delete(node)
  }

  return {
    async heartbeat(record, ttlMs) {
      const nowMs = clock.monotonic()
      nodes.set(record.node, { record, untilMs: nowMs + ttlMs })
      // No row ends later than that, unless this clock went back: then the living say so again.
      for (const [node, { untilMs }] of nodes) if (untilMs > nowMs + 2 * ttlMs) nodes.delete(node)
    },
    async nodes() {
      dropDead()
      return [...nodes.values()].map(({ record }) => record)
    },
    async leave(node) {
      nodes.delete(node)
    },
    async publish(published) {
      dropDead()
      for (const route of published) {
        const stored = routes.get(route.shard)
        const replaces =
          stored === undefined ||
          stored.epoch < route.epoch ||
          (stored.node !== route.node && nodes.has(route.node) && !nodes.has(stored.node))
        if (replaces) routes.set(route.shard, route)
      }
    },
    routes: async () => [...routes.values()],
    known: () => [...routes.values()],
    route: async (shard) => routes.get(shard) ?? null,
    async withdraw(shard) {
      routes.delete(shard)
    },
  }
}
