import { describe, expect, test } from 'vitest'
import { gameIdOf } from '../../protocol/ids.ts'
import {
  versionsOf as allVersionsOf,
  playMoves,
  playTogether,
  startCluster,
  type TestCluster,
  type TestGame,
} from '../test-cluster.ts'
import type { TestSocket } from '../test-socket.ts'

/** Ana on the first server, Bo on the second, which has their game. */
async function across(servers = 2): Promise<{ cluster: TestCluster; game: TestGame; ana: TestSocket; bo: TestSocket }> {
  const cluster = await startCluster({ servers })
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(1).connect('bo')]
  return { cluster, ana, bo, game: await playTogether(ana, bo) }
}

/** Without repeats: a STATE may come again at any time. */
const versionsOf = (socket: TestSocket, gameId: TestGame['gameId']): string[] =>
  allVersionsOf(socket, gameId).filter((shown, at, all) => shown !== all[at - 1])

const told = ({ passed }: TestCluster, type: string, to?: string) =>
  passed.filter((passing) => passing.message.type === type && (to === undefined || passing.to === to))

describe('a game between two servers', () => {
  test('[P3] both sockets are shown the same, version by version, to the end', async () => {
    const { game } = await across()
    await playMoves(game, [0, 3, 1, 4, 2])
    const shown = ['state 1', 'moved 2', 'moved 3', 'moved 4', 'moved 5', 'moved 6', 'ended 7']
    for (const socket of game.sockets) expect(versionsOf(socket, game.gameId)).toEqual(shown)
  })

  test('[P8] refusals of a remote owner carry the board and change nothing', async () => {
    const { game, cluster } = await across()
    const [x, o] = game.sockets
    const { gameId } = game
    await playMoves(game, [4])
    expect(await x.ask({ type: 'move', gameId, ply: 1, cell: 0 })).toMatchObject({
      code: 'NOT_YOUR_TURN',
      details: { version: 2, board: 81 },
    })
    expect(await o.ask({ type: 'move', gameId, ply: 1, cell: 4 })).toMatchObject({ code: 'INVALID_MOVE' })
    expect(await o.ask({ type: 'move', gameId, ply: 0, cell: 1 })).toMatchObject({ code: 'STALE' })
    expect(await o.ask({ type: 'unwatch', gameId })).toMatchObject({ code: 'FORBIDDEN' })
    const cy = await cluster.node(0).connect('cy')
    expect(await cy.ask({ type: 'move', gameId, ply: 1, cell: 0 })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await cy.ask({ type: 'resign', gameId })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await cy.ask({ type: 'rematch', gameId })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await x.ask({ type: 'rematch', gameId })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await cy.ask({ type: 'say', gameId, phrase: 1 })).toMatchObject({ code: 'FORBIDDEN' })
    expect(versionsOf(o, gameId)).toEqual(['state 1', 'moved 2'])
  })

  test('[P3] spectators of another server cost one copy of each event, however many they are', async () => {
    const { cluster, game } = await across(3)
    const { gameId } = game
    const crowd: TestSocket[] = []
    for (let n = 0; n < 5; n++) {
      const spectator = await cluster.node(2).connect(`fan${n}`)
      expect(await spectator.ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
      crowd.push(spectator)
    }
    await playMoves(game, [4])
    expect(told(cluster, 'event', cluster.node(2).server.node)).toHaveLength(1)
    for (const fan of crowd) {
      expect(versionsOf(fan, gameId)).toEqual(['state 1', 'moved 2'])
      expect(fan.of('state')[0]!.game.you).toBeNull()
    }
    await cluster.clock.advance(1_000)
    expect(crowd[0]!.of('watchers').at(-1)).toMatchObject({ gameId, count: 5 })
    expect(await crowd[0]!.ask({ type: 'say', gameId, phrase: 3 })).toMatchObject({ type: 'ok' })
    expect(game.sockets[0].of('said')).toEqual([{ type: 'said', gameId, seat: null, phrase: 3 }])
    for (const fan of crowd.slice(1)) fan.close()
    await cluster.clock.settle()
    expect(told(cluster, 'leave')).toHaveLength(0)
    expect(await crowd[0]!.ask({ type: 'unwatch', gameId })).toMatchObject({ type: 'ok' })
    expect(told(cluster, 'leave')).toHaveLength(1)
    await playMoves(game, [0], 1)
    expect(told(cluster, 'event', cluster.node(2).server.node)).toHaveLength(2) // the move before and SAID
  })

  test('[P4] a rematch across servers opens one game, seats swapped', async () => {
    const { game } = await across()
    const [x, o] = game.sockets
    const { gameId } = game
    await x.ask({ type: 'resign', gameId })
    expect(await x.ask({ type: 'rematch', gameId })).toEqual({ type: 'ok', rid: expect.any(Number) })
    expect(o.of('offer')).toEqual([{ type: 'offer', gameId, seat: 0 }])
    const agreed = await o.ask({ type: 'rematch', gameId })
    expect(agreed).toMatchObject({ type: 'ok', value: expect.any(String) })
    const next = (agreed as { value: string }).value
    expect(await o.ask({ type: 'rematch', gameId })).toMatchObject({ type: 'ok', value: next })
    expect([x, o].map((socket) => socket.of('state').at(-1)!)).toMatchObject([
      { gameId: next, game: { you: 1 } },
      { gameId: next, game: { you: 0 } },
    ])
  })
})

describe('a bus that loses', () => {
  test('[P3] a lost event is a gap: the game is seen anew, and goes on by one', async () => {
    const { cluster, game, ana } = await across()
    cluster.losing.when = ({ message }) => message.type === 'event'
    await playMoves(game, [4])
    expect(versionsOf(ana, game.gameId)).toEqual(['state 1'])
    cluster.losing.when = () => false
    await playMoves(game, [0], 1)
    expect(versionsOf(ana, game.gameId)).toEqual(['state 1', 'state 3'])
    await playMoves(game, [1], 2)
    expect(versionsOf(ana, game.gameId)).toEqual(['state 1', 'state 3', 'moved 4'])
  })

  test('[P3] an event that comes twice or late is shown once', async () => {
    const { cluster, game, ana } = await across()
    await playMoves(game, [4])
    const { message } = told(cluster, 'event').at(-1)!
    if (message.type !== 'event') throw new Error('no event')
    cluster.node(0).server.parts.fanout.subscriber.event(message.event)
    await playMoves(game, [0], 1)
    cluster.node(0).server.parts.fanout.subscriber.event(message.event)
    await cluster.clock.settle()
    expect(versionsOf(ana, game.gameId)).toEqual(['state 1', 'moved 2', 'moved 3'])
  })

  test('[P3] the last event of all is found by the refresh within 5 s', async () => {
    const { cluster, game, ana } = await across()
    cluster.losing.when = ({ message }) => message.type === 'event'
    await game.sockets[0].ask({ type: 'resign', gameId: game.gameId })
    cluster.losing.when = () => false
    await cluster.clock.advance(5_000)
    expect(ana.of('state').at(-1)!).toMatchObject({ version: 2, game: { status: 'forfeited' } })
    // It is over here too: one may play anew, and nobody asks any more.
    const before = told(cluster, 'refresh').length
    await cluster.clock.advance(10_000)
    expect(told(cluster, 'refresh')).toHaveLength(before)
  })

  test('[P4] a request whose answer got lost is asked again after a second', async () => {
    const { cluster, game, ana } = await across()
    const rid = ana.request({ type: 'watch', gameId: game.gameId })
    cluster.losing.when = ({ message }) => message.type === 'answer'
    await cluster.clock.advance(900)
    expect(ana.answerTo(rid)).toBeNull()
    cluster.losing.when = () => false
    await cluster.clock.advance(400)
    expect(ana.answerTo(rid)).toMatchObject({ type: 'ok' })
  })

  test('[P8] unanswered for 5 s is UNAVAILABLE; what was said is never said twice', async () => {
    const { cluster, game, ana, bo } = await across()
    const { gameId } = game
    cluster.losing.when = ({ message }) => message.type === 'answer'
    const asked = [ana.request({ type: 'say', gameId, phrase: 7 }), ana.request({ type: 'watch', gameId })]
    await cluster.clock.advance(4_700)
    expect(asked.map(ana.answerTo)).toEqual([null, null])
    await cluster.clock.advance(600)
    for (const rid of asked) expect(ana.answerTo(rid)).toMatchObject({ code: 'UNAVAILABLE' })
    expect(bo.of('said')).toHaveLength(1)
    expect(cluster.node(0).server.parts.mesh.pending()).toBe(0)
  })

  test('[P4] when the owner changes, open requests are asked of the new one, but SAY is not', async () => {
    const { cluster, game, ana } = await across()
    const { gameId } = game
    cluster.losing.when = ({ message }) => message.type === 'answer'
    const watching = ana.request({ type: 'watch', gameId })
    ana.request({ type: 'say', gameId, phrase: 7 })
    await cluster.clock.settle()
    expect([ana.answerTo(watching), ana.of('said').length]).toEqual([null, 1])
    void cluster.node(1).server.drain('draining')
    await cluster.clock.advance(100)
    expect([ana.answerTo(watching)?.type, ana.of('said').length]).toEqual(['ok', 1])
  })

  test('[P3] an opening that was never told is found by the player who waits for it', async () => {
    const { cluster, ana, bo } = await across()
    const { clock, tickets, users } = cluster
    for (const socket of [ana, bo]) {
      const { games } = socket.of('welcome')[0]!.info
      expect(games).toEqual([])
    }
    await bo.ask({ type: 'resign', gameId: ana.of('state')[0]!.gameId })
    await ana.ask({ type: 'find', mode: 'casual' })
    await bo.ask({ type: 'find', mode: 'casual' })
    cluster.losing.when = ({ message }) => message.type === 'opened'
    const epoch = (await tickets.lead('test', 'm', 10_000))!
    const [a, b] = await tickets.waiting('test', 'casual')
    const match = {
      id: 'm1',
      mode: 'casual',
      region: 'test',
      tickets: [a!, b!],
      reason: { waitedMs: [0, 0], width: 50, distance: 0 },
      pairedAtMs: clock.now(),
    } as const
    expect(await tickets.takePair(epoch, match)).toBe('taken')
    const placing = cluster.node(1).server.place(match)
    await clock.settle()
    expect(await placing).toEqual({ type: 'placed' })
    await tickets.placed('test', 'm1')
    cluster.losing.when = () => false
    expect((await users.get(ana.userId)).record.occupation.type).toBe('playing')
    const before = ana.of('state').length
    await clock.advance(6_000)
    expect(ana.of('state').length).toBe(before + 1)
  })
})

describe('routes', () => {
  test('[P8] an id of no game of ours, and a shard that nobody has, are NOT_FOUND', async () => {
    const { cluster, ana } = await across()
    expect(await ana.ask({ type: 'watch', gameId: 'nonsense' })).toMatchObject({ code: 'NOT_FOUND' })
    const unknown = gameIdOf(12345, cluster.random)
    expect(await ana.ask({ type: 'watch', gameId: unknown })).toMatchObject({ code: 'NOT_FOUND' })
    const inOurs = gameIdOf(cluster.node(0).server.parts.shards.all()[0]!.shard, cluster.random)
    expect(await ana.ask({ type: 'watch', gameId: inOurs })).toMatchObject({ code: 'NOT_FOUND' })
    const inTheirs = gameIdOf(cluster.node(1).server.parts.shards.all()[0]!.shard, cluster.random)
    expect(await ana.ask({ type: 'watch', gameId: inTheirs })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('[P8] a game of a shard that was deleted is not found, though the server that had it lives', async () => {
    const { cluster, ana } = await across()
    const { shard } = cluster.node(1).server.parts.shards.all()[0]!
    expect(cluster.node(0).server.parts.mesh.routes.get(shard)).not.toBeNull()
    cluster.node(1).server.parts.shards.gate(shard)!.close('removed')
    await cluster.registry.withdraw(shard)
    const rid = ana.request({ type: 'watch', gameId: gameIdOf(shard, cluster.random) })
    await cluster.clock.advance(4_500)
    expect(ana.answerTo(rid)).toBeNull()
    await cluster.clock.advance(1_000)
    expect(ana.answerTo(rid)).toMatchObject({ code: 'NOT_FOUND' })
    const again = await ana.ask({ type: 'watch', gameId: gameIdOf(shard, cluster.random) })
    expect(again).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('[P8] with the registry out of reach an unknown shard is UNAVAILABLE, not NOT_FOUND', async () => {
    const { cluster, ana } = await across()
    cluster.node(0).link.set('down')
    const asked = await ana.ask({ type: 'watch', gameId: gameIdOf(12345, cluster.random) })
    expect(asked).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('[P3] a server with an old route is told the new one, and the answer comes from there', async () => {
    const { cluster, game } = await across(3)
    const { clock, node, passed } = cluster
    const { gameId } = game
    const fan = await node(2).connect('fan')
    await fan.ask({ type: 'watch', gameId })
    // The third server hears nothing of the hand-over but what it asks for.
    node(2).link.set('held')
    cluster.losing.when = ({ to, message }) => to === node(2).server.node && message.type === 'routes'
    void node(1).server.drain('draining')
    await clock.advance(100)
    expect(node(0).server.parts.owner.rooms.has(gameId)).toBe(true)
    passed.length = 0
    expect(await fan.ask({ type: 'watch', gameId })).toMatchObject({ type: 'ok' })
    const answers = passed.flatMap(({ to, message }) =>
      to === node(2).server.node && message.type === 'answer' ? [message.answer.type] : [],
    )
    expect(answers[0]).toBe('moved_to')
    expect(answers).toContain('snapshot')
  })

  test('[P2] an older route never replaces a newer one', async () => {
    const { cluster } = await across()
    const { routes } = cluster.node(0).server.parts.mesh
    expect(routes.learn({ shard: 5, epoch: 3, node: 'c' })).toBe(true)
    expect(routes.learn({ shard: 5, epoch: 2, node: 'b' })).toBe(false)
    expect(routes.learn({ shard: 5, epoch: 3, node: 'b' })).toBe(false)
    expect(routes.get(5)).toEqual({ shard: 5, epoch: 3, node: 'c' })
  })
})

describe('presence', () => {
  /** What a socket is told of the others after the opening. */
  const presence = (socket: TestSocket) =>
    socket
      .of('presence')
      .map(({ connected }) => connected)
      .slice(1)

  test('[P5] the last socket that closes and the first that opens are told, across servers', async () => {
    const { cluster, ana, bo } = await across()
    const second = await cluster.node(0).connect('ana')
    second.close()
    await cluster.clock.settle()
    expect(presence(bo)).toEqual([])
    ana.close()
    await cluster.clock.settle()
    expect(presence(bo)).toEqual([false])
    const back = await cluster.node(0).connect('ana')
    expect(presence(bo)).toEqual([false, true])
    bo.close()
    await cluster.clock.settle()
    expect(back.of('welcome')[0]!.info.games).toHaveLength(1)
  })

  test('[P5] a socket on each of two servers: absent only when both are closed', async () => {
    const { cluster, ana, bo, game } = await across(3)
    const other = await cluster.node(2).connect('ana')
    await other.ask({ type: 'watch', gameId: game.gameId })
    ana.close()
    await cluster.clock.settle()
    expect(presence(bo)).toEqual([])
    other.close()
    await cluster.clock.settle()
    expect(presence(bo)).toEqual([false])
  })

  test('[P5] players of a server that died are absent once it is known to be gone', async () => {
    const { cluster, bo, game } = await across()
    cluster.node(0).kill()
    await cluster.clock.advance(2_000)
    expect(presence(bo)).toEqual([false])
    const sent = told(cluster, 'event').length
    const seat = game.sockets[0] === bo ? 0 : 1
    if (seat === 0) await bo.ask({ type: 'move', gameId: game.gameId, ply: 0, cell: 4 })
    await cluster.clock.advance(1_000)
    expect(told(cluster, 'event')).toHaveLength(sent)
  })

  test('[P5] so are those of a server that the registry had lost before it died', async () => {
    const { cluster, bo } = await across()
    cluster.node(0).link.set('down')
    // Gone, as far as the registry knows; its next refresh over the bus says that it still watches.
    await cluster.clock.advance(8_000)
    expect(presence(bo).at(-1)).toBe(true)
    cluster.node(0).kill()
    await cluster.clock.advance(12_000)
    expect(presence(bo).at(-1)).toBe(false)
    const sent = told(cluster, 'event').length
    await bo.ask({ type: 'resign', gameId: bo.of('state')[0]!.gameId })
    expect(told(cluster, 'event')).toHaveLength(sent)
  })
})
