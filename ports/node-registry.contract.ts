import { describe, expect, test } from 'vitest'
import type { NodeRecord, NodeRegistry, Route } from './node-registry.ts'

const TTL_MS = 1_500

const rowOf = (node: string, part: Partial<NodeRecord> = {}): NodeRecord => ({
  node,
  region: 'local',
  players: 3,
  rooms: 2,
  draining: false,
  ...part,
})

export interface NodeRegistryUnderTest {
  readonly registry: NodeRegistry
  /** Lets `ms` pass on the clock that rows live by. */
  readonly pass: (ms: number) => Promise<void>
}

/** What every NodeRegistry promises. `newRegistry()` gives an empty one. */
export function nodeRegistryContract(name: string, newRegistry: () => Promise<NodeRegistryUnderTest>): void {
  const names = async (registry: NodeRegistry) => (await registry.nodes()).map(({ node }) => node).sort()
  const byShard = async (registry: NodeRegistry) => [...(await registry.routes())].sort((a, b) => a.shard - b.shard)

  describe(`${name} as NodeRegistry: nodes`, () => {
    test('[node] what a node last said of itself is read back whole', async () => {
      const { registry } = await newRegistry()
      expect(await registry.nodes()).toEqual([])
      await registry.heartbeat(rowOf('a.1'), TTL_MS)
      const later = rowOf('a.1', { region: 'far', players: 10_000, rooms: 0, draining: true })
      await registry.heartbeat(later, TTL_MS)
      expect(await registry.nodes()).toEqual([later])
    })

    test('[node] a row ends when it was not said again for its ttl, not before', async () => {
      const { registry, pass } = await newRegistry()
      await registry.heartbeat(rowOf('a.1'), TTL_MS)
      await registry.heartbeat(rowOf('b.1'), TTL_MS)
      await pass(TTL_MS - 500)
      expect(await names(registry)).toEqual(['a.1', 'b.1'])
      await registry.heartbeat(rowOf('b.1'), TTL_MS)
      await pass(500)
      expect(await names(registry)).toEqual(['b.1'])
      await registry.heartbeat(rowOf('a.1'), TTL_MS)
      expect(await names(registry), 'it lives after all').toEqual(['a.1', 'b.1'])
    })

    test('[node] who leaves is gone at once; boots of one node are apart', async () => {
      const { registry } = await newRegistry()
      for (const node of ['a.1', 'a.2', 'b.1']) await registry.heartbeat(rowOf(node), TTL_MS)
      await registry.leave('a.1')
      await registry.leave('a.1')
      expect(await names(registry)).toEqual(['a.2', 'b.1'])
    })
  })

  describe(`${name} as NodeRegistry: routes`, () => {
    const route = (shard: number, epoch: number, node: string): Route => ({ shard, epoch, node })

    test('[route] a route is found by its shard and among all; an unknown shard has none', async () => {
      const { registry } = await newRegistry()
      expect(await registry.routes()).toEqual([])
      const [low, high] = [route(0, 1, 'a.1'), route(0xffff_ffff, 1_000_000_007, 'b.1')]
      await registry.publish([high, low])
      await registry.publish([])
      expect(await byShard(registry)).toEqual([low, high])
      expect(await registry.route(0xffff_ffff)).toEqual(high)
      expect(await registry.route(7)).toBeNull()
    })

    test('[route] routes only grow by epoch, each for itself', async () => {
      const { registry } = await newRegistry()
      await registry.publish([route(1, 9, 'a.1'), route(2, 9, 'a.1'), route(3, 9, 'a.1')])
      await registry.publish([route(1, 10, 'b.1'), route(2, 8, 'b.1'), route(3, 9, 'b.1')])
      expect(await byShard(registry)).toEqual([route(1, 10, 'b.1'), route(2, 9, 'a.1'), route(3, 9, 'a.1')])
    })

    test('[route] a dead node never stands before a living one, whatever its epoch', async () => {
      const { registry, pass } = await newRegistry()
      await registry.heartbeat(rowOf('dead.1'), TTL_MS)
      await registry.publish([route(1, 9, 'dead.1')])
      await registry.heartbeat(rowOf('a.1'), 2 * TTL_MS)
      await registry.publish([route(1, 9, 'a.1')])
      expect(await registry.route(1), 'it lives').toEqual(route(1, 9, 'dead.1'))
      await pass(TTL_MS)
      await registry.publish([route(1, 8, 'a.1')])
      expect(await registry.route(1)).toEqual(route(1, 8, 'a.1'))
      await registry.publish([route(1, 8, 'dead.1')])
      expect(await registry.route(1)).toEqual(route(1, 8, 'a.1'))
    })

    test('[route] the higher epoch wins in whatever order two nodes say theirs', async () => {
      const { registry } = await newRegistry()
      const [older, newer] = [[route(1, 1, 'a.1')], [route(1, 2, 'b.1')]]
      await Promise.all([newer, older, newer, older].map((routes) => registry.publish(routes)))
      expect(await registry.route(1)).toEqual(newer[0])
    })

    test('[route] a deleted shard has no route, a dead node keeps its own: others find its shards there', async () => {
      const { registry, pass } = await newRegistry()
      await registry.heartbeat(rowOf('a.1'), TTL_MS)
      await registry.publish([route(1, 1, 'a.1'), route(2, 1, 'a.1')])
      await registry.withdraw(1)
      await registry.withdraw(1)
      await pass(TTL_MS)
      expect(await registry.nodes()).toEqual([])
      expect(await registry.routes()).toEqual([route(2, 1, 'a.1')])
      expect(await registry.route(1)).toBeNull()
    })
  })
}
