import glicko2 from 'glicko2-lite'

/** A Glicko-2 rating: the estimate, its standard deviation, and how erratic the player's results are. */
export interface Rating {
  readonly rating: number
  readonly deviation: number
  readonly volatility: number
}

/** One opponent met and the points taken: 1 a win, 0.5 a draw, 0 a loss. */
export interface Encounter {
  readonly opponent: Rating
  readonly score: 0 | 0.5 | 1
}

export const NEW_RATING: Rating = { rating: 1500, deviation: 350, volatility: 0.06 }

/**
 * Each ranked game is rated at once, as a rating period of its own; a day without one is an idle period, and parts of it count in proportion.
 * So a settled player (deviation 60) who stays away is at 116 after three months and at 208 after a year.
 */
export const RATING_PERIOD_MS = 86_400_000

/** How fast volatility may change: the middle of what Glickman advises (0.3..1.2), as in his example. */
const TAU = 0.5
/** Points of the public scale in one unit of Glicko-2's own. */
const SCALE = 173.7178
/** Between them the library's sums stay finite, whatever is played. */
export const RATING_MIN = 100
export const RATING_MAX = 4_000

/** The rating after one period with these games. None: the deviation grows by one idle period. */
export function rate(player: Rating, encounters: readonly Encounter[]): Rating {
  if (encounters.length === 0) return idle(player, RATING_PERIOD_MS)
  const opponents = encounters.map(({ opponent, score }): [number, number, number] => [
    opponent.rating,
    opponent.deviation,
    score,
  ])
  const rated = glicko2(player.rating, player.deviation, player.volatility, opponents, { tau: TAU })
  return {
    rating: Math.min(RATING_MAX, Math.max(RATING_MIN, rated.rating)),
    deviation: Math.min(NEW_RATING.deviation, rated.rd),
    volatility: rated.vol,
  }
}

/** The rating after `idleMs` without a rated game: less is known of the player, never less than of a new one. */
export function idle(player: Rating, idleMs: number): Rating {
  const periods = Math.max(0, idleMs) / RATING_PERIOD_MS
  const deviation = Math.sqrt(player.deviation ** 2 + periods * (SCALE * player.volatility) ** 2)
  return { ...player, deviation: Math.min(NEW_RATING.deviation, deviation) }
}

/** Both players of one game, each rated against what the other was before it. `score`: of the first one. */
export const rateGame = (
  [a, b]: readonly [Rating, Rating],
  score: Encounter['score'],
): readonly [a: Rating, b: Rating] => [
  rate(a, [{ opponent: b, score }]),
  rate(b, [{ opponent: a, score: (1 - score) as Encounter['score'] }]),
]

/** What others see, on the wire and in lists: the nearest whole number, halves up. Stores keep the exact one. */
export const shownRating = ({ rating }: Pick<Rating, 'rating'>): number => Math.round(rating)
