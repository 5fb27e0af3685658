import { fraction, type Random } from '../../kit/random.ts'
import { exponential, normal } from './chance.ts'

/** What the season assumes of its players; written out in docs/matchmaking.md. */
export const ASSUMED = {
  players: 10_000,
  ratingMean: 1_500,
  ratingDeviation: 300,
  /** Sessions of a player on one day, on average; some play much more than others. */
  sessionsPerDay: 5,
  /** Games of a session, on average (geometric). */
  gamesPerSession: 15,
  gameSeconds: 30,
  /** Between the end of a game and the next FIND. */
  breakSeconds: 5,
  /** Session starts at 05:00 as a part of those at 17:00. */
  nightPart: 0.1,
} as const

export const DAY_S = 86_400
const QUIETEST_AT_S = 5 * 3_600
/** Shape of a log-normal distribution: the most active tenth of the players play half of all games. */
const ACTIVITY_SIGMA = 1.2
const GAME_SIGMA = 0.4

export interface SeasonPlayer {
  readonly rating: number
  /** Weight among all players by which a session is theirs. */
  readonly activity: number
}

export function createPlayers(random: Random): readonly SeasonPlayer[] {
  return Array.from({ length: ASSUMED.players }, () => ({
    rating: Math.round(Math.max(100, normal(random, ASSUMED.ratingMean, ASSUMED.ratingDeviation))),
    activity: Math.exp(ACTIVITY_SIGMA * normal(random, 0, 1)),
  }))
}

/** Starts of sessions over one day, in order: when, in s, and whose. */
export function* sessions(players: readonly SeasonPlayer[], random: Random): Iterable<{ atS: number; player: number }> {
  const upTo = new Float64Array(players.length)
  let total = 0
  for (const [i, { activity }] of players.entries()) {
    total += activity
    upTo[i] = total
  }
  const meanPerSecond = (players.length * ASSUMED.sessionsPerDay) / DAY_S
  const { nightPart } = ASSUMED
  /** Relative to the mean: 1 on average, least at night. */
  const swing = (1 - nightPart) / (1 + nightPart)
  const rateAt = (atS: number) => 1 - swing * Math.cos((2 * Math.PI * (atS - QUIETEST_AT_S)) / DAY_S)
  // Thinning: drawn at the highest rate, kept with the chance that the hour gives.
  for (let atS = 0; ; ) {
    atS += exponential(random, meanPerSecond * (1 + swing))
    if (atS >= DAY_S) return
    if (fraction(random) * (1 + swing) > rateAt(atS)) continue
    yield { atS, player: firstAbove(upTo, fraction(random) * total) }
  }
}

export const gamesOfSession = (random: Random): number =>
  1 + Math.floor(Math.log(1 - fraction(random)) / Math.log(1 - 1 / ASSUMED.gamesPerSession))

/** Log-normal, in s. */
export const gameSeconds = (random: Random): number =>
  ASSUMED.gameSeconds * Math.exp(GAME_SIGMA * normal(random, 0, 1) - GAME_SIGMA ** 2 / 2)

export const breakSeconds = (random: Random): number => 1 + exponential(random, 1 / (ASSUMED.breakSeconds - 1))

function firstAbove(sums: Float64Array, value: number): number {
  let [from, to] = [0, sums.length - 1]
  while (from < to) {
    const middle = (from + to) >> 1
    if (sums[middle]! > value) to = middle
    else from = middle + 1
  }
  return from
}
