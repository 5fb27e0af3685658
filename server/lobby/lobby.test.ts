import { describe, expect, test } from 'vitest'
import { memoryBus } from '../../ports/memory/bus.ts'
import { decodePlaced, encodeMessage, type PlaceMessage } from '../../ports/placement.ts'
import { decodeRecord } from '../../ports/room-record.ts'
import type { Match } from '../../ports/ticket-queue.ts'
import { playMoves, playTogether, REGION, startCluster, type TestCluster } from '../test-cluster.ts'

/** Takes the two who wait into a match, as the matchmaker does. */
async function pair({ tickets, clock }: TestCluster, id: string): Promise<Match> {
  const epoch = (await tickets.lead(REGION, 'm', 60_000))!
  const [a, b] = await tickets.waiting(REGION, 'casual')
  const reason = { waitedMs: [0, 0], width: 50, distance: 0 } as const
  const match: Match = { id, mode: 'casual', region: REGION, tickets: [a!, b!], reason, pairedAtMs: clock.now() }
  expect(await tickets.takePair(epoch, match)).toBe('taken')
  return match
}

async function twoWaiting(servers = 1, seed = 1) {
  const cluster = await startCluster({ servers, seed })
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(servers - 1).connect('bo')]
  for (const socket of [ana, bo])
    expect(await socket.ask({ type: 'find', mode: 'casual' })).toMatchObject({ type: 'ok' })
  return { cluster, ana, bo }
}

async function settled<T>({ clock }: TestCluster, call: Promise<T>): Promise<T> {
  await clock.settle()
  return call
}

describe('the queue', () => {
  test('[P4] one ticket a player; QUEUE comes at once and goes on; CANCEL ends it', async () => {
    const { cluster, ana } = await twoWaiting()
    expect(await ana.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ code: 'ALREADY_QUEUED' })
    expect(ana.of('queue')).toMatchObject([{ mode: 'casual', waitedMs: 0, width: null, online: 2, botOffered: false }])
    await cluster.clock.advance(12_000)
    expect(ana.of('queue').length).toBeGreaterThanOrEqual(4)
    expect(ana.of('queue').at(-1)).toMatchObject({ botOffered: true })
    expect(await ana.ask({ type: 'cancel' })).toMatchObject({ type: 'ok' })
    expect(await ana.ask({ type: 'cancel' })).toMatchObject({ code: 'NOT_QUEUED' })
    const told = ana.of('queue').length
    await cluster.clock.advance(5_000)
    expect(ana.of('queue')).toHaveLength(told)
    expect(await ana.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ type: 'ok' })
    expect(ana.of('queue').at(-1)).toMatchObject({ mode: 'ranked', width: 50 })
  })

  test('[P5] who leaves keeps the place unpaired and finds it in WELCOME', async () => {
    const { cluster, ana } = await twoWaiting()
    const since = cluster.clock.now()
    ana.close()
    await cluster.clock.advance(3_000)
    expect(await cluster.tickets.find(REGION, ana.userId)).toMatchObject({ absentSinceMs: since })
    const back = await cluster.node(0).connect('ana')
    expect(back.of('welcome')[0]!.info.queue).toBe('casual')
    expect(await cluster.tickets.find(REGION, ana.userId)).toMatchObject({ absentSinceMs: null })
    await cluster.clock.advance(3_000)
    expect(back.of('queue').at(-1)!.waitedMs).toBeGreaterThanOrEqual(4_000)
  })

  test('[P5] a ticket that expired leaves its player idle', async () => {
    const { cluster, ana } = await twoWaiting()
    const { id } = (await cluster.tickets.find(REGION, ana.userId))!
    await cluster.node(0).server.ticketExpired(ana.userId, 'another')
    expect((await cluster.users.get(ana.userId)).record.occupation.type).toBe('queued')
    await cluster.node(0).server.ticketExpired(ana.userId, id)
    expect((await cluster.users.get(ana.userId)).record.occupation.type).toBe('idle')
  })
})

