import { describe, expect, test } from 'vitest'
import type { GameId } from '../../protocol/ids.ts'
import { SOCKETS_PER_USER_MAX } from '../../protocol/limits.ts'
import { playMoves, playTogether, startCluster, versionsOf } from '../test-cluster.ts'

describe('a socket', () => {
  test('[P5] WELCOME comes first and says who one is', async () => {
    const { node, clock } = await startCluster()
    const ana = await node(0).connect('ana')
    expect(ana.heard).toEqual([
      {
        type: 'welcome',
        userId: 'ana',
        serverTime: clock.now(),
        info: { name: 'ana', games: [], queue: null, protocol: 1, server: 'n1', level: 'full', durability: 'process' },
      },
    ])
  })

  test('[P8] frames that are none close the socket, each with its code', async () => {
    const { node, clock } = await startCluster()
    const frames: readonly (readonly [Uint8Array, boolean, number])[] = [
      [new TextEncoder().encode('[10,1]'), false, 1003],
      [Uint8Array.of(0xc1), true, 4400],
      [Uint8Array.of(0x91, 0xa1, 0x41), true, 4400],
      [new Uint8Array(1_025), true, 1009],
    ]
    for (const [bytes, binary, code] of frames) {
      const socket = await node(0).connect('ana')
      socket.send(bytes, binary)
      await clock.settle()
      expect(socket.closedWith()).toBe(code)
    }
  })

  test('[P8] a bad field and an unknown tag are refused, and the socket stays', async () => {
    const { node, clock } = await startCluster()
    const ana = await node(0).connect('ana')
    ana.send(Uint8Array.of(0x92, 0x03, 0x07)) // WATCH without a game
    ana.send(Uint8Array.of(0x92, 0x7f, 0x09))
    await clock.settle()
    expect(ana.of('error').map(({ rid, code }) => [rid, code])).toEqual([
      [7, 'BAD_REQUEST'],
      [9, 'UNKNOWN_TYPE'],
    ])
    expect(ana.closedWith()).toBeNull()
  })

  test('[LIMIT] the 21st frame at once is RATE_LIMITED, the 81st closes with 4429', async () => {
    const { node, clock } = await startCluster()
    const ana = await node(0).connect('ana')
    for (let n = 0; n < 20; n++) ana.send({ type: 'ping', clientTime: n })
    const rid = ana.request({ type: 'cancel' })
    ana.send({ type: 'ping', clientTime: 0 })
    await clock.settle()
    expect(ana.of('pong')).toHaveLength(20)
    expect(ana.answerTo(rid)).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 50 } })
    expect(ana.of('error').at(-1)!.rid).toBeNull()
    for (let n = 0; n < 59; n++) ana.send({ type: 'ping', clientTime: n })
    await clock.settle()
    expect(ana.closedWith()).toBe(4429)
  })

  test('[LIMIT] more than 128 requests without an answer are told to wait', async () => {
    const { node, clock } = await startCluster({ server: { framesPerSecond: 1_000 } })
    const ana = await node(0).connect('ana')
    node(0).link.set('held')
    const rids = Array.from({ length: 129 }, () => ana.request({ type: 'cancel' }))
    await clock.settle()
    expect(rids.map(ana.answerTo).filter((answer) => answer !== null)).toMatchObject([
      { rid: 129, code: 'RATE_LIMITED' },
    ])
  })

  test('[LIMIT] a fifth socket of one player closes the oldest with 4409', async () => {
    const { node, clock } = await startCluster()
    const sockets = []
    for (let n = 0; n <= SOCKETS_PER_USER_MAX; n++) sockets.push(await node(0).connect('ana'))
    await clock.settle()
    expect(sockets.map((socket) => socket.closedWith())).toEqual([4409, null, null, null, null])
  })

  test('[P3] all frames of one turn are one write', async () => {
    const { node } = await startCluster()
    const game = await playTogether(await node(0).connect('ana'), await node(0).connect('bo'))
    const [x, o] = game.sockets
    const before = [x.writes(), o.writes(), x.heard.length] as const
    await playMoves(game, [4])
    expect([x.writes() - before[0], o.writes() - before[1]]).toEqual([1, 1])
    expect(x.heard.slice(before[2]).map(({ type }) => type)).toEqual(['ok', 'moved'])
  })

  test('[P3] a slow consumer is ended with 4413: it must not be left with a gap', async () => {
    const { node, clock } = await startCluster()
    const game = await playTogether(await node(0).connect('ana'), await node(0).connect('bo'))
    const [x, o] = game.sockets
    o.stall()
    await playMoves(game, [4])
    await clock.settle()
    expect([x.closedWith(), o.closedWith()]).toEqual([null, 4413])
  })

  test('[P8] AUTH takes a token of the same player only', async () => {
    const { node } = await startCluster()
    const ana = await node(0).connect('ana')
    const codes = []
    for (const jwt of ['bo', 'bad', 'broken']) codes.push(await ana.ask({ type: 'auth', jwt }))
    expect(codes).toMatchObject([{ code: 'FORBIDDEN' }, { code: 'UNAUTHENTICATED' }, { code: 'UNAVAILABLE' }])
    expect(ana.closedWith()).toBeNull()
  })

  test('[P8] without the stores no socket is greeted: 1011', async () => {
    const { node } = await startCluster()
    node(0).link.set('down')
    const ana = await node(0).connect('ana')
    expect([ana.heard, ana.closedWith()]).toEqual([[], 1011])
  })

  test('[LIMIT] an admitted peer that hung up is not counted', async () => {
    const { node, clock } = await startCluster({ server: { maxSocketsPerAddress: 1 } })
    const { handlers } = node(0).server
    handlers.abandoned({ identity: {} as never, address: '192.0.2.1', live: null })
    const ana = await node(0).connect('ana')
    await expect(node(0).connect('bo')).rejects.toThrow('429')
    ana.close()
    await clock.settle()
    expect((await node(0).connect('bo')).of('welcome')).toHaveLength(1)
  })

  test('[WATCH] the live path watches its game unasked', async () => {
    const { node } = await startCluster()
    const { gameId } = await playTogether(await node(0).connect('ana'), await node(0).connect('bo'))
    const fan = await node(0).connect('fan', { path: `/games/${gameId}/live` })
    expect(fan.heard.map(({ type }) => type)).toEqual(['welcome', 'state'])
    const unknown = `${gameId.slice(0, -1)}${gameId.endsWith('0') ? '1' : '0'}`
    await expect(node(0).connect('fan', { path: `/games/${unknown}/live` })).rejects.toThrow('404')
  })
})

