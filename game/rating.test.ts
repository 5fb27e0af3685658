import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  idle,
  NEW_RATING,
  RATING_MAX,
  RATING_MIN,
  RATING_PERIOD_MS,
  type Rating,
  rate,
  rateGame,
  shownRating,
} from './rating.ts'

const player = (rating: number, deviation: number): Rating => ({ rating, deviation, volatility: 0.06 })

const anyRating = fc.record({
  rating: fc.double({ min: RATING_MIN, max: RATING_MAX, noNaN: true }),
  deviation: fc.double({ min: 10, max: 350, noNaN: true }),
  volatility: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
})
const anyScore = fc.constantFrom(0, 0.5, 1)

describe('Glicko-2', () => {
  test("[rating] Glickman's example comes out as he published it", () => {
    const after = rate(player(1500, 200), [
      { opponent: player(1400, 30), score: 1 },
      { opponent: player(1550, 100), score: 0 },
      { opponent: player(1700, 300), score: 0 },
    ])
    expect(after.rating).toBeCloseTo(1464.06, 1)
    expect(after.deviation).toBeCloseTo(151.52, 1)
    expect(after.volatility).toBeCloseTo(0.059996, 6)
  })

  test('[rating] two new players: the winner gains what the loser loses, a draw changes no rating', () => {
    const [winner, loser] = rateGame([NEW_RATING, NEW_RATING], 1)
    expect(winner.rating - 1500).toBeCloseTo(1500 - loser.rating, 9)
    expect(shownRating(winner)).toBe(1662)
    const [a, b] = rateGame([NEW_RATING, NEW_RATING], 0.5)
    expect([a.rating, b.rating]).toEqual([1500, 1500])
    expect(a.deviation).toBeLessThan(NEW_RATING.deviation)
  })

  test('[rating] a settled player who stays away is less certain: 116 after three months, 208 after a year', () => {
    const settled = player(1620, 60)
    expect(idle(settled, 90 * RATING_PERIOD_MS).deviation).toBeCloseTo(115.7, 1)
    expect(idle(settled, 365 * RATING_PERIOD_MS).deviation).toBeCloseTo(207.9, 0)
    expect(idle(settled, 365 * RATING_PERIOD_MS).rating).toBe(1620)
    expect(idle(settled, 50 * 365 * RATING_PERIOD_MS).deviation).toBe(NEW_RATING.deviation)
  })

  test('[rating] a period without games is a day away; time that runs backwards is none', () => {
    expect(rate(player(1500, 60), [])).toEqual(idle(player(1500, 60), RATING_PERIOD_MS))
    expect(rate(player(1500, 60), []).deviation).toBeGreaterThan(60)
    expect(idle(player(1500, 60), -1)).toEqual(player(1500, 60))
  })

  test('[rating] whoever plays whom: a win never lowers, a loss never raises, all stays in bounds', () => {
    fc.assert(
      fc.property(anyRating, anyRating, anyScore, (a, b, score) => {
        const rated = rateGame([a, b], score)
        expect(score === 1 ? rated[0].rating - a.rating : 0).toBeGreaterThanOrEqual(0)
        expect(score === 0 ? rated[0].rating - a.rating : 0).toBeLessThanOrEqual(0)
        for (const { rating, deviation, volatility } of rated) {
          expect(rating >= RATING_MIN && rating <= RATING_MAX).toBe(true)
          expect(deviation > 0 && deviation <= NEW_RATING.deviation).toBe(true)
          expect(volatility > 0 && volatility < 1).toBe(true)
        }
      }),
    )
  })

  test('[rating] shown as the nearest whole number', () => {
    expect([1499.5, 1500.49, 1500.5].map((rating) => shownRating({ rating }))).toEqual([1500, 1500, 1501])
  })
})
