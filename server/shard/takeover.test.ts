import { describe, expect, test } from 'vitest'
import type { GameId } from '../../protocol/ids.ts'
import { TAKEOVER_MS_MAX, TURN_AFTER_TAKEOVER_MS_MIN } from '../../protocol/limits.ts'
import {
  playMoves,
  playTogether,
  startCluster,
  type TestCluster,
  type TestGame,
  TURN_MS,
  versionsOf,
} from '../test-cluster.ts'
import type { TestSocket } from '../test-socket.ts'
import { shardOf } from './ledger-rules.ts'

/** Ana on the first server, Bo on the second, whose shard holds their game. */
async function across(servers = 2): Promise<{ cluster: TestCluster; game: TestGame; ana: TestSocket; bo: TestSocket }> {
  const cluster = await startCluster({ servers })
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(1).connect('bo')]
  return { cluster, ana, bo, game: await playTogether(ana, bo) }
}

const ownersOf = ({ nodes }: TestCluster, gameId: GameId): number[] =>
  nodes.flatMap(({ server }, at) => (server.parts.owner.rooms.has(gameId) ? [at] : []))

/** The move of the socket's own seat. */
const move = (game: TestGame, socket: TestSocket, ply: number, cell: number) =>
  socket.ask({ type: 'move', gameId: game.gameId, ply, cell })

/** Lets `ana` be the one to move; the ply that she makes. */
async function untilTurnOf(game: TestGame, socket: TestSocket): Promise<number> {
  if (game.sockets[0] === socket) return 0
  await playMoves(game, [4])
  return 1
}

