import { expect, test } from 'vitest'
import type { GameId } from '../../protocol/ids.ts'
import { UNLISTED_MS } from '../bus/routes.ts'
import { playMoves, playTogether, startCluster, type TestCluster } from '../test-cluster.ts'
import { LEASE_MS } from './lease.ts'
import { LedgerUnknown } from './ledger.ts'
import { shardOf } from './ledger-rules.ts'
import { EMPTY_FOR_MS } from './retirement.ts'
import { SHARDS_PER_SERVER } from './shards.ts'

/** Finished games stay in the store for so long. */
const KEEP_MS = 660_000
const LOOK_EVERY_MS = 30_000
const RETIRED_MS = EMPTY_FOR_MS + 2 * LOOK_EVERY_MS

/** A game that ended on the second server, which is dead: the first one has its shards. */
async function adopted(servers = 2): Promise<{ cluster: TestCluster; gameId: GameId }> {
  const cluster = await startCluster({ servers })
  const { clock, node } = cluster
  const [ana, bo] = [await node(1).connect('ana'), await node(1).connect('bo')]
  const game = await playTogether(ana, bo)
  await playMoves(game, [0, 3, 1, 4, 2])
  node(1).kill()
  await clock.advance(LEASE_MS + 2_000)
  return { cluster, gameId: game.gameId }
}

/** As persistence does once every destination has them. */
async function deliverAll({ ledger, store }: TestCluster): Promise<void> {
  for (const shard of store.shards.keys())
    await ledger.deliver(
      shard,
      ledger.results(shard).map(({ id }) => id),
    )
}

const alive = ({ store }: TestCluster): number[] =>
  [...store.shards].flatMap(([shard, { head }]) => (head.deadAtMs === null ? [shard] : []))

test('[P4] an adopted shard stays as long as it answers for its games', async () => {
  const { cluster, gameId } = await adopted()
  await deliverAll(cluster)
  await cluster.clock.advance(KEEP_MS - 10_000)
  expect(alive(cluster)).toContain(shardOf(gameId))
  const ana = await cluster.node(0).connect('ana')
  expect(await ana.ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
})

test('[level] shards of dead servers end with their games: heads, leases and routes disappear everywhere', async () => {
  const { cluster, gameId } = await adopted(3)
  const { clock, node, registry } = cluster
  await deliverAll(cluster)
  await clock.advance(KEEP_MS + RETIRED_MS)
  const own = 2 * SHARDS_PER_SERVER
  expect(alive(cluster)).toHaveLength(own)
  expect(alive(cluster)).not.toContain(shardOf(gameId))
  expect(await registry.routes()).toHaveLength(own)
  for (const at of [0, 2]) {
    const { shards } = node(at).server.parts
    expect([shards.taking(), shards.all().length]).toEqual([SHARDS_PER_SERVER, SHARDS_PER_SERVER])
  }
  await clock.advance(UNLISTED_MS + 1_000)
  for (const at of [0, 2]) expect(node(at).server.parts.mesh.routes.size()).toBe(own)
  expect(node(0).logged.filter((event) => event === 'shard_doubted')).toEqual([])
  const ana = await node(0).connect('ana')
  expect(await ana.ask({ type: 'watch', gameId })).toMatchObject({ code: 'NOT_FOUND' })
})

test('[P7] a result that is not delivered everywhere keeps its shard', async () => {
  const { cluster, gameId } = await adopted()
  await cluster.clock.advance(KEEP_MS + RETIRED_MS)
  expect(alive(cluster)).toEqual(expect.arrayContaining([shardOf(gameId)]))
  expect(alive(cluster)).toHaveLength(SHARDS_PER_SERVER + 1)
  expect(cluster.node(0).server.parts.shards.gate(shardOf(gameId))?.trusted()).toBe(true)
  await deliverAll(cluster)
  await cluster.clock.advance(2 * LOOK_EVERY_MS)
  expect(alive(cluster)).toHaveLength(SHARDS_PER_SERVER)
})

test('[level] a deletion whose answer got lost is found done', async () => {
  const { cluster } = await adopted()
  const { clock, node, registry, ledger } = cluster
  await deliverAll(cluster)
  const { remove } = ledger
  let lost = 0
  ledger.remove = async (shard, fence) => {
    const removed = await remove(shard, fence)
    if (++lost <= 2) throw new LedgerUnknown('the answer was lost')
    return removed
  }
  await clock.advance(KEEP_MS + RETIRED_MS + LOOK_EVERY_MS)
  expect([lost, alive(cluster).length]).toEqual([2 + SHARDS_PER_SERVER, SHARDS_PER_SERVER])
  expect(await registry.routes()).toHaveLength(SHARDS_PER_SERVER)
  const { logged } = node(0)
  expect(logged.filter((event) => event === 'shard_removed')).toHaveLength(SHARDS_PER_SERVER)
  expect(logged).not.toContain('shard_doubted')
})

test('[level] a route that a dying server left to a deleted shard is withdrawn', async () => {
  const { clock, node, registry, ledger } = await startCluster({ servers: 2 })
  const { shard, fence } = node(1).server.parts.shards.all()[0]!
  node(1).kill()
  expect(await ledger.remove(shard, fence)).toBe(true)
  await clock.advance(LEASE_MS + 2_000)
  expect((await registry.routes()).map((route) => route.shard)).not.toContain(shard)
  expect(node(0).server.parts.shards.gate(shard)).toBeUndefined()
})
