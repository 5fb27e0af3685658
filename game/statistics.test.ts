import { describe, expect, test } from 'vitest'
import { NEW_RATING, RATING_PERIOD_MS, rateGame } from './rating.ts'
import { afterGame, NO_GAMES, type Outcome, type Statistics } from './statistics.ts'

const BEGUN_MS = 1_700_000_000_000
const game = (outcome: Partial<Outcome> = {}): Outcome => ({
  winner: 0,
  rated: false,
  createdAtMs: BEGUN_MS,
  endedAtMs: BEGUN_MS + 30_000,
  ...outcome,
})

/** X's statistics after these games against somebody new each time. */
const played = (...outcomes: readonly Outcome[]): Statistics =>
  outcomes.reduce((x, outcome) => afterGame([x, NO_GAMES], outcome)[0], NO_GAMES)

describe('statistics', () => {
  test('[stats] a win is one for X and a loss for O; a draw is one for both', () => {
    const [x, o] = afterGame([NO_GAMES, NO_GAMES], game())
    expect(x).toMatchObject({ gamesPlayed: 1, gamesWon: 1, gamesLost: 0, gamesDrawn: 0, currentStreak: 1 })
    expect(o).toMatchObject({ gamesPlayed: 1, gamesWon: 0, gamesLost: 1, gamesDrawn: 0, currentStreak: 0 })
    const drawn = afterGame([NO_GAMES, NO_GAMES], game({ winner: null }))
    expect(drawn[0]).toEqual(drawn[1])
    expect(drawn[0]).toMatchObject({ gamesPlayed: 1, gamesDrawn: 1, gamesWon: 0, gamesLost: 0 })
  })

  test('[stats] a draw ends a streak as a loss does, the best one stays', () => {
    const win = game()
    expect(played(win, win)).toMatchObject({ currentStreak: 2, bestStreak: 2 })
    expect(played(win, win, game({ winner: null }), win)).toMatchObject({ currentStreak: 1, bestStreak: 2 })
    expect(played(win, win, game({ winner: 1 }))).toMatchObject({ currentStreak: 0, bestStreak: 2 })
  })

  test('[stats] playtime runs from opening to end, and never backwards', () => {
    expect(played(game(), game()).totalPlaytimeMs).toBe(60_000)
    expect(played(game({ endedAtMs: BEGUN_MS - 1 })).totalPlaytimeMs).toBe(0)
  })

  test('[rating] an unrated game leaves rating and its date alone', () => {
    expect(played(game())).toMatchObject({ rating: NEW_RATING, ratedAtMs: null })
  })

  test('[rating] X and O are rated by who won; a draw is half a point', () => {
    for (const [winner, score] of [
      [0, 1],
      [1, 0],
      [null, 0.5],
    ] as const) {
      const both = afterGame([NO_GAMES, NO_GAMES], game({ rated: true, winner }))
      expect(both.map(({ rating }) => rating)).toEqual(rateGame([NEW_RATING, NEW_RATING], score))
      expect(both.map(({ ratedAtMs }) => ratedAtMs)).toEqual([BEGUN_MS + 30_000, BEGUN_MS + 30_000])
    }
  })

  test('[rating] who comes back after months is rated with a wider deviation', () => {
    const settled = { ...NO_GAMES, rating: { rating: 1600, deviation: 60, volatility: 0.06 }, ratedAtMs: BEGUN_MS }
    const next = (endedAtMs: number) => afterGame([settled, settled], game({ rated: true, endedAtMs }))[0].rating
    const soon = next(BEGUN_MS + 1_000)
    const late = next(BEGUN_MS + 100 * RATING_PERIOD_MS)
    expect(late.rating - 1600).toBeGreaterThan(2 * (soon.rating - 1600))
    expect(late.deviation).toBeGreaterThan(soon.deviation)
  })

  test('[rating] a game that is counted late is rated without idle time, and the newest date stays', () => {
    const settled = { ...NO_GAMES, rating: { rating: 1600, deviation: 60, volatility: 0.06 }, ratedAtMs: BEGUN_MS }
    const [late] = afterGame([settled, settled], game({ rated: true, endedAtMs: BEGUN_MS - RATING_PERIOD_MS }))
    expect(late.ratedAtMs).toBe(BEGUN_MS)
    expect(late.rating).toEqual(rateGame([settled.rating, settled.rating], 1)[0])
  })
})
