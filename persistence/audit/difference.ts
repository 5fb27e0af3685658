import type { Statistics } from '../../game/statistics.ts'
import type { GameResult, RatingChange } from '../../ports/game-result.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'

/** What the stored games say, and what was found instead. */
export type Difference =
  /** Stored, and in nobody's statistics. */
  | { readonly difference: 'not_counted'; readonly gameId: GameId }
  /** Counted, and not among the stored games. */
  | { readonly difference: 'not_stored'; readonly gameId: GameId; readonly appliedSeq: number }
  /** Stored, and of a form that never can be counted. */
  | { readonly difference: 'not_countable'; readonly gameId: GameId; readonly why: string }
  /** Counted as another game than was stored. */
  | Found<'result', { readonly gameId: GameId; readonly field: string }>
  /** Rated otherwise than the games counted before it say. */
  | Found<'ratings', { readonly gameId: GameId }>
  | Found<'statistics', { readonly userId: UserId; readonly field: string }>
  /** Played a game, and has no statistics. */
  | { readonly difference: 'no_statistics'; readonly userId: UserId }

type Found<Name extends string, Where> = Where & {
  readonly difference: Name
  readonly expected: unknown
  readonly found: unknown
}

/** Ratings that differ by less are the same: another release of the runtime may round the last digits otherwise. */
const RATING_TOLERANCE = 1e-6

const RESULT_FIELDS = [
  ...['players', 'mode', 'status', 'reason', 'winner', 'moves', 'createdAtMs', 'endedAtMs', 'counted', 'rated'],
] as const satisfies readonly (keyof GameResult)[]

type Entry = GameResult & { readonly ratings: RatingChange | null }

export function entryDifferences(expected: Entry, found: Entry): Difference[] {
  const { gameId } = expected
  const differences: Difference[] = RESULT_FIELDS.filter(
    (field) => String(expected[field]) !== String(found[field]),
  ).map((field) => ({ difference: 'result', gameId, field, expected: expected[field], found: found[field] }))
  if (!sameRatings(expected.ratings, found.ratings)) {
    differences.push({ difference: 'ratings', gameId, expected: expected.ratings, found: found.ratings })
  }
  return differences
}

const sameRatings = (expected: RatingChange | null, found: RatingChange | null): boolean =>
  expected === null || found === null
    ? expected === found
    : expected.every((seat, s) => seat.every((rating, i) => isClose(rating, found[s]![i]!)))

export function statisticsDifferences(userId: UserId, expected: Statistics, found: Statistics): Difference[] {
  const theirs = flat(found)
  return Object.entries(flat(expected))
    .filter(([field, value]) => !isClose(value ?? -1, theirs[field] ?? -1))
    .map(([field, value]) => ({ difference: 'statistics', userId, field, expected: value, found: theirs[field] }))
}

const flat = ({ rating, ...counts }: Statistics): Record<string, number | null> => ({ ...counts, ...rating })

const isClose = (a: number, b: number): boolean => Math.abs(a - b) < RATING_TOLERANCE