describe('a server dies', () => {
  test('[P6] its games are playable on a survivor within 5 s, sockets elsewhere stay, versions go on by one', async () => {
    const { cluster, game, ana } = await across()
    const { clock, node } = cluster
    const ply = await untilTurnOf(game, ana)
    const before = versionsOf(ana, game.gameId)
    const diedMs = clock.monotonic()
    node(1).kill()
    const rid = ana.request({ type: 'move', gameId: game.gameId, ply, cell: 0 })
    while (ana.answerTo(rid) === null && clock.monotonic() < diedMs + TAKEOVER_MS_MAX) await clock.advance(50)
    const answer = ana.answerTo(rid)
    // Unanswered for 5 s would be UNAVAILABLE: the takeover was faster.
    expect(answer).toEqual({ type: 'ok', rid })
    expect([ana.closedWith(), ownersOf(cluster, game.gameId)]).toEqual([null, [0, 1]])
    const since = versionsOf(ana, game.gameId).slice(before.length)
    expect(since.filter((shown) => shown.startsWith('moved'))).toEqual([`moved ${ply + 2}`])
    expect(since).toContain(`state ${ply + 1}`)
  })

  for (const end of [false, true]) {
    test(`[P6] what it committed and never told is shown by the new owner: ${end ? 'an end' : 'a move'}`, async () => {
      const { cluster, game, ana } = await across()
      const { clock, node, losing } = cluster
      await playMoves(game, game.sockets[0] === ana ? [0] : [])
      const bo = game.sockets.find((socket) => socket !== ana)!
      losing.when = ({ message }) => message.type === 'event'
      const asked = end
        ? bo.ask({ type: 'resign', gameId: game.gameId })
        : move(game, bo, game.sockets[0] === ana ? 1 : 0, 8)
      expect(await asked).toMatchObject({ type: 'ok' })
      node(1).kill()
      losing.when = () => false
      await clock.advance(TAKEOVER_MS_MAX)
      const last = ana.of('state').at(-1)!
      expect(end ? last.game.status : last.game.moves.at(-1)).toBe(end ? 'forfeited' : 8)
    })
  }

  test('[P6] whoever is to move has at least 10 s left', async () => {
    const { cluster, ana } = await across()
    const { clock, node } = cluster
    await clock.advance(TURN_MS - 4_000)
    node(1).kill()
    await clock.advance(TAKEOVER_MS_MAX)
    const state = ana.of('state').at(-1)!
    expect(state.game.status).toBe('active')
    const takenMs = state.game.deadline! - TURN_AFTER_TAKEOVER_MS_MIN
    expect(takenMs).toBeGreaterThan(clock.now() - TAKEOVER_MS_MAX)
    expect(takenMs).toBeLessThanOrEqual(clock.now())
    await clock.advance(TURN_AFTER_TAKEOVER_MS_MIN)
    expect(ana.of('ended')).toMatchObject([{ reason: 'timeout' }])
  })

  test('[P6] the new owner knows who is there', async () => {
    const { cluster, ana } = await across()
    cluster.node(1).kill()
    await cluster.clock.advance(TAKEOVER_MS_MAX)
    const { players } = ana.of('state').at(-1)!.game
    expect(players.map(({ id, connected }) => [id, connected]).sort()).toEqual([
      ['ana', true],
      ['bo', false],
    ])
  })

  test('[P6] who still has long to think keeps the deadline', async () => {
    const { cluster, game, ana } = await across()
    const deadline = ana.of('state').at(-1)!.game.deadline
    cluster.node(1).kill()
    await cluster.clock.advance(TAKEOVER_MS_MAX)
    expect(await ana.ask({ type: 'watch', gameId: game.gameId })).toMatchObject({ type: 'ok' })
    expect(ana.of('state').at(-1)!.game.deadline).toBe(deadline)
  })

  test('[P5] the player of the dead server finds the game in WELCOME on another one and plays on', async () => {
    const { cluster, game, bo } = await across()
    const { clock, node } = cluster
    await playMoves(game, [4, 0])
    node(1).kill()
    await clock.advance(TAKEOVER_MS_MAX)
    const back = await node(0).connect('bo')
    expect(bo.closedWith()).toBe(1006)
    expect(back.of('welcome')[0]!.info.games).toEqual([game.gameId])
    await back.ask({ type: 'watch', gameId: game.gameId })
    expect(back.of('state').at(-1)!.game.moves).toEqual([4, 0])
    const seats = game.sockets.map((socket) => (socket === bo ? back : socket)) as [TestSocket, TestSocket]
    await playMoves({ ...game, sockets: seats }, [1, 2, 7], 2)
    expect(seats[0].of('ended')).toMatchObject([{ reason: 'line', winner: 0, version: 7 }])
  })

  test('[P7] a game whose owner died after its end is not over again: one result, both players free', async () => {
    const { cluster, game, ana } = await across()
    const { clock, node, ledger } = cluster
    node(1).link.set('open')
    await ana.ask({ type: 'resign', gameId: game.gameId })
    // It died before it could free them.
    const { record, revision } = await cluster.users.get(ana.userId)
    await cluster.users.compareAndSet(ana.userId, revision, {
      ...record,
      occupation: { type: 'playing', gameId: game.gameId },
    })
    node(1).kill()
    await clock.advance(TAKEOVER_MS_MAX)
    expect((await cluster.users.get(ana.userId)).record.occupation).toEqual({ type: 'idle' })
    expect(ledger.results(shardOf(game.gameId))).toHaveLength(1)
    expect(await ana.ask({ type: 'resign', gameId: game.gameId })).toMatchObject({ type: 'ok' })
    expect(ana.of('ended')).toHaveLength(1)
  })

  test('[P6] survivors share the shards of the dead, and a bot whose turn it was moves', async () => {
    const cluster = await startCluster({ servers: 3 })
    const { clock, node } = cluster
    const bo = await node(2).connect('bo')
    await bo.ask({ type: 'find', mode: 'bot', level: 3 })
    node(2).kill()
    await clock.advance(TAKEOVER_MS_MAX)
    const held = [0, 1].map((at) => node(at).server.parts.shards.all().length)
    expect(held[0]! + held[1]!).toBe(12)
    for (const shards of held) expect(shards).toBeGreaterThan(4)
  })

  test('[P6] rooms are loaded however often the store does not answer', async () => {
    const { cluster, game, ana } = await across()
    const { clock, node } = cluster
    node(1).kill()
    while (node(0).server.parts.shards.gate(shardOf(game.gameId)) === undefined) {
      node(0).link.set('open')
      await clock.advance(10)
      if (cluster.store.shards.get(shardOf(game.gameId))!.head.epoch > 1) node(0).link.set('deaf')
      await clock.advance(10)
    }
    await clock.advance(300)
    node(0).link.set('open')
    await clock.advance(1_000)
    expect(await ana.ask({ type: 'watch', gameId: game.gameId })).toMatchObject({ type: 'ok' })
  })
})

