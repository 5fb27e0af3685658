import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import { playMoves, playTogether, startCluster, type TestCluster, versionsOf } from '../test-cluster.ts'
import type { TestSocket } from '../test-socket.ts'
import { createVanished, VANISHED_AFTER_MS } from './vanished.ts'

/** Ana on the first server, Bo on the second, which has their game; both have seen its moves. */
async function begun(cells: readonly number[] = [4, 0]) {
  const cluster = await startCluster({ servers: 3 })
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(1).connect('bo')]
  const game = await playTogether(ana, bo)
  await playMoves(game, cells)
  await cluster.clock.advance(6_000)
  return { cluster, ana, game }
}

/** What is shown of the game from now on, by and by. */
async function shownAfter({ clock }: TestCluster, socket: TestSocket, gameId: GameId, afterMs: number) {
  const before = versionsOf(socket, gameId).length
  await clock.advance(afterMs)
  return versionsOf(socket, gameId).slice(before)
}

test('[P1] a game that the store lost together with its server is said to be undone, once, to whoever watches it', async () => {
  const { cluster, ana, game } = await begun()
  cluster.node(1).kill()
  cluster.restartEmpty()
  expect(await shownAfter(cluster, ana, game.gameId, 120_000)).toEqual(['undone 0'])
  expect(await ana.ask({ type: 'watch', gameId: game.gameId })).toMatchObject({ type: 'error', code: 'NOT_FOUND' })
})

test('[P1] so is one that had ended', async () => {
  const { cluster, ana, game } = await begun([0, 3, 1, 4, 2])
  cluster.node(1).kill()
  cluster.restartEmpty()
  expect(await shownAfter(cluster, ana, game.gameId, 120_000)).toEqual(['undone 0'])
})

test('[P1] a game whose server lives is not, though the store has lost it', async () => {
  const { cluster, ana, game } = await begun()
  cluster.restartEmpty()
  const shown = await shownAfter(cluster, ana, game.gameId, 20_000)
  expect(shown.filter((what) => what !== 'state 3')).toEqual([])
})

test('[P3] a game that its server brings back late is shown again', async () => {
  const { cluster, ana, game } = await begun()
  const { process } = cluster.node(1)
  process.pause()
  cluster.restartEmpty()
  expect(await shownAfter(cluster, ana, game.gameId, 25_000)).toEqual(['undone 0'])
  process.wake()
  const shown = await shownAfter(cluster, ana, game.gameId, 10_000)
  expect(new Set(shown)).toEqual(new Set(['state 3']))
})

test('[P3] a finished game that was dropped after its time is no loss', async () => {
  const { cluster, ana, game } = await begun([0, 3, 1, 4, 2])
  await cluster.clock.advance(400_000)
  await ana.ask({ type: 'watch', gameId: game.gameId }) // an idle socket would close
  await cluster.clock.advance(300_000)
  cluster.node(1).kill()
  expect(await shownAfter(cluster, ana, game.gameId, 60_000)).toEqual([])
})

test('[P1] only what nobody has known for 10 s is lost', async () => {
  const clock = virtualClock()
  const lost: GameId[] = []
  const vanished = createVanished(clock, (gameId) => lost.push(gameId))
  const gameId = 'g' as GameId
  vanished.unknown(gameId)
  await clock.advance(VANISHED_AFTER_MS)
  vanished.missing(gameId)
  await clock.advance(VANISHED_AFTER_MS - 1)
  vanished.missing(gameId)
  expect(lost).toEqual([])
  vanished.settled(gameId)
  expect(vanished.isDoubtful(gameId)).toBe(false)
  vanished.missing(gameId)
  await clock.advance(VANISHED_AFTER_MS)
  expect(lost).toEqual([])
  vanished.missing(gameId)
  expect(lost).toEqual([gameId])
})

test('[P3] nothing is kept of games that nobody watches any more', () => {
  const vanished = createVanished(virtualClock(), () => {})
  for (const name of ['a', 'b'] as GameId[]) vanished.missing(name)
  vanished.prune((gameId) => gameId === 'b')
  expect((['a', 'b'] as GameId[]).filter(vanished.isDoubtful)).toEqual(['b'])
})
