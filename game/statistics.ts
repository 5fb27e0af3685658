import { idle, NEW_RATING, type Rating, rateGame } from './rating.ts'
import type { Seat } from './rules.ts'

/** What a player's finished games add up to. Bot games and annulled ones are not in it. */
export interface Statistics {
  readonly gamesPlayed: number
  readonly gamesWon: number
  readonly gamesLost: number
  readonly gamesDrawn: number
  /** Wins in a row up to now; a loss or a draw ends them. */
  readonly currentStreak: number
  readonly bestStreak: number
  /** From the opening of each game to its end, ms. */
  readonly totalPlaytimeMs: number
  readonly rating: Rating
  /** When the last rated game ended, ms since the Unix epoch; null: none was rated. */
  readonly ratedAtMs: number | null
}

/** A finished game that counts, as far as statistics care. */
export interface Outcome {
  /** Null: a draw. */
  readonly winner: Seat | null
  /** Whether it changes ratings too. */
  readonly rated: boolean
  readonly createdAtMs: number
  readonly endedAtMs: number
}

export const NO_GAMES: Statistics = {
  gamesPlayed: 0,
  gamesWon: 0,
  gamesLost: 0,
  gamesDrawn: 0,
  currentStreak: 0,
  bestStreak: 0,
  totalPlaytimeMs: 0,
  rating: NEW_RATING,
  ratedAtMs: null,
}

/** Percent of the games played, two decimals; null: none. */
export const winRateOf = ({ gamesPlayed, gamesWon }: Pick<Statistics, 'gamesPlayed' | 'gamesWon'>): number | null =>
  gamesPlayed === 0 ? null : Math.round((10_000 * gamesWon) / gamesPlayed) / 100

/** Both players' statistics, by seat, after one more game. */
export function afterGame(
  [x, o]: readonly [Statistics, Statistics],
  outcome: Outcome,
): readonly [x: Statistics, o: Statistics] {
  const counted = [counting(x, 0, outcome), counting(o, 1, outcome)] as const
  return outcome.rated ? rating(counted, outcome) : counted
}

function counting(before: Statistics, seat: Seat, { winner, createdAtMs, endedAtMs }: Outcome): Statistics {
  const won = winner === seat
  const currentStreak = won ? before.currentStreak + 1 : 0
  return {
    ...before,
    gamesPlayed: before.gamesPlayed + 1,
    gamesWon: before.gamesWon + (won ? 1 : 0),
    gamesLost: before.gamesLost + (winner !== null && !won ? 1 : 0),
    gamesDrawn: before.gamesDrawn + (winner === null ? 1 : 0),
    currentStreak,
    bestStreak: Math.max(before.bestStreak, currentStreak),
    totalPlaytimeMs: before.totalPlaytimeMs + Math.max(0, endedAtMs - createdAtMs),
  }
}

function rating(
  [x, o]: readonly [Statistics, Statistics],
  { winner, endedAtMs }: Outcome,
): readonly [Statistics, Statistics] {
  const score = winner === null ? 0.5 : winner === 0 ? 1 : 0
  const [ratedX, ratedO] = rateGame([rested(x, endedAtMs), rested(o, endedAtMs)], score)
  return [rated(x, ratedX, endedAtMs), rated(o, ratedO, endedAtMs)]
}

/** The rating with which a player comes to a game that ends at `endedAtMs`. A game that arrives late adds no idle time. */
const rested = ({ rating, ratedAtMs }: Statistics, endedAtMs: number): Rating =>
  ratedAtMs === null ? rating : idle(rating, endedAtMs - ratedAtMs)

const rated = (before: Statistics, rating: Rating, endedAtMs: number): Statistics => ({
  ...before,
  rating,
  ratedAtMs: Math.max(before.ratedAtMs ?? endedAtMs, endedAtMs),
})
