import { expect, test } from 'vitest'
import {
  ACCEPT,
  CANCEL,
  type Client,
  ENDED,
  FIND,
  INVITE,
  is,
  MOVE,
  MOVED,
  REMATCH,
  RESIGN,
  STATE,
  UNWATCH,
  WATCH,
} from './client.ts'
import { play, seated, X_WINS } from './company.ts'
import { scene } from './scene.ts'

const { here } = scene()

/** The version that WATCH shows now. */
async function versionOf(client: Client, gameId: string): Promise<number> {
  const from = client.frames.length
  await client.ok(WATCH, gameId)
  return (await client.seen(is(STATE, gameId), from))[2] as number
}

test('[P4] MOVE again is OK while the game runs and after it ended, and changes nothing', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, [0])
  await x.ok(MOVE, gameId, 0, 0)
  await play(table, [1])
  await x.ok(MOVE, gameId, 0, 0)
  await o.ok(MOVE, gameId, 1, 1)
  expect(await versionOf(x, gameId)).toBe(3)
  await play(table, X_WINS.slice(2))
  await x.seen(is(ENDED, gameId))
  await x.ok(MOVE, gameId, 4, 6)
  await x.ok(MOVE, gameId, 0, 0)
  await o.ok(MOVE, gameId, 3, 4)
  expect(await versionOf(x, gameId)).toBe(7)
  expect(x.frames.filter(is(MOVED, gameId))).toHaveLength(5)
  expect(x.frames.filter(is(ENDED, gameId))).toHaveLength(1)
})

test('[P4] only the same move of the same player is a repeat', async () => {
  const table = await here.paired('casual')
  const { gameId, x, o } = table
  await play(table, [0])
  expect((await x.refused(MOVE, gameId, 0, 1)).code).toBe('STALE')
  expect((await o.refused(MOVE, gameId, 0, 0)).code).toBe('STALE')
  await play(table, X_WINS.slice(1))
  await x.seen(is(ENDED, gameId))
  expect((await x.refused(MOVE, gameId, 0, 8)).code).toBe('GAME_OVER')
  expect((await o.refused(MOVE, gameId, 0, 0)).code).toBe('GAME_OVER')
  expect((await o.refused(RESIGN, gameId)).code).toBe('GAME_OVER')
})

test('[P4] RESIGN again is OK for who resigned', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await x.ok(RESIGN, gameId)
  await o.seen(is(ENDED, gameId))
  await x.ok(RESIGN, gameId)
  expect((await o.refused(RESIGN, gameId)).code).toBe('GAME_OVER')
  expect(await versionOf(o, gameId)).toBe(2)
  expect(o.frames.filter(is(ENDED, gameId))).toHaveLength(1)
})

test('[P4] ACCEPT again names the same game, also after its end; INVITE then opens another', async () => {
  const [host, friend] = await Promise.all([here.newcomer(), here.newcomer()])
  const code = (await host.ok(INVITE)) as string
  expect(await host.ok(INVITE)).toBe(code)
  const [first, second] = await Promise.all([friend.ok(ACCEPT, code), friend.ok(ACCEPT, code)])
  expect(second).toBe(first)
  const { gameId } = await seated(host, friend)
  expect(first).toBe(gameId)
  await host.ok(RESIGN, gameId)
  await friend.seen(is(ENDED, gameId))
  expect(await friend.ok(ACCEPT, code)).toBe(gameId)
  expect(await host.ok(INVITE)).not.toBe(code)
  expect(friend.frames.filter((frame) => is(STATE)(frame) && frame[2] === 1)).toHaveLength(1)
})

test('[P4] REMATCH again: the offer stays one offer, the acceptance names the same game, also after its end', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await x.ok(RESIGN, gameId)
  await o.seen(is(ENDED, gameId))
  const from = [x.frames.length, o.frames.length] as const
  expect(await x.ok(REMATCH, gameId)).toBeUndefined()
  expect(await x.ok(REMATCH, gameId)).toBeUndefined()
  const [first, second] = await Promise.all([o.ok(REMATCH, gameId), o.ok(REMATCH, gameId)])
  expect(second).toBe(first)
  const next = await seated(x, o, from)
  expect(next.gameId).toBe(first)
  expect(await o.ok(REMATCH, gameId)).toBe(first)
  await o.ok(RESIGN, next.gameId)
  await x.seen(is(ENDED, next.gameId))
  expect(await o.ok(REMATCH, gameId)).toBe(first)
})

test('[P4] REMATCH with a bot again names the same game', async () => {
  const client = await here.newcomer()
  const gameId = (await client.ok(FIND, 'bot')) as string
  await client.ok(RESIGN, gameId)
  const next = await client.ok(REMATCH, gameId)
  expect(next).not.toBe(gameId)
  expect(await client.ok(REMATCH, gameId)).toBe(next)
})

test('[P4] UNWATCH again is OK, also of a game never watched and after its end', async () => {
  const { gameId, x, o } = await here.paired('casual')
  const spectator = await here.newcomer()
  await spectator.ok(UNWATCH, gameId)
  await spectator.ok(WATCH, gameId)
  await spectator.ok(UNWATCH, gameId)
  await spectator.ok(UNWATCH, gameId)
  await x.ok(RESIGN, gameId)
  await o.seen(is(ENDED, gameId))
  await spectator.ok(UNWATCH, gameId)
  await x.ok(UNWATCH, gameId)
  await x.ok(UNWATCH, gameId)
})

test('[P4] FIND and CANCEL again say ALREADY_QUEUED and NOT_QUEUED', async () => {
  const client = await here.newcomer()
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
  await client.ok(FIND, 'ranked')
  expect((await client.refused(FIND, 'ranked')).code).toBe('ALREADY_QUEUED')
  expect((await client.refused(FIND, 'casual')).code).toBe('ALREADY_QUEUED')
  await client.ok(CANCEL)
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
})

test('[P4] who plays is told where, whatever they ask for', async () => {
  const { gameId, x } = await here.paired('casual')
  const host = await here.newcomer()
  const code = await host.ok(INVITE)
  const finished = (await host.ok(FIND, 'bot')) as string
  await host.ok(RESIGN, finished)
  const open = await (await here.newcomer()).ok(INVITE)
  const busy = { code: 'ALREADY_PLAYING', details: { gameId } }
  for (const mode of ['casual', 'ranked', 'bot']) expect(await x.refused(FIND, mode)).toEqual(busy)
  expect(await x.refused(INVITE)).toEqual(busy)
  expect(await x.refused(ACCEPT, open)).toEqual(busy)
  expect((await x.refused(ACCEPT, code)).code).toBe('NOT_FOUND')
})

test('[P4] REMATCH of an earlier game while in another one is ALREADY_PLAYING', async () => {
  const { gameId, x, o } = await here.paired('casual')
  await x.ok(RESIGN, gameId)
  await o.seen(is(ENDED, gameId))
  const bot = await x.ok(FIND, 'bot')
  expect(await x.refused(REMATCH, gameId)).toEqual({ code: 'ALREADY_PLAYING', details: { gameId: bot } })
})

test('[FIND] a new game takes the player out of the queue', async () => {
  const [client, friend] = await Promise.all([here.newcomer(), here.newcomer()])
  await client.ok(FIND, 'ranked')
  const gameId = await client.ok(ACCEPT, await friend.ok(INVITE))
  await client.seen(is(STATE, gameId))
  expect(await client.refused(CANCEL)).toMatchObject({ code: 'NOT_QUEUED' })
  await client.ok(RESIGN, gameId)
  expect((await client.refused(CANCEL)).code).toBe('NOT_QUEUED')
})