describe('a server drains', () => {
  test('[P6] its games move in under 100 ms; requests are held meanwhile and answered by the new owner', async () => {
    const { cluster, game, ana } = await across()
    const { clock, node } = cluster
    const ply = await untilTurnOf(game, ana)
    void node(1).server.drain('draining')
    const rid = ana.request({ type: 'move', gameId: game.gameId, ply, cell: 0 })
    await clock.advance(99)
    expect(ana.answerTo(rid)).toEqual({ type: 'ok', rid })
    expect(ownersOf(cluster, game.gameId)).toEqual([0])
    expect(cluster.store.shards.get(shardOf(game.gameId))!.head.epoch).toBe(2)
    expect(versionsOf(ana, game.gameId).filter((shown) => shown === `moved ${ply + 2}`)).toHaveLength(1)
  })

  test('[P6] sockets of the drained server are told to come back later, and are closed', async () => {
    const { cluster, bo, game } = await across()
    const drained = cluster.node(1).server.drain('draining')
    await cluster.clock.advance(5_000)
    await drained
    expect(bo.of('goodbye')).toMatchObject([{ reason: 'draining' }])
    expect(bo.closedWith()).toBe(1001)
    expect(cluster.node(1).server.health()).toMatchObject({ status: 'draining', draining: true })
    await expect(cluster.node(1).connect('cy')).rejects.toThrow('503')
    const back = await cluster.node(0).connect('bo')
    expect(back.of('welcome')[0]!.info.games).toEqual([game.gameId])
  })

  test('[P1] a commit of unknown outcome is not handed over: the shard is released for whoever finds it', async () => {
    const { cluster, game, ana } = await across()
    const { clock, node } = cluster
    const ply = await untilTurnOf(game, ana)
    node(1).link.set('held')
    const rid = ana.request({ type: 'move', gameId: game.gameId, ply, cell: 0 })
    await clock.settle()
    void node(1).server.drain('draining')
    await clock.advance(1_050)
    node(1).link.set('open')
    await clock.advance(4_000)
    expect(ownersOf(cluster, game.gameId)).toEqual([0])
    expect(ana.answerTo(rid)).toMatchObject({ type: 'ok' })
    expect(await move(game, ana, ply, 0)).toMatchObject({ type: 'ok' })
  })

  test('[P6] draining servers get no shards', async () => {
    const { cluster, game } = await across(3)
    const { clock, node } = cluster
    void node(0).server.drain('draining')
    await clock.advance(300)
    void node(1).server.drain('draining')
    await clock.advance(300)
    expect(ownersOf(cluster, game.gameId)).toEqual([2])
    expect(node(2).server.parts.shards.all()).toHaveLength(12)
  })
})

describe('a server sleeps', () => {
  test('[P2] it wakes up fenced: it changes nothing and shows nothing of its own', async () => {
    const { cluster, game, ana, bo } = await across()
    const { clock, node } = cluster
    const [x] = game.sockets
    node(1).process.pause()
    // The sleeper has a request in hand that it will see only when it wakes.
    const rid = bo.request({ type: 'move', gameId: game.gameId, ply: x === bo ? 0 : 1, cell: 8 })
    await clock.advance(TAKEOVER_MS_MAX)
    const shown = bo.heard.length
    expect(ownersOf(cluster, game.gameId)).toEqual([0, 1])
    if (x === ana) await playMoves(game, [4])
    node(1).process.wake()
    await clock.advance(1_000)
    expect(ownersOf(cluster, game.gameId)).toEqual([0])
    expect(node(1).logged).toContain('shard_lost')
    const answer = bo.answerTo(rid)
    expect(answer === null || answer.type === 'ok' || answer.code === 'UNAVAILABLE').toBe(true)
    // What its socket was shown since is what the new owner says.
    const states = bo.heard.slice(shown).filter((m) => m.type === 'state')
    expect(states.length).toBeGreaterThan(0)
    const { room } = node(0).server.parts.owner.rooms.get(game.gameId)!
    expect(room.version).toBe(
      cluster.store.shards.get(shardOf(game.gameId))!.rooms.get(game.gameId) ? room.version : -1,
    )
    for (const socket of [ana, bo]) {
      await socket.ask({ type: 'watch', gameId: game.gameId })
      expect(socket.of('state').at(-1)!.game.moves).toEqual(room.moves)
    }
  })

  test('[P2] a move that it had applied but not committed is asked of the new owner, and counts once', async () => {
    const { cluster, game, bo, ana } = await across()
    const { clock, node } = cluster
    const ply = await untilTurnOf(game, bo)
    node(1).link.set('held')
    const rid = bo.request({ type: 'move', gameId: game.gameId, ply, cell: 8 })
    await clock.settle()
    node(1).process.pause()
    await clock.advance(TAKEOVER_MS_MAX)
    node(1).process.wake()
    node(1).link.set('open')
    await clock.advance(1_000)
    const answer = bo.answerTo(rid)
    expect(answer).not.toBeNull()
    // UNAVAILABLE means: repeat. Then it is done, once.
    expect(await move(game, bo, ply, 8)).toMatchObject({ type: 'ok' })
    await ana.ask({ type: 'watch', gameId: game.gameId })
    expect(ana.of('state').at(-1)!.game.moves).toEqual(ply === 0 ? [8] : [4, 8])
    expect(versionsOf(ana, game.gameId).filter((shown) => shown === `moved ${ply + 2}`)).toHaveLength(1)
  })
})
