import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { shardOf } from '../shard/ledger-rules.ts'
import { playMoves, playTogether, startCluster, type TestCluster, type TestGame, TURN_MS } from '../test-cluster.ts'

async function oneGame(): Promise<{ cluster: TestCluster; game: TestGame }> {
  const cluster = await startCluster()
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo')]
  return { cluster, game: await playTogether(ana, bo) }
}

test('[P8] a game ends by timeout at its deadline, not before, and at most half a second late', async () => {
  const { cluster, game } = await oneGame()
  const [x] = game.sockets
  await playMoves(game, [4])
  await cluster.clock.advance(TURN_MS - 1)
  expect(x.of('ended')).toEqual([])
  await cluster.clock.advance(500)
  expect(x.of('ended')).toMatchObject([{ status: 'forfeited', reason: 'timeout', winner: 0, version: 3 }])
})

test('[P8] the wall clock decides no deadline', async () => {
  const { cluster, game } = await oneGame()
  cluster.clock.jump(3_600_000)
  await cluster.clock.advance(5_000)
  expect(game.sockets[0].of('ended')).toEqual([])
  expect(game.sockets[0].closedWith()).toBeNull()
})

test('[P1] whoever begins to watch is shown the game first, and hears what comes after that', async () => {
  const { cluster, game } = await oneGame()
  const { link, server } = cluster.node(0)
  const { gameId, sockets } = game
  const heard: string[] = []
  const note = ({ type }: { readonly type: string }) => heard.push(type)
  const watcher = { node: 'far', event: note, state: () => heard.push('state') }
  link.set('held')
  sockets[0].request({ type: 'move', gameId, ply: 0, cell: 4 })
  await cluster.clock.settle()
  server.parts.owner.request(watcher, { type: 'watch', gameId, userId: 'fan' as UserId }, note)
  link.set('open')
  await cluster.clock.settle()
  await playMoves(game, [0], 1)
  expect(heard).toEqual(['snapshot', 'moved'])
})

test('[P6] a server that dies while its WATCH waits is told nothing more', async () => {
  const { cluster, game } = await oneGame()
  const { link, server } = cluster.node(0)
  const { owner } = server.parts
  const heard: string[] = []
  const note = ({ type }: { readonly type: string }) => heard.push(type)
  const watcher = { node: 'far', event: note, state: () => heard.push('state') }
  link.set('held')
  game.sockets[0].request({ type: 'move', gameId: game.gameId, ply: 0, cell: 4 })
  await cluster.clock.settle()
  owner.request(watcher, { type: 'watch', gameId: game.gameId, userId: 'fan' as UserId }, () => {})
  owner.forgetNode('far', watcher)
  link.set('open')
  await cluster.clock.settle()
  await playMoves(game, [0], 1)
  expect(heard).toEqual([])
})

test('[P4] a finished game is answered from the store for 11 min, then it is forgotten', async () => {
  const { cluster, game } = await oneGame()
  const { clock, node, store } = cluster
  const { gameId, sockets } = game
  await sockets[0].ask({ type: 'resign', gameId })
  for (const socket of sockets) socket.close()
  await clock.advance(2_000)
  expect(node(0).server.parts.owner.rooms.has(gameId)).toBe(false)
  const fan = await node(0).connect('fan')
  await clock.advance(500_000)
  expect(await fan.ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
  expect(fan.of('state')).toMatchObject([{ version: 2, game: { reason: 'resign' } }])
  await clock.advance(200_000)
  expect(store.shards.get(shardOf(gameId))?.done.has(gameId) ?? false).toBe(false)
  const late = await node(0).connect('late')
  expect(await late.ask({ type: 'watch', gameId })).toMatchObject({ code: 'NOT_FOUND' })
})

test('[P4] what could not be forgotten is forgotten later', async () => {
  const { cluster, game } = await oneGame()
  const { clock, node, store } = cluster
  await game.sockets[0].ask({ type: 'resign', gameId: game.gameId })
  await clock.advance(658_000)
  node(0).link.set('down')
  await clock.advance(2_500)
  node(0).link.set('open')
  expect(store.shards.get(shardOf(game.gameId))!.done.has(game.gameId)).toBe(true)
  await clock.advance(10_000)
  expect(store.shards.get(shardOf(game.gameId))?.done.has(game.gameId) ?? false).toBe(false)
})

test('[P4] a finished game that is watched leaves memory after two minutes all the same', async () => {
  const { cluster, game } = await oneGame()
  const { rooms, ended } = cluster.node(0).server.parts.owner
  await game.sockets[0].ask({ type: 'resign', gameId: game.gameId })
  await cluster.clock.advance(119_000)
  expect([rooms.has(game.gameId), ended.size()]).toEqual([true, 1])
  await cluster.clock.advance(2_000)
  expect([rooms.has(game.gameId), ended.size()]).toEqual([false, 0])
  expect(await game.sockets[1].ask({ type: 'rematch', gameId: game.gameId })).toMatchObject({ type: 'ok' })
})

test('[P8] a record that nobody can read is logged and stays where it is', async () => {
  const { cluster, game } = await oneGame()
  const { store, node, clock } = cluster
  const shard = store.shards.get(shardOf(game.gameId))!
  shard.rooms.set(game.gameId, '[9]')
  const other = await cluster.add()
  node(0).kill()
  await clock.advance(5_000)
  expect(other.logged).toContain('record_unreadable')
  expect(shard.rooms.get(game.gameId)).toBe('[9]')
})
