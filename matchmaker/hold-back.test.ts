import { expect, test } from 'vitest'
import { createHoldBack } from './hold-back.ts'
import { pair } from './pairing.ts'
import { NOW_MS, played, ticket, userOf } from './test-tickets.ts'
import { leading, playersOf } from './test-world.ts'

/** After `perSecond` tickets a second near 1,500, each gone at the next look, for `seconds`. */
function learned(worth: number, perSecond: number, seconds: number) {
  const holdBack = createHoldBack(worth)
  holdBack.see([], NOW_MS)
  let n = 0
  for (let second = 1; second <= seconds; second++) {
    const fresh = Array.from({ length: perSecond }, () => ticket(++n, 1_400 + ((n * 37) % 200), 0))
    holdBack.see(fresh, NOW_MS + second * 1_000)
  }
  return holdBack
}

test('[hold] by default nobody waits for a better peer', () => {
  const { reach } = learned(Number.POSITIVE_INFINITY, 20, 60)
  expect(reach(1_500, 0)).toBe(Number.POSITIVE_INFINITY)
})

test('[hold] before anything was seen, and where nobody comes, any peer within the widths will do', () => {
  expect(createHoldBack(1).reach(1_500, 0)).toBe(Number.POSITIVE_INFINITY)
  expect(learned(1, 20, 60).reach(2_500, 0)).toBe(Number.POSITIVE_INFINITY)
})

test('[hold] tickets that are there at the first look came before it', () => {
  const holdBack = createHoldBack(1)
  holdBack.see(
    Array.from({ length: 50 }, (_, n) => ticket(n, 1_500, 0)),
    NOW_MS,
  )
  holdBack.see([], NOW_MS + 1_000)
  expect(holdBack.reach(1_500, 0)).toBe(Number.POSITIVE_INFINITY)
})

test('[hold] who waits on is counted once', () => {
  const holdBack = createHoldBack(1)
  holdBack.see([], NOW_MS)
  const waiting = Array.from({ length: 9 }, (_, n) => ticket(n, 1_500, 0))
  for (let second = 1; second <= 10; second++) holdBack.see(waiting, NOW_MS + second * 1_000)
  const once = holdBack.reach(1_500, 0)
  // 9 tickets in 10 s on 225 points; counted at each look it would be 6.
  expect(once).toBeCloseTo(Math.sqrt((Math.LN2 * 1) / (0.46 * (9 / 10 / 225))), 0)
})

test('[hold] the more come, and the less a second is worth, the nearer; each as a square root', () => {
  const reach = (worth: number, perSecond: number) => learned(worth, perSecond, 120).reach(1_500, 0)
  expect(reach(1, 40) / reach(1, 10)).toBeCloseTo(1 / 2, 1)
  expect(reach(4, 10) / reach(1, 10)).toBeCloseTo(2, 5)
})

test('[hold] who has waited goes further, without end', () => {
  const { reach } = learned(0.01, 20, 60)
  const [now, later, much] = [0, 10_000, 600_000].map((waitedMs) => reach(1_500, waitedMs)) as [number, number, number]
  expect(later).toBeGreaterThan(now)
  expect(much - now).toBeCloseTo(60 * (later - now), 3)
})

test('[hold] what was seen long ago is forgotten', () => {
  const holdBack = learned(1, 40, 300)
  const busy = holdBack.reach(1_500, 0)
  for (let minute = 1; minute <= 30; minute++) holdBack.see([], NOW_MS + (300 + minute * 60) * 1_000)
  expect(holdBack.reach(1_500, 0)).toBeGreaterThan(5 * busy)
})

test('[hold] two beyond the mean of their reaches are not paired, nearer ones are', () => {
  const reach = (rating: number) => (rating < 1_500 ? 10 : 30)
  const queue = (other: number) => [ticket(0, 1_490, 0), ticket(1, other, 0)]
  expect(pair(queue(1_510), NOW_MS, reach)).toHaveLength(1)
  expect(pair(queue(1_511), NOW_MS, reach)).toEqual([])
  expect(played(queue(1_511))).toEqual([[0, 1]])
})

test('[hold] who is held back counts as somebody else: the same two are not paired again while others wait', () => {
  const queue = [ticket(0, 1_500, 0, { lastOpponent: userOf(1) }), ticket(1, 1_501, 0), ticket(2, 1_540, 0)]
  expect(pair(queue, NOW_MS, () => 10)).toEqual([])
})

test('[hold] a matchmaker that was told what a second is worth waits for nearer peers, but not for ever', async () => {
  const { world, clock, enqueue } = await leading({ secondWorth: 1 })
  for (let n = 0; n < 100; n++) {
    await enqueue(`early${n}`, { rating: 1_500, lastOpponent: null })
    await clock.advance(100)
  }
  const before = playersOf(world).length
  expect(before).toBe(50)
  await enqueue('ana', { rating: 1_480 })
  await enqueue('bo', { rating: 1_520 })
  await clock.advance(2_000)
  expect(playersOf(world)).toHaveLength(before)
  await clock.advance(20_000)
  expect(playersOf(world)).toHaveLength(before + 1)
})