describe('watching', () => {
  /** So many running games against a bot, a player each. */
  async function games(count: number) {
    const cluster = await startCluster({ server: { framesPerSecond: 1_000, turnMs: 3_600_000 } })
    const ids: GameId[] = []
    const players = []
    for (let n = 0; n < count; n++) {
      const socket = await cluster.node(0).connect(`p${n}`)
      const answer = await socket.ask({ type: 'find', mode: 'bot', level: 1 })
      if (answer?.type === 'ok') ids.push(answer.value as GameId)
      players.push(socket)
    }
    return { cluster, ids, players, fan: await cluster.node(0).connect('fan') }
  }

  test('[WATCH] one socket watches 32 running games, a 33rd is RATE_LIMITED', async () => {
    const { ids, fan } = await games(33)
    const answers = []
    for (const gameId of ids) answers.push((await fan.ask({ type: 'watch', gameId }))!.type)
    expect(answers).toEqual([...new Array(32).fill('ok'), 'error'])
    expect(fan.of('error')).toMatchObject([{ code: 'RATE_LIMITED' }])
    expect(await fan.ask({ type: 'watch', gameId: ids[0]! })).toMatchObject({ type: 'ok' })
  })

  test('[WATCH] a socket stays with four finished games; the oldest gives way to the next', async () => {
    const { cluster, ids, players, fan } = await games(6)
    for (const [n, gameId] of ids.entries()) {
      await fan.ask({ type: 'watch', gameId })
      await players[n]!.ask({ type: 'resign', gameId })
    }
    const { fanout } = cluster.node(0).server.parts
    const watched = ids.map((gameId) => fanout.watchOf(gameId)!.connections.some(({ userId }) => userId === 'fan'))
    expect(watched).toEqual([false, false, true, true, true, true])
    await fan.ask({ type: 'watch', gameId: ids[0]! })
    expect(fanout.watchOf(ids[2]!)!.connections.some(({ userId }) => userId === 'fan')).toBe(false)
  })

  test('[WATCH] WATCH again and UNWATCH again are OK; what is unwatched is heard no more', async () => {
    const { ids, players, fan } = await games(1)
    const gameId = ids[0]!
    for (const type of ['watch', 'watch', 'unwatch', 'unwatch'] as const) {
      expect(await fan.ask({ type, gameId })).toMatchObject({ type: 'ok' })
    }
    await players[0]!.ask({ type: 'resign', gameId })
    expect(versionsOf(fan, gameId).every((shown) => shown.startsWith('state'))).toBe(true)
    expect(fan.of('ended')).toEqual([])
    expect(await players[0]!.ask({ type: 'unwatch', gameId })).toMatchObject({ type: 'ok' })
  })

  test('[WATCH] WATCHERS comes at most once a second, when the number changed', async () => {
    const { cluster, ids, players, fan } = await games(1)
    const counts = () => players[0]!.of('watchers').map(({ count }) => count)
    await cluster.clock.advance(1_000)
    expect(counts()).toEqual([1])
    await fan.ask({ type: 'watch', gameId: ids[0]! })
    await fan.ask({ type: 'unwatch', gameId: ids[0]! })
    await cluster.clock.advance(1_000)
    expect(counts()).toEqual([1])
    await fan.ask({ type: 'watch', gameId: ids[0]! })
    await cluster.clock.advance(3_000)
    expect(counts()).toEqual([1, 2])
  })
})
