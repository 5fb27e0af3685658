import { expect, test } from 'vitest'
import { CANCEL, ENDED, FIND, is, QUEUE, STATE, WATCH, welcomeOf } from './client.ts'
import { play } from './company.ts'
import { scene } from './scene.ts'

const { here } = scene({ TURN_SECONDS: '1' })

test('[QUEUE] comes within 1 s of OK, then at least every 5 s, and tells ranked players how far they are matched', async () => {
  const [casual, ranked] = await Promise.all([here.newcomer(), here.newcomer()])
  await Promise.all([casual.ok(FIND, 'casual'), ranked.ok(FIND, 'ranked')])
  for (const [client, mode] of [
    [casual, 'casual'],
    [ranked, 'ranked'],
  ] as const) {
    const first = await client.seen(is(QUEUE, mode))
    const second = await client.seen((frame) => is(QUEUE, mode)(frame) && frame !== first)
    expect(first[2]).toBeLessThanOrEqual(1_000)
    expect((second[2] as number) - (first[2] as number)).toBeLessThanOrEqual(5_000)
    expect(second[2]).toBeGreaterThan(first[2] as number)
    for (const [, , , width, online, botOffered] of [first, second]) {
      expect(width === null).toBe(mode === 'casual')
      expect(width === null || Number.isInteger(width)).toBe(true)
      expect(online).toBeGreaterThanOrEqual(2)
      expect(typeof botOffered).toBe('boolean')
    }
    await client.ok(CANCEL)
  }
})

test('[timeout] who lets the deadline pass forfeits: X at the opening, O after a move', async () => {
  const [opening, later] = [await here.paired('casual'), await here.paired('casual')]
  const { snapshot } = opening.x.game(opening.gameId)
  expect(snapshot.deadline! - snapshot.createdAt).toBe(1_000)
  await play(later, [4])
  for (const [{ gameId, x, o }, version, winner] of [
    [opening, 2, 1],
    [later, 3, 0],
  ] as const) {
    for (const client of [x, o]) {
      expect((await client.seen(is(ENDED, gameId))).slice(2)).toEqual([version, 'forfeited', 'timeout', winner, null])
    }
  }
})

test('[timeout] ends a game that both players left; both find it', async () => {
  const { gameId, x, o } = await here.paired('casual')
  const spectator = await here.newcomer()
  await spectator.ok(WATCH, gameId)
  await Promise.all([x.leave(), o.leave()])
  await spectator.seen(is(ENDED, gameId))
  for (const { guest } of [x, o]) {
    const back = await here.again(guest)
    expect(welcomeOf(back).games).toEqual([gameId])
    await back.ok(WATCH, gameId)
    expect((await back.seen(is(STATE, gameId)))[3]).toMatchObject({ status: 'forfeited', reason: 'timeout', winner: 1 })
  }
})
