import { describe, expect, test } from 'vitest'
import { playMoves, playTogether, startCluster, type TestCluster, type TestGame, versionsOf } from '../test-cluster.ts'
import { LEASE_MARGIN_MS, LEASE_MS, RENEW_EVERY_MS } from './lease.ts'
import type { ShardId } from './ledger.ts'
import { GRACE_MS, shardOf } from './ledger-rules.ts'
import { restoreStore, snapshotStore, wipeStore } from './memory-store.ts'

const TRUSTED_MS = LEASE_MS - LEASE_MARGIN_MS

/** One server with a game of two of its players. */
async function oneGame(): Promise<{ cluster: TestCluster; game: TestGame }> {
  const cluster = await startCluster()
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo')]
  return { cluster, game: await playTogether(ana, bo) }
}

const recordOf = ({ store }: TestCluster, { gameId }: TestGame): string | undefined => {
  const shard = store.shards.get(shardOf(gameId))
  return shard?.rooms.get(gameId) ?? shard?.done.get(gameId)
}
const headOf = ({ store }: TestCluster, { gameId }: TestGame) => store.shards.get(shardOf(gameId))!.head

describe('the lease', () => {
  test('[P2] a server that cannot renew refuses moves and reads before anybody else may own its shards', async () => {
    const { cluster, game } = await oneGame()
    const { clock, node } = cluster
    const [x, o] = game.sockets
    await clock.advance(RENEW_EVERY_MS) // a renewal has just been sent
    node(0).link.set('down')
    await clock.advance(TRUSTED_MS - RENEW_EVERY_MS)
    const { gameId } = game
    expect(node(0).server.parts.shards.gate(shardOf(gameId))!.trusted()).toBe(true)
    await clock.advance(RENEW_EVERY_MS)
    expect(await x.ask({ type: 'move', gameId, ply: 0, cell: 4 })).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await o.ask({ type: 'watch', gameId })).toMatchObject({ code: 'UNAVAILABLE' })
    expect(clock.now()).toBeLessThanOrEqual(headOf(cluster, game).leaseUntilMs)
    expect(await x.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('[P2] trust ends by the monotonic clock, whatever the wall clock says', async () => {
    const { cluster, game } = await oneGame()
    const { clock, node } = cluster
    node(0).link.set('down')
    clock.jump(-3_600_000)
    await clock.advance(TRUSTED_MS)
    expect(node(0).server.parts.shards.gate(shardOf(game.gameId))!.trusted()).toBe(false)
  })

  test('[P1] when the store is back the same owner goes on, and the move in doubt is answered', async () => {
    const { cluster, game } = await oneGame()
    const { clock, node } = cluster
    const [x, o] = game.sockets
    const { gameId } = game
    node(0).link.set('down')
    const rid = x.request({ type: 'move', gameId, ply: 0, cell: 4 })
    await clock.advance(2_100)
    expect(x.answerTo(rid)).toBeNull()
    // New moves do not wait with it.
    expect(await o.ask({ type: 'move', gameId, ply: 1, cell: 0 })).toMatchObject({ code: 'UNAVAILABLE' })
    await clock.advance(10_000)
    expect([x.answerTo(rid), o.of('moved')]).toEqual([null, []])
    node(0).link.set('open')
    await clock.advance(RENEW_EVERY_MS + 200)
    expect(x.answerTo(rid)).toEqual({ type: 'ok', rid })
    expect(o.of('moved').map(({ version, cell }) => [version, cell])).toEqual([[2, 4]])
    expect(headOf(cluster, game).epoch).toBe(1)
    // 12 s of 30 were lost: they are given back, and everyone is told.
    const left = o.of('state').at(-1)!.game.deadline! - clock.now()
    expect(left).toBeGreaterThan(29_000)
  })

  test('[P6] no game ends by timeout while its gate is stuck', async () => {
    const { cluster, game } = await oneGame()
    const { clock, node } = cluster
    const [x, o] = game.sockets
    node(0).link.set('down')
    x.request({ type: 'move', gameId: game.gameId, ply: 0, cell: 4 })
    await clock.advance(120_000)
    node(0).link.set('open')
    await clock.advance(1_000)
    // The sockets were sent elsewhere meanwhile.
    const back = await node(0).connect(o.userId)
    await back.ask({ type: 'watch', gameId: game.gameId })
    expect([o.closedWith(), back.of('state').at(-1)]).toMatchObject([1001, { game: { status: 'active', moves: [4] } }])
    await clock.advance(31_000)
    expect(back.of('ended')).toMatchObject([{ reason: 'timeout', winner: 0, version: 3 }])
  })

  test('[P1] a claim whose answer got lost is made again and holds', async () => {
    const cluster = await startCluster({ servers: 2 })
    const [a, b] = [cluster.node(0), cluster.node(1)]
    const { shard, fence } = a.server.parts.shards.all()[0]!
    b.link.set('deaf')
    const taking = b.server.parts.shards.take(shard, { type: 'transfer', fence })
    await cluster.clock.settle()
    b.link.set('open')
    await cluster.clock.advance(200)
    expect(await taking).toMatchObject({ type: 'taken', epoch: 2 })
    expect(b.server.parts.shards.gate(shard)!.fence.epoch).toBe(2)
  })

  test('[P1] a claim that is never answered is given up after four tries', async () => {
    const cluster = await startCluster()
    cluster.node(0).link.set('down')
    const taking = cluster.node(0).server.parts.shards.take(9 as ShardId, { type: 'expired' })
    const settled = taking.then(
      () => 'answered',
      (error: Error) => error.name,
    )
    await cluster.clock.advance(500)
    expect(await settled).toBe('LedgerUnknown')
  })

  test('[P2] a drained server releases its leases at once when nobody takes its shards', async () => {
    const { cluster, game } = await oneGame()
    const drained = cluster.node(0).server.drain('maintenance')
    await cluster.clock.advance(5_000)
    await drained
    expect(headOf(cluster, game).leaseUntilMs).toBe(0)
    const later = await cluster.add()
    await cluster.clock.advance(2_000)
    expect(later.server.parts.owner.rooms.has(game.gameId)).toBe(true)
  })
})

const withoutDeadline = (record: string): string => record.replace(/\d+(?=,"active")/, '')

describe('a store that went back', () => {
  test('[P1] acknowledged moves are there again after a failover to a replica that lagged', async () => {
    const { cluster, game } = await oneGame()
    const { clock, store } = cluster
    const old = snapshotStore(store)
    await playMoves(game, [4, 0, 2])
    const acknowledged = recordOf(cluster, game)
    restoreStore(store, old, 'run-2')
    expect(recordOf(cluster, game)).not.toBe(acknowledged)
    await clock.advance(2 * RENEW_EVERY_MS)
    expect(recordOf(cluster, game)).toBe(acknowledged)
    expect(headOf(cluster, game).epoch).toBe(2)
    await playMoves(game, [6, 8], 3)
    expect(versionsOf(game.sockets[1], game.gameId)).toEqual([
      'state 1',
      'moved 2',
      'moved 3',
      'moved 4',
      'moved 5',
      'moved 6',
    ])
  })

  test('[P1] the next move itself finds out, and waits until everything before it is written again', async () => {
    const { cluster, game } = await oneGame()
    const old = snapshotStore(cluster.store)
    await playMoves(game, [4, 0])
    restoreStore(cluster.store, old, 'run-2')
    expect(await game.sockets[0].ask({ type: 'move', gameId: game.gameId, ply: 2, cell: 2 })).toMatchObject({
      type: 'ok',
    })
    expect(cluster.node(0).logged).toContain('shard_reclaimed')
    expect(recordOf(cluster, game)).toContain(',1402,')
  })

  test('[P1] a server that ends writes everything again before it gives its shards to another', async () => {
    const { cluster, game } = await oneGame()
    const { gameId } = game
    const heir = await cluster.add()
    await cluster.clock.advance(1_000)
    const old = snapshotStore(cluster.store)
    await playMoves(game, [4, 0])
    restoreStore(cluster.store, old, 'run-2')
    const drained = cluster.node(0).server.drain('draining')
    await cluster.clock.advance(5_000)
    await drained
    expect(heir.server.parts.owner.rooms.get(gameId)?.room.moves).toEqual([4, 0])
  })

  test('[P1] a store that restarts empty is given everything again, finished games and results too', async () => {
    const { cluster, game } = await oneGame()
    const { clock, store, ledger } = cluster
    const { gameId } = game
    const shard = shardOf(gameId)
    await playMoves(game, [0, 3, 1, 4, 2])
    const again = await playTogether(game.sockets[0], game.sockets[1])
    await playMoves(again, [8])
    const before = [recordOf(cluster, game), recordOf(cluster, again)]
    const [result] = ledger.results(shard)
    wipeStore(store, 'run-2')
    await clock.advance(2 * RENEW_EVERY_MS)
    expect([recordOf(cluster, game), recordOf(cluster, again)]).toEqual(before)
    expect(ledger.results(shard).map((row) => row.result)).toEqual([result!.result])
    await playMoves(again, [4], 1)
  })

  test('[P7] a result is sent again byte for byte when the store lost it, and not while it has it', async () => {
    const { cluster, game } = await oneGame()
    const { store, ledger, clock } = cluster
    const { gameId, sockets } = game
    await sockets[0].ask({ type: 'resign', gameId })
    const [sent] = ledger.results(shardOf(gameId))
    await sockets[1].ask({ type: 'rematch', gameId })
    const kept = snapshotStore(store)
    await sockets[0].ask({ type: 'find', mode: 'bot', level: 1 })
    restoreStore(store, kept, 'run-2')
    await clock.advance(2 * RENEW_EVERY_MS)
    expect(ledger.results(shardOf(gameId)).map((row) => row.result)).toEqual([sent!.result])
    wipeStore(store, 'run-3')
    await clock.advance(2 * RENEW_EVERY_MS)
    expect(ledger.results(shardOf(gameId)).map((row) => row.result)).toEqual([sent!.result])
  })

  test('[P1] the answers of a reclaim may get lost: it is made again', async () => {
    const { cluster, game } = await oneGame()
    const { clock, store, node } = cluster
    await playMoves(game, [4])
    const before = recordOf(cluster, game)
    wipeStore(store, 'run-2')
    const rid = game.sockets[1].request({ type: 'move', gameId: game.gameId, ply: 1, cell: 0 })
    node(0).link.set('deaf')
    await clock.advance(400)
    expect(game.sockets[1].answerTo(rid)).toBeNull()
    node(0).link.set('open')
    await clock.advance(1_000)
    expect(game.sockets[1].answerTo(rid)).toMatchObject({ type: 'ok' })
    expect(recordOf(cluster, game)).not.toBe(before)
  })

  test('[P2] a server whose lease had run out before the store lost all waits for a newer owner first', async () => {
    const { cluster, game } = await oneGame()
    const { clock, store, node } = cluster
    await playMoves(game, [4])
    const before = recordOf(cluster, game)
    node(0).link.set('down')
    await clock.advance(LEASE_MS)
    wipeStore(store, 'run-2')
    node(0).link.set('open')
    await clock.advance(LEASE_MS + GRACE_MS)
    expect(recordOf(cluster, game)).toBeUndefined()
    await clock.advance(2 * RENEW_EVERY_MS)
    // The time in which nobody could move was given back.
    expect(withoutDeadline(recordOf(cluster, game)!)).toBe(withoutDeadline(before!))
  })

  test('[P6] and whoever heard of a claim that the store forgot finds the server that goes on without it', async () => {
    const cluster = await startCluster({ servers: 3 })
    const { clock, store, node, others } = cluster
    const [ana, bo] = [await node(1).connect('ana'), await node(1).connect('bo')]
    const { gameId, sockets } = await playTogether(ana, bo)
    const [claimant, owner, other] = [node(0), node(1), node(2)]
    const watcher = await other.connect('cy')
    const kept = { ledger: snapshotStore(store), others: others.snapshot() }
    owner.link.set('down')
    other.link.set('down')
    await clock.advance(LEASE_MS + 1_000)
    expect(claimant.server.parts.shards.gate(shardOf(gameId))!.fence.epoch).toBe(2)
    other.link.set('open')
    await clock.advance(RENEW_EVERY_MS)
    expect(other.server.parts.mesh.routes.get(shardOf(gameId))).toMatchObject({ epoch: 2 })
    // The store forgets the claim, and whoever made it says nothing until the owner before has gone on.
    restoreStore(store, kept.ledger, 'run-2')
    others.goBackTo(kept.others)
    claimant.link.set('down')
    owner.link.set('open')
    await clock.advance(2 * LEASE_MS + GRACE_MS)
    claimant.link.set('open')
    await clock.advance(LEASE_MS + GRACE_MS)
    expect(await watcher.ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
    expect(await sockets[0].ask({ type: 'move', gameId, ply: 0, cell: 4 })).toMatchObject({ type: 'ok' })
    expect(versionsOf(watcher, gameId)).toEqual(['state 1', 'moved 2'])
  })

  test('[P2] and trusts a renewed lease only after that time', async () => {
    const { cluster, game } = await oneGame()
    const { clock, store, node } = cluster
    node(0).link.set('down')
    await clock.advance(LEASE_MS)
    restoreStore(store, snapshotStore(store), 'run-2')
    node(0).link.set('open')
    await clock.advance(LEASE_MS + GRACE_MS)
    const { gameId, sockets } = game
    expect(await sockets[0].ask({ type: 'watch', gameId })).toMatchObject({ code: 'UNAVAILABLE' })
    await clock.advance(2 * RENEW_EVERY_MS)
    expect(await sockets[0].ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
  })
})
