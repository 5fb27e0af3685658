import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import { CUT_OFF_AFTER_MS, CUT_OFF_SPREAD_MS, STORE_SILENT_MS } from './level.ts'
import { playMoves, playTogether, startCluster } from './test-cluster.ts'
import { type TestSocket, upgradeOf } from './test-socket.ts'

/** A look at the store, and one at the level. */
const NOTICED_MS = 600
const IDLE_BEFORE_LEAVING_MS = 5_000
const CLOSE_AFTER_MS = 500

/** One server with a running game between two sockets. */
async function playing(servers = 1) {
  const cluster = await startCluster({ servers })
  const [ana, bo] = [await cluster.node(0).connect('ana'), await cluster.node(0).connect('bo')]
  return { cluster, ana, bo, game: await playTogether(ana, bo) }
}

async function refusalOf(cluster: Awaited<ReturnType<typeof startCluster>>, path?: string) {
  const admission = await cluster.node(0).server.handlers.admit(upgradeOf('late', path === undefined ? {} : { path }))
  if (admission.type === 'admitted') return null
  const { status, headers, body } = admission.refusal
  return { status, retryAfter: new Map(headers).get('retry-after'), error: JSON.parse(body).error }
}

describe('the store is out of reach', () => {
  test('[level] emergency: nothing new is taken, what is there answers UNAVAILABLE, and all goes on when the store is back', async () => {
    const { cluster, ana, bo, game } = await playing()
    const { clock } = cluster
    const { server, link } = cluster.node(0)
    expect(server.health()).toMatchObject({ status: 'ok', level: 'full' })
    link.set('down')
    await clock.advance(STORE_SILENT_MS + 1_000)
    expect(server.health()).toMatchObject({ status: 'unavailable', level: 'emergency', draining: false })
    expect(server.metrics.serviceLevel).toBe('emergency')
    expect(await refusalOf(cluster)).toMatchObject({ status: 503, retryAfter: '2', error: { code: 'UNAVAILABLE' } })
    expect(await refusalOf(cluster, `/games/${game.gameId}/live`)).toMatchObject({ status: 503 })
    expect(await ana.ask({ type: 'invite' })).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 2_000 } })
    expect(await game.sockets[0].ask({ type: 'move', gameId: game.gameId, ply: 0, cell: 4 })).toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect([ana.closedWith(), bo.closedWith(), ana.of('goodbye')]).toEqual([null, null, []])
    link.set('open')
    await clock.advance(NOTICED_MS)
    expect(server.health()).toMatchObject({ status: 'ok', level: 'full' })
    expect(server.metrics.serviceLevel).toBe('full')
    await playMoves(game, [4])
    expect((await cluster.node(0).connect('late')).of('welcome')[0]?.info.level).toBe('full')
  })

  test('[level] a short silence is none', async () => {
    const { cluster } = await playing()
    const { server, link } = cluster.node(0)
    link.set('down')
    await cluster.clock.advance(STORE_SILENT_MS - NOTICED_MS)
    expect([server.health().level, await refusalOf(cluster)]).toEqual(['full', null])
  })

  test('[level] after 15 s sockets are sent away, the first at once and the last after 30 s more', async () => {
    const cluster = await startCluster()
    const { clock } = cluster
    const sockets: TestSocket[] = []
    for (let n = 0; n < 31; n++) sockets.push(await cluster.node(0).connect(`p${n}`))
    const told = () => sockets.filter((socket) => socket.of('goodbye').length > 0).length
    cluster.node(0).link.set('down')
    await clock.advance(CUT_OFF_AFTER_MS - NOTICED_MS)
    expect(told()).toBe(0)
    await clock.advance(2 * NOTICED_MS)
    expect(told()).toBeGreaterThan(0)
    expect(told()).toBeLessThan(4)
    await clock.advance(CUT_OFF_SPREAD_MS / 2)
    expect(Math.abs(told() - 16)).toBeLessThan(3)
    await clock.advance(CUT_OFF_SPREAD_MS / 2 + CLOSE_AFTER_MS)
    expect(told()).toBe(31)
    for (const socket of sockets) {
      expect(socket.of('goodbye')).toEqual([{ type: 'goodbye', reason: 'cut_off', retryAfterMs: expect.any(Number) }])
      expect(socket.closedWith()).toBe(1001)
    }
  })

  test('[level] whoever was not sent away yet stays when the store is back', async () => {
    const { cluster, ana, bo, game } = await playing()
    cluster.node(0).link.set('down')
    await cluster.clock.advance(CUT_OFF_AFTER_MS + 2 * NOTICED_MS)
    cluster.node(0).link.set('open')
    await cluster.clock.advance(2 * CUT_OFF_SPREAD_MS)
    expect([ana.closedWith(), bo.closedWith()].toSorted()).toEqual([1001, null])
    const left = ana.closedWith() === null ? ana : bo
    expect(await left.ask({ type: 'watch', gameId: game.gameId })).toMatchObject({ type: 'ok' })
  })
})

