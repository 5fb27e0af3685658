import { expect, test } from 'vitest'
import { nodeRegistryContract } from '../node-registry.contract.ts'
import { valkeyNodeRegistry } from './node-registry.ts'
import { testStore } from './test-stores.ts'

const single = testStore('single')
const aNode = { node: 'a.1', region: 'local', players: 0, rooms: 0, draining: false }

for (const [name, store] of [
  ['valkey', single],
  ['valkey cluster', testStore('cluster')],
] as const) {
  nodeRegistryContract(name, async () => ({
    registry: valkeyNodeRegistry(store.valkey()),
    // Rows that end earlier are what a clock that went on looks like.
    async pass(ms) {
      for (const node of await store.valkey().zrange('{n}:alive', '0', '-1'))
        await store.valkey().zincrby('{n}:alive', -ms, node)
    },
  }))
}

test('valkey: [bounded] rows of dead nodes disappear with the next heartbeat', async () => {
  const registry = valkeyNodeRegistry(single.valkey())
  await registry.heartbeat({ ...aNode, node: 'dead.1' }, 1_000)
  await single.valkey().zadd('{n}:alive', 1, 'dead.1')
  await registry.heartbeat(aNode, 1_000)
  expect(await single.valkey().hkeys('{n}:nodes')).toEqual(['a.1'])
  expect(await single.valkey().zcard('{n}:alive')).toBe(1)
})

test("valkey: [node] a dead node's row does not outlast a store's clock that went back", async () => {
  const registry = valkeyNodeRegistry(single.valkey())
  await registry.heartbeat({ ...aNode, node: 'dead.1' }, 1_000)
  await single.valkey().zincrby('{n}:alive', 3_600_000, 'dead.1')
  await registry.heartbeat(aNode, 1_000)
  expect(await registry.nodes()).toEqual([aNode])
})