describe('a match', () => {
  test('[P4] placed twice, on two servers, is one game; both are shown it unasked', async () => {
    const { cluster, ana, bo } = await twoWaiting(2)
    const match = await pair(cluster, 'm1')
    const both = [cluster.node(0).server.place(match), cluster.node(1).server.place(match)]
    const verdicts = await settled(cluster, Promise.all(both))
    // Each may void what the other began; nobody is dropped for it.
    expect(verdicts.map(({ type }) => type)).not.toContain('refused')
    expect(await settled(cluster, cluster.node(0).server.place(match))).toEqual({ type: 'placed' })
    const ids = new Set([...ana.of('state'), ...bo.of('state')].map(({ gameId }) => gameId))
    expect(ids.size).toBe(1)
    expect(ana.of('state')[0]!.game).toMatchObject({ mode: 'casual', status: 'active' })
  })

  test('[reason] the game keeps who waited how long by seat, whoever began', async () => {
    const firsts = new Set<number>()
    for (let seed = 1; firsts.size < 2 && seed <= 20; seed++) {
      const { cluster, ana } = await twoWaiting(1, seed)
      const paired = await pair(cluster, 'm1')
      const match = { ...paired, reason: { ...paired.reason, waitedMs: [111, 222] as const } }
      await settled(cluster, cluster.node(0).server.place(match))
      const { gameId, game } = ana.of('state')[0]!
      const settledGame = await cluster.ledger.find(gameId)
      const stored = decodeRecord(settledGame!.type === 'live' ? settledGame!.record : '')
      const waits = game.players.map(({ id }) => (id === match.tickets[0].userId ? 111 : 222))
      expect(stored.ok && stored.value.match?.waitedMs).toEqual(waits)
      firsts.add(waits[0]!)
    }
    expect(firsts.size).toBe(2)
  })

  test('[P1] whose leader died before it was forgotten: a FIND after the game is a ticket, never a false ALREADY_QUEUED', async () => {
    const { cluster, ana, bo } = await twoWaiting()
    const match = await pair(cluster, 'm1')
    expect(await settled(cluster, cluster.node(0).server.place(match))).toEqual({ type: 'placed' })
    const { gameId } = ana.of('state')[0]!
    expect(await ana.ask({ type: 'resign', gameId })).toMatchObject({ type: 'ok' })
    await cluster.clock.advance(100)
    expect(await cluster.tickets.pending(REGION)).toHaveLength(1)
    expect(await ana.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ type: 'ok' })
    expect(await cluster.tickets.find(REGION, ana.userId)).toMatchObject({ mode: 'ranked' })
    expect(await bo.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ type: 'ok' })
    expect(await cluster.tickets.pending(REGION)).toEqual([])
  })

  test('[P1] and so for a ticket that waits though its player is idle, after a store that lost the one and kept the other', async () => {
    const { cluster, ana } = await twoWaiting()
    const before = await cluster.tickets.find(REGION, ana.userId)
    const { record, revision } = await cluster.users.get(ana.userId)
    await cluster.users.compareAndSet(ana.userId, revision, { ...record, occupation: { type: 'idle' } })
    expect(await ana.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ type: 'ok' })
    const after = await cluster.tickets.find(REGION, ana.userId)
    expect(after).toMatchObject({ mode: 'ranked' })
    expect(after!.id).not.toBe(before!.id)
  })

  test('[P1] that still waits for its room takes no FIND, and says to come again', async () => {
    const { cluster, ana } = await twoWaiting()
    await pair(cluster, 'm1')
    const { record, revision } = await cluster.users.get(ana.userId)
    await cluster.users.compareAndSet(ana.userId, revision, { ...record, occupation: { type: 'idle' } })
    expect(await ana.ask({ type: 'find', mode: 'ranked' })).toMatchObject({ code: 'UNAVAILABLE' })
    expect((await cluster.users.get(ana.userId)).record.occupation.type).toBe('idle')
    expect(await cluster.tickets.pending(REGION)).toHaveLength(1)
  })

  test('[P8] with one who is in another game it is refused, and the other’s ticket is kept', async () => {
    const { cluster, ana, bo } = await twoWaiting()
    const match = await pair(cluster, 'm1')
    const elsewhere = (await cluster.node(0).connect('cy')) && (await cluster.users.get(bo.userId))
    await cluster.users.compareAndSet(bo.userId, elsewhere.revision, {
      ...elsewhere.record,
      occupation: { type: 'idle' },
    })
    await bo.ask({ type: 'find', mode: 'bot', level: 1 })
    expect(await settled(cluster, cluster.node(0).server.place(match))).toEqual({ type: 'refused', keep: [ana.userId] })
    expect((await cluster.users.get(ana.userId)).record.occupation.type).toBe('queued')
  })

  test('[P4] asked over the bus, the verdict comes back; a draining server does not know', async () => {
    const { cluster } = await twoWaiting()
    const match = await pair(cluster, 'm1')
    const { bus, heard } = matchmaker(cluster)
    const place = (id: number): PlaceMessage => ({ type: 'place', from: 'm.1', id, match })
    bus.send(cluster.node(0).server.node, encodeMessage(place(1)))
    await cluster.clock.advance(10)
    expect(heard.map(decodePlaced)).toEqual([{ type: 'placed', id: 1, placement: { type: 'placed' } }])
    void cluster.node(0).server.drain('draining')
    bus.send(cluster.node(0).server.node, encodeMessage(place(2)))
    await cluster.clock.advance(10)
    expect(heard.map(decodePlaced).at(-1)).toEqual({ type: 'placed', id: 2, placement: { type: 'unknown' } })
  })

  test('[P4] with the stores out of reach the outcome is unknown', async () => {
    const { cluster } = await twoWaiting()
    const match = await pair(cluster, 'm1')
    const { bus, heard } = matchmaker(cluster)
    cluster.node(0).link.set('down')
    bus.send(cluster.node(0).server.node, encodeMessage({ type: 'place', from: 'm.1', id: 1, match }))
    await cluster.clock.advance(10)
    expect(heard.map(decodePlaced)).toEqual([{ type: 'placed', id: 1, placement: { type: 'unknown' } }])
  })
})

