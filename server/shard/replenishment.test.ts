import { expect, test } from 'vitest'
import type { GameId } from '../../protocol/ids.ts'
import { startCluster, type TestCluster } from '../test-cluster.ts'
import { LEASE_MS } from './lease.ts'
import type { ShardId } from './ledger.ts'
import { LedgerUnknown } from './ledger.ts'
import { shardOf } from './ledger-rules.ts'
import { SHARDS_PER_SERVER } from './shards.ts'

/** The first server is cut off until the second one has all its shards; then its link is open again. */
async function cutOff(cluster: TestCluster): Promise<readonly number[]> {
  const { clock, node } = cluster
  const before = node(0).server.parts.shards.all()
  node(0).link.set('down')
  await clock.advance(LEASE_MS + 2_000)
  expect(node(1).server.parts.shards.all()).toHaveLength(2 * SHARDS_PER_SERVER)
  node(0).link.set('open')
  return before.map(({ shard }) => shard)
}

const opened = (cluster: TestCluster): ShardId[] =>
  cluster
    .node(0)
    .server.parts.shards.all()
    .map(({ shard }) => shard)

test('[level] a server that lost its shards opens fresh ones and takes rooms again', async () => {
  const cluster = await startCluster({ servers: 2 })
  const lost = await cutOff(cluster)
  const { shards } = cluster.node(0).server.parts
  await cluster.clock.advance(300)
  expect([shards.taking(), shards.freshId()]).toEqual([0, null])
  await cluster.clock.advance(5_000)
  expect(shards.taking()).toBe(SHARDS_PER_SERVER)
  expect(opened(cluster).filter((shard) => lost.includes(shard))).toEqual([])
  const ana = await cluster.node(0).connect('ana')
  expect(await ana.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ type: 'ok' })
  const [game] = ana.of('state')
  expect(opened(cluster)).toContain(shardOf(game!.gameId))
})

test('[P6] a fresh shard is found by others however soon its server dies', async () => {
  const cluster = await startCluster({ servers: 2 })
  const { clock, node, registry, ledger } = cluster
  const unregistered: number[] = []
  const { open } = ledger
  ledger.open = async (shard, claimant) => {
    if ((await registry.route(shard)) === null) unregistered.push(shard)
    return open(shard, claimant)
  }
  await cutOff(cluster)
  await clock.advance(600)
  while (node(0).server.parts.shards.taking() === 0) await clock.advance(50)
  expect(unregistered).toEqual([])
  const ana = await node(0).connect('ana')
  const gameId = ((await ana.ask({ type: 'find', mode: 'bot', level: 1 })) as { value: string }).value as GameId
  node(0).kill()
  await clock.advance(5_000)
  expect(node(1).server.parts.owner.rooms.has(gameId)).toBe(true)
})

test('[level] a shard whose opening got no answer is opened again, not another one', async () => {
  const cluster = await startCluster({ servers: 2 })
  const { clock, ledger, store } = cluster
  const asked: ShardId[] = []
  const { open } = ledger
  ledger.open = async (shard, claimant) => {
    asked.push(shard)
    const answer = await open(shard, claimant)
    if (asked.length <= 3) throw new LedgerUnknown('the answer was lost')
    return answer
  }
  const before = store.shards.size
  await cutOff(cluster)
  await clock.advance(20_000)
  expect(new Set(asked.slice(0, 4)).size).toBe(1)
  expect(opened(cluster)).toContain(asked[0])
  expect(store.shards.size).toBe(before + SHARDS_PER_SERVER)
})

test('[level] a store that never lets a shard be opened is asked less and less often', async () => {
  const cluster = await startCluster({ servers: 2 })
  const { clock, ledger } = cluster
  const askedMs: number[] = []
  ledger.open = async () => {
    askedMs.push(clock.now())
    throw new LedgerUnknown('no memory')
  }
  await cutOff(cluster)
  await clock.advance(300_000)
  const gapsMs = askedMs.slice(1).map((atMs, at) => atMs - askedMs[at]!)
  expect(gapsMs[0]).toBeLessThan(1_100)
  expect(gapsMs.at(-1)).toBeGreaterThan(14_000)
  expect(Math.max(...gapsMs)).toBeLessThan(31_000)
})

test('[P8] a server that drains opens none in place of those that it gave away', async () => {
  const { clock, node } = await startCluster({ servers: 2 })
  void node(0).server.drain('draining')
  await clock.advance(5_000)
  expect([node(0).server.parts.shards.taking(), node(1).server.parts.shards.all().length]).toEqual([
    0,
    2 * SHARDS_PER_SERVER,
  ])
})
