import { acceptedWidth } from '../ports/matching.ts'
import type { Ticket } from '../ports/ticket-queue.ts'
import type { UserId } from '../protocol/ids.ts'

/** Who may play whom now. Tickets are named by their place, 0 being the lowest rating. */
export interface Graph {
  readonly tickets: readonly Ticket[]
  readonly ratings: Float64Array
  /** Rating distance that each accepts; Infinity: any. */
  readonly widths: Float64Array
  readonly waitedMs: Float64Array
  mayPair(i: number, j: number): boolean
  /** Places that `i` may pair with, from the lowest, one by one; ends where its own width ends. */
  partners(i: number): Iterable<number>
  hasPartner(i: number): boolean
}

/** The distance beyond which a ticket rather waits for a better peer; see hold-back.ts. */
export type Reach = (rating: number, waitedMs: number) => number

/** Waits for no better peer: the nearest one within the widths will do. */
export const anyReach: Reach = () => Number.POSITIVE_INFINITY

/** While others wait who may suit them soon, two who have just played each other wait so long for one of those, in ms. */
export const REPEAT_AFTER_MS = 5_000

/**
 * Two may pair when their distance is within both widths and the mean of their reaches, neither blocks the other, and they
 * have not just played each other. Those who have may if nobody else could play either of them now; and as long as somebody
 * could when widths are at their widest, not before both have waited REPEAT_AFTER_MS.
 *
 * @param tickets of one queue, present ones, in any order
 */
export function graphOf(tickets: readonly Ticket[], nowMs: number, reach: Reach = anyReach): Graph {
  const sorted = tickets.toSorted(byRating)
  const count = sorted.length
  const ratings = Float64Array.from(sorted, ({ rating }) => rating)
  const waitedMs = Float64Array.from(sorted, ({ enqueuedAtMs }) => Math.max(0, nowMs - enqueuedAtMs))
  const widths = Float64Array.from(
    sorted,
    ({ mode }, i) => acceptedWidth(mode, waitedMs[i]!) ?? Number.POSITIVE_INFINITY,
  )
  const widest = count === 0 ? 0 : (acceptedWidth(sorted[0]!.mode, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY)
  const reaches = Float64Array.from(sorted, ({ rating }, i) => reach(rating, waitedMs[i]!))
  const lastOpponents = lastOpponentPlaces(sorted)

  const inReach = (i: number, j: number): boolean => {
    const distance = Math.abs(ratings[i]! - ratings[j]!)
    return distance <= widths[i]! && distance <= widths[j]! && !blocks(sorted[i]!, sorted[j]!)
  }
  const isHeld = (i: number, j: number): boolean => 2 * Math.abs(ratings[i]! - ratings[j]!) > reaches[i]! + reaches[j]!
  const justPlayed = (i: number, j: number): boolean => lastOpponents[i] === j || lastOpponents[j] === i

  const hasOther = remembered(count, (i) => some(i, widths[i]!, (j) => inReach(i, j) && !justPlayed(i, j)))
  const mayHaveOther = remembered(count, (i) =>
    some(i, widest, (j) => !blocks(sorted[i]!, sorted[j]!) && !justPlayed(i, j)),
  )

  function mayRepeat(i: number, j: number): boolean {
    if (hasOther(i) || hasOther(j)) return false
    return Math.min(waitedMs[i]!, waitedMs[j]!) >= REPEAT_AFTER_MS || !(mayHaveOther(i) || mayHaveOther(j))
  }

  const mayPair = (i: number, j: number): boolean =>
    inReach(i, j) && !isHeld(i, j) && (!justPlayed(i, j) || mayRepeat(i, j))

  /** Nearest places first on each side, which mostly ends at once. */
  function some(i: number, width: number, accepts: (j: number) => boolean): boolean {
    for (let j = i + 1; j < count && ratings[j]! - ratings[i]! <= width; j++) if (accepts(j)) return true
    for (let j = i - 1; j >= 0 && ratings[i]! - ratings[j]! <= width; j--) if (accepts(j)) return true
    return false
  }

  return {
    tickets: sorted,
    ratings,
    widths,
    waitedMs,
    mayPair,
    *partners(i) {
      for (let up = i + 1, down = i - 1; ; up++, down--) {
        const reachesUp = up < count && ratings[up]! - ratings[i]! <= widths[i]!
        const reachesDown = down >= 0 && ratings[i]! - ratings[down]! <= widths[i]!
        if (!reachesUp && !reachesDown) return
        if (reachesUp && mayPair(i, up)) yield up
        if (reachesDown && mayPair(i, down)) yield down
      }
    },
    hasPartner: (i) => some(i, widths[i]!, (j) => mayPair(i, j)),
  }
}

/** `answer`, asked at most once for each place. */
function remembered(count: number, answer: (place: number) => boolean): (place: number) => boolean {
  /** 1: yes; 0: no; -1: not asked yet. */
  const known = new Int8Array(count).fill(-1)
  return (place) => {
    if (known[place] === -1) known[place] = answer(place) ? 1 : 0
    return known[place] === 1
  }
}

/** Never by place in the input: who is first there means nothing. */
const byRating = (a: Ticket, b: Ticket): number => a.rating - b.rating || (a.id < b.id ? -1 : 1)

const blocks = (a: Ticket, b: Ticket): boolean =>
  (a.blocked.length > 0 && a.blocked.includes(b.userId)) || (b.blocked.length > 0 && b.blocked.includes(a.userId))

/** -1: none, or not in the queue. */
function lastOpponentPlaces(tickets: readonly Ticket[]): Int32Array {
  const places = new Map<UserId, number>(tickets.map(({ userId }, i) => [userId, i]))
  return Int32Array.from(tickets, ({ lastOpponent }) => (lastOpponent === null ? -1 : (places.get(lastOpponent) ?? -1)))
}