/** A matchmaker's end of the bus. */
function matchmaker({ clock, exchange }: TestCluster) {
  const bus = memoryBus(clock, exchange)
  const heard: string[] = []
  void bus.subscribe('m.1', (text) => void heard.push(text))
  return { bus, heard }
}

describe('private games', () => {
  test('[P4] INVITE again is the same code; ACCEPT again the same game, also after its end', async () => {
    const cluster = await startCluster()
    const [ana, bo, cy] = [
      await cluster.node(0).connect('ana'),
      await cluster.node(0).connect('bo'),
      await cluster.node(0).connect('cy'),
    ]
    const invited = await ana.ask({ type: 'invite' })
    expect(await ana.ask({ type: 'invite' })).toMatchObject({ value: (invited as { value: string }).value })
    const code = (invited as { value: string }).value
    expect(await ana.ask({ type: 'accept', code })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await bo.ask({ type: 'accept', code: 'ILOU' })).toMatchObject({ code: 'NOT_FOUND' })
    const accepted = await bo.ask({ type: 'accept', code: code.toLowerCase() })
    expect(accepted).toMatchObject({ type: 'ok' })
    const gameId = (accepted as { value: string }).value
    expect(await bo.ask({ type: 'accept', code })).toMatchObject({ type: 'ok', value: gameId })
    expect(await cy.ask({ type: 'accept', code })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await ana.ask({ type: 'invite' })).toMatchObject({ code: 'ALREADY_PLAYING', details: { gameId } })
    expect(await bo.ask({ type: 'find', mode: 'casual' })).toMatchObject({ code: 'ALREADY_PLAYING' })
    await ana.ask({ type: 'resign', gameId })
    expect(await bo.ask({ type: 'accept', code })).toMatchObject({ type: 'ok', value: gameId })
  })

  test('[P8] a new game ends the open invites and the ticket of its players', async () => {
    const cluster = await startCluster()
    const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo')]
    const { value: code } = (await ana.ask({ type: 'invite' })) as { value: string }
    await ana.ask({ type: 'find', mode: 'bot', level: 1 })
    expect(await bo.ask({ type: 'accept', code })).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('[P8] the host in another game: NOT_FOUND, and the guest stays free', async () => {
    const cluster = await startCluster()
    const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo')]
    const { value: code } = (await ana.ask({ type: 'invite' })) as { value: string }
    const { record, revision } = await cluster.users.get(ana.userId)
    const { gameId } = await playTogether(await cluster.node(0).connect('cy'), await cluster.node(0).connect('di'))
    await cluster.users.compareAndSet(ana.userId, revision, { ...record, occupation: { type: 'playing', gameId } })
    expect(await bo.ask({ type: 'accept', code })).toMatchObject({ code: 'NOT_FOUND' })
    expect((await cluster.users.get(bo.userId)).record.occupation.type).toBe('idle')
  })

  test('[P8] an offer counts no more once its maker has begun another game', async () => {
    const cluster = await startCluster()
    const game = await playTogether(await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo'))
    const [x, o] = game.sockets
    await playMoves(game, [0, 3, 1, 4, 2])
    await x.ask({ type: 'rematch', gameId: game.gameId })
    await cluster.clock.advance(1)
    const bot = (await x.ask({ type: 'find', mode: 'bot', level: 1 })) as { value: string }
    await x.ask({ type: 'resign', gameId: bot.value })
    expect(await o.ask({ type: 'rematch', gameId: game.gameId })).toEqual({ type: 'ok', rid: expect.any(Number) })
    expect(await x.ask({ type: 'rematch', gameId: game.gameId })).toMatchObject({ value: expect.any(String) })
  })

  test('[P5] a game that ended while its player was away is in WELCOME until it is watched', async () => {
    const cluster = await startCluster({ servers: 2 })
    const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(1).connect('bo')]
    const { gameId } = await playTogether(ana, bo)
    ana.close()
    await cluster.clock.settle()
    await bo.ask({ type: 'resign', gameId })
    for (const at of [1, 0]) {
      const back = await cluster.node(at).connect('ana')
      expect(back.of('welcome')[0]!.info.games).toEqual([gameId])
      if (at === 0) await back.ask({ type: 'watch', gameId })
    }
    expect((await cluster.node(1).connect('ana')).of('welcome')[0]!.info.games).toEqual([])
  })

  test('[P8] with the stores out of reach every request is UNAVAILABLE', async () => {
    const cluster = await startCluster()
    const ana = await cluster.node(0).connect('ana')
    cluster.node(0).link.set('down')
    const asks = [{ type: 'find', mode: 'casual' }, { type: 'cancel' }, { type: 'invite' }] as const
    for (const ask of asks) expect(await ana.ask(ask)).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await ana.ask({ type: 'accept', code: 'ABCDEFGH' })).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('[P8] a draining server takes no new games', async () => {
    const cluster = await startCluster()
    const ana = await cluster.node(0).connect('ana')
    void cluster.node(0).server.drain('draining')
    expect(await ana.ask({ type: 'find', mode: 'casual' })).toMatchObject({ code: 'UNAVAILABLE' })
    const { games } = cluster.node(0).server
    const user = { userId: ana.userId, name: 'ana', sessionId: '', region: REGION, expiresAtMs: 1e15 }
    expect(await games.createBotGame(user, 1, null)).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
    expect(await games.invite(user)).toMatchObject({ ok: false })
    expect(await games.accept(user, 'ABCDEFGH')).toMatchObject({ ok: false })
  })
})
