import { expect, test } from 'vitest'
import { memoryUserIndex } from '../ports/memory/user-index.ts'
import type { NodeRecord } from '../ports/node-registry.ts'
import type { Rated } from '../ports/stats-store.ts'
import { newGameId } from '../ports/test-finished-games.ts'
import type { UserId } from '../protocol/ids.ts'
import { createRatingNews } from './ratings.ts'

const [ana, bo] = ['ana', 'bo'] as UserId[] as [UserId, UserId]

const rated = (appliedSeq: number, [x, o]: readonly [number, number]): Rated => ({
  gameId: newGameId(),
  appliedSeq,
  players: [ana, bo],
  ratings: [
    [1500, x],
    [1500, o],
  ],
})

function news() {
  const users = memoryUserIndex()
  const sent: [to: string, message: string][] = []
  const record = (node: string): NodeRecord => ({ node, region: 'r', players: 0, rooms: 0, draining: false })
  const registry = { nodes: async () => [record('n1.a'), record('n2.b')] }
  const tell = createRatingNews({ users, registry, bus: { send: (to, message) => sent.push([to, message]) } })
  return { users, sent, tell, ratingOf: async (userId: UserId) => (await users.get(userId)).record.rating }
}

test('[P7] the user index learns the newest rating, whatever the order in which games come, and again', async () => {
  const { tell, ratingOf } = news()
  const [first, second, third] = [rated(1, [1510, 1490]), rated(2, [1520, 1480]), rated(3, [1505, 1495])]
  await tell([second!, first!])
  expect([await ratingOf(ana), await ratingOf(bo)]).toEqual([1520, 1480])
  await tell([third!])
  await tell([first!])
  expect([await ratingOf(ana), await ratingOf(bo)]).toEqual([1505, 1495])
})

test('every server hears of every rated game, in messages that the bus takes', async () => {
  const { tell, sent } = news()
  await tell(Array.from({ length: 1_100 }, (_, n) => rated(n + 1, [1510, 1490])))
  expect(sent.map(([to]) => to)).toEqual(['n1.a', 'n2.b', 'n1.a', 'n2.b', 'n1.a', 'n2.b'])
  for (const [, message] of sent) expect(Buffer.byteLength(message)).toBeLessThan(100_000)
  await tell([])
  expect(sent).toHaveLength(6)
})
