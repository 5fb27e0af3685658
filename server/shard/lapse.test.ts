import { describe, expect, test } from 'vitest'
import { playMoves, playTogether, startCluster } from '../test-cluster.ts'
import { shardOf } from './ledger-rules.ts'

/** The second server sleeps, the first one takes its shards and is shown the next move; then the store loses everything. */
async function sleeperOf(durability: 'process' | 'replicated') {
  const cluster = await startCluster({ servers: 2, server: { durability } })
  const { clock, node, restartEmpty } = cluster
  const [ana, bo] = [await node(0).connect('ana'), await node(1).connect('bo')]
  const { gameId, sockets } = await playTogether(ana, bo)
  await playMoves({ gameId, sockets }, sockets[0] === ana ? [] : [4])
  node(1).process.pause()
  await clock.advance(6_000)
  expect(node(0).server.parts.shards.gate(shardOf(gameId))?.trusted(), 'taken over').toBe(true)
  restartEmpty()
  node(1).process.wake()
  return {
    clock,
    owners: () => cluster.nodes.filter((one) => one.server.parts.shards.gate(shardOf(gameId))?.trusted()),
  }
}

describe('a server that slept through a takeover, and then the store loses everything', () => {
  for (const durability of ['process', 'replicated'] as const) {
    test(`[P2] lets the newer owner come first: ${durability}`, async () => {
      const { clock, owners } = await sleeperOf(durability)
      for (let ms = 0; ms < 8_000; ms += 10) {
        await clock.advance(10)
        expect(owners().length, `after ${ms} ms`).toBeLessThanOrEqual(1)
      }
      expect(owners().length).toBe(1)
    })
  }
})