describe('maintenance', () => {
  const ETA_MS = 60_000
  const closed = { level: 'maintenance', etaMs: ETA_MS, message: 'back at noon' } as const

  test('[level] nothing new begins until the end that was told; running games go on to their end', async () => {
    const { cluster, ana, bo, game } = await playing()
    const { clock } = cluster
    const { server } = cluster.node(0)
    const watcher = await cluster.node(0).connect('watcher')
    await watcher.ask({ type: 'watch', gameId: game.gameId })
    const unwatching = await cluster.node(0).connect('ana')
    server.service.operate(closed)
    expect(server.health()).toMatchObject({ status: 'ok', level: 'maintenance' })
    expect(server.metrics.serviceLevel).toBe('maintenance')
    await clock.advance(10_000)
    expect(await refusalOf(cluster)).toMatchObject({
      status: 503,
      retryAfter: '50',
      error: { code: 'UNAVAILABLE', message: 'back at noon', details: { retryAfterMs: 50_000 } },
    })
    expect(unwatching.of('goodbye')).toEqual([])
    const refused = { code: 'UNAVAILABLE', details: { retryAfterMs: 50_000 } }
    expect(await watcher.ask({ type: 'find', mode: 'casual' })).toMatchObject(refused)
    expect(await watcher.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject(refused)
    expect(await watcher.ask({ type: 'invite' })).toMatchObject(refused)
    await playMoves(game, [0, 3, 1, 4, 2])
    expect([ana, bo, watcher].map((socket) => [socket.of('ended').length, socket.closedWith()])).toEqual(
      Array(3).fill([1, null]),
    )
    expect(await ana.ask({ type: 'rematch', gameId: game.gameId })).toMatchObject(refused)
    await clock.advance(IDLE_BEFORE_LEAVING_MS + 2 * CLOSE_AFTER_MS)
    for (const socket of [ana, bo, watcher]) {
      expect(socket.of('goodbye')).toMatchObject([{ reason: 'maintenance' }])
      expect(socket.of('goodbye')[0]!.retryAfterMs).toBeGreaterThan(ETA_MS - 20_000)
      expect(socket.closedWith()).toBe(1001)
    }
  })

  test('[level] an end that came too soon, or none, still asks for patience', async () => {
    const { cluster } = await playing()
    const { service } = cluster.node(0).server
    service.operate({ ...closed, etaMs: 1_000 })
    await cluster.clock.advance(2_000)
    expect(await refusalOf(cluster)).toMatchObject({ status: 503, retryAfter: '30' })
    expect(service.operator()).toEqual({ ...closed, etaMs: 0 })
    service.operate({ level: 'maintenance', etaMs: null, message: null })
    expect(await refusalOf(cluster)).toMatchObject({ status: 503, retryAfter: '30', error: { message: 'maintenance' } })
  })

  test('[level] the operator ends it: all is taken again, and nobody is sent away any more', async () => {
    const { cluster } = await playing()
    const idle = await cluster.node(0).connect('idle')
    const { service } = cluster.node(0).server
    service.operate(closed)
    await cluster.clock.advance(IDLE_BEFORE_LEAVING_MS - NOTICED_MS)
    service.operate({ level: 'full', etaMs: null, message: null })
    await cluster.clock.advance(2 * IDLE_BEFORE_LEAVING_MS)
    expect([idle.of('goodbye'), idle.closedWith(), await refusalOf(cluster)]).toEqual([[], null, null])
    expect(await idle.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ type: 'ok' })
  })

  test('[level] REST takes nothing new either', async () => {
    const { cluster } = await playing()
    const { games, service } = cluster.node(0).server
    const user = { userId: 'idle' as UserId, name: 'idle', sessionId: 's', region: 'r', expiresAtMs: 1e15 }
    service.operate(closed)
    const refused = { ok: false, error: { code: 'UNAVAILABLE', message: 'back at noon' } }
    expect(await games.invite(user)).toMatchObject(refused)
    expect(await games.accept(user, 'ABCDEFGH')).toMatchObject(refused)
    expect(await games.createBotGame(user, 1, null)).toMatchObject(refused)
  })
})

describe('limited', () => {
  test('[level] a store that play does not need is down: everything goes on', async () => {
    const { cluster } = await playing()
    const { server } = cluster.node(0)
    server.service.setLimited(true)
    expect(server.health()).toMatchObject({ status: 'ok', level: 'limited' })
    const late = await cluster.node(0).connect('late')
    expect(late.of('welcome')[0]?.info.level).toBe('limited')
    expect(await late.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ type: 'ok' })
    server.service.setLimited(false)
    expect([server.health().level, server.metrics.serviceLevel]).toEqual(['full', 'full'])
  })
})

describe('the memory of the live store is nearly used up', () => {
  test('[level] no new games or tickets, while running games end and sockets come', async () => {
    const { cluster, ana, game } = await playing()
    const { server } = cluster.node(0)
    server.service.setStoreFull(true, 0.81)
    const late = await cluster.node(0).connect('late')
    for (const request of [{ type: 'find', mode: 'bot', level: 1 }, { type: 'invite' }] as const) {
      expect(await late.ask(request)).toMatchObject({ code: 'UNAVAILABLE', details: { retryAfterMs: 5_000 } })
    }
    await playMoves(game, [0, 3, 1, 4, 2])
    expect(ana.of('ended')).toHaveLength(1)
    expect(await ana.ask({ type: 'rematch', gameId: game.gameId })).toMatchObject({ code: 'UNAVAILABLE' })
    expect(server.health()).toMatchObject({ status: 'ok' })
    server.service.setStoreFull(false, 0.7)
    expect(await late.ask({ type: 'find', mode: 'bot', level: 1 })).toMatchObject({ type: 'ok' })
  })
})
