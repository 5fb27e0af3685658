import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { startRedisCluster } from '../../scripts/test-redis.ts'
import { closeValkey, connectValkey } from './connect.ts'

test('valkey cluster: [P6] one that is down refuses a connection, and takes it when it is up again', async () => {
  const cluster = await startRedisCluster(3)
  const nodes = cluster.nodes.map(({ url }) => new Redis(url))
  try {
    const owner = nodes[0]!
    for (const node of nodes) await node.call('CLUSTER', 'DELSLOTS', 0)
    await expect.poll(() => owner.cluster('INFO')).toContain('cluster_state:fail')
    await expect(connectValkey(cluster.url, { name: 'early' })).rejects.toThrow('down')
    await owner.call('CLUSTER', 'ADDSLOTS', 0)
    const upAgain = async (node: Redis) => (await node.cluster('INFO')).includes('cluster_state:ok')
    await expect.poll(() => Promise.all(nodes.map(upAgain)), { timeout: 5_000 }).toEqual([true, true, true])
    const valkey = await connectValkey(cluster.url, { name: 'in time' })
    expect(await valkey.set('key', 'value')).toBe('OK')
    closeValkey(valkey)
  } finally {
    for (const node of nodes) node.disconnect()
    await cluster.stop()
  }
})
