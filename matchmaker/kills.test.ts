import { expect, test } from 'vitest'
import { below, seededRandom } from '../kit/random.ts'
import { flaky, type Life, mortal, newWorld, playersOf, type World, waiting } from './test-world.ts'

/** Twelve players who come over a second; who still can cancels once and comes again. */
async function evening(world: World): Promise<void> {
  for (let i = 0; i < 12; i++) {
    const one = await world.enqueue(`p${i}`, { rating: 1_500 + 7 * (i % 4), mode: i % 3 === 0 ? 'casual' : 'ranked' })
    await world.clock.advance(i % 2 === 0 ? 20 : 110)
    if (await world.tickets.cancel('local', one.userId, one.id))
      await world.tickets.enqueue({ ...one, id: `again-${i}` })
  }
}

async function expectAllPlay(world: World): Promise<void> {
  const playing = playersOf(world).flat()
  expect(new Set(playing).size).toBe(playing.length)
  expect(playing).toHaveLength(12)
  expect([...(await waiting(world)), ...(await waiting(world, 'casual'))]).toEqual([])
  expect(await world.tickets.pending('local')).toEqual([])
}

for (const lastCallArrives of [false, true]) {
  const when = lastCallArrives ? 'between a call and its reply' : 'before a call'
  test(`[one game] leader killed ${when}, for each call: nobody in two games, no ticket lost for over 5 s`, async () => {
    let kills = 0
    for (let dieAt = 1; ; dieAt++) {
      const world = newWorld()
      const life: Life = { dieAt, lastCallArrives, calls: 0 }
      const servers = mortal({ place: world.servers.place }, life)
      world.matchmaker('leader-1', { tickets: mortal(world.tickets, life), place: servers.place }).start()
      world.matchmaker('leader-2').start()
      await evening(world)
      await world.clock.advance(5_000)
      await expectAllPlay(world)
      if (life.calls < dieAt || dieAt > 120) break
      kills++
    }
    expect(kills).toBeGreaterThan(50)
  })
}

test('[one game] calls and replies lost at random, servers unsure: all play in the end, each once', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed)
    const world = newWorld()
    const moods = ['opens', 'opens', 'request lost', 'answer lost', 'never answers', 'breaks', 'refuses'] as const
    for (let i = 0; i < 12; i++) world.servers.moods.push(moods[below(random, moods.length)]!)
    for (const leader of ['leader-1', 'leader-2']) {
      world.matchmaker(leader, { tickets: flaky(world.tickets, random, 10) }).start()
    }
    await evening(world)
    await world.clock.advance(20_000)
    await expectAllPlay(world)
  }
})
