import { expect, test } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { refusingEnded, watchEnded } from '../../ports/auth/ended-watch.ts'
import { memoryEndedSessions } from '../../ports/memory/ended-sessions.ts'
import type { UserId } from '../../protocol/ids.ts'
import { playTogether, startCluster, verifyUserId } from '../test-cluster.ts'

test('[BEAT] a ping goes out every 30 s', async () => {
  const { clock, node } = await startCluster()
  const ana = await node(0).connect('ana')
  await clock.advance(29_000)
  expect(ana.pings()).toBe(0)
  await clock.advance(2_000)
  expect(ana.pings()).toBe(1)
  await clock.advance(60_000)
  expect(ana.pings()).toBe(3)
})

test('[BEAT] no pong for 60 s closes with 4408, not before', async () => {
  const { clock, node } = await startCluster()
  const ana = await node(0).connect('ana')
  ana.silence()
  await clock.advance(59_000)
  expect(ana.closedWith()).toBeNull()
  await clock.advance(2_000)
  expect(ana.closedWith()).toBe(4408)
})

test('[BEAT] no frame for 600 s closes with 4408; a PING is one', async () => {
  const { clock, node } = await startCluster()
  const [ana, bo] = [await node(0).connect('ana'), await node(0).connect('bo')]
  await clock.advance(590_000)
  bo.send({ type: 'ping', clientTime: 7 })
  await clock.advance(11_000)
  expect([ana.closedWith(), bo.closedWith()]).toEqual([4408, null])
  expect(bo.of('pong')).toMatchObject([{ clientTime: 7 }])
})

test('[BEAT] nobody is idle in a game', async () => {
  const { clock, node } = await startCluster({ server: { turnMs: 3_600_000 } })
  const game = await playTogether(await node(0).connect('ana'), await node(0).connect('bo'))
  await clock.advance(700_000)
  expect(game.sockets.map((socket) => socket.closedWith())).toEqual([null, null])
})

test('[BEAT] a socket ends with its token (4401), unless a fresh one came', async () => {
  const { clock, node } = await startCluster()
  const untilMs = clock.now() + 10_000
  const ana = await node(0).connect(`ana:${untilMs}`)
  const bo = await node(0).connect(`bo:${untilMs}`)
  expect(await bo.ask({ type: 'auth', jwt: `bo:${untilMs + 60_000}` })).toMatchObject({ type: 'ok' })
  await clock.advance(9_000)
  expect(ana.closedWith()).toBeNull()
  await clock.advance(2_000)
  expect([ana.closedWith(), bo.closedWith()]).toEqual([4401, null])
})

test('[session] sockets of an ended session close with 4401 within 5 s, new ones and its tokens are refused, others stay', async () => {
  const { clock, add } = await startCluster({ servers: 0 })
  const ended = memoryEndedSessions(clock)
  const watch = await watchEnded(clock, silentLog, ended)
  const node = await add({ verify: refusingEnded(verifyUserId, watch) })
  // The session is the whole token here: two sessions of ana, one of bo.
  const [phone, again, desk, bo] = [
    await node.connect('ana:9000000000000'),
    await node.connect('ana:9000000000000'),
    await node.connect('ana'),
    await node.connect('bo'),
  ]
  await ended.add([{ userId: 'ana' as UserId, sessionId: 'ana:9000000000000' }])
  await clock.advance(4_000)
  expect([phone, again, desk, bo].map((socket) => socket.closedWith())).toEqual([4401, 4401, null, null])
  await expect(node.connect('ana:9000000000000')).rejects.toThrow('refused: 401')
  expect(await desk.ask({ type: 'auth', jwt: 'ana:9000000000000' })).toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(await desk.ask({ type: 'auth', jwt: 'ana:9000000000001' })).toMatchObject({ type: 'ok' })

  await ended.add([{ userId: 'bo' as UserId, sessionId: null }])
  await clock.advance(4_000)
  expect([desk, bo].map((socket) => socket.closedWith())).toEqual([null, 4401])
  watch.stop()
})
