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

/**
 * Two may pair when their distance is within both widths, neither blocks the other, and they have not just played each
 * other; those who have may, if nobody else could play either of them.
 *
 * @param tickets of one queue, present ones, in any order
 */
export function graphOf(tickets: readonly Ticket[], nowMs: number): Graph {
  const sorted = tickets.toSorted(byRating)
  const count = sorted.length
  const ratings = Float64Array.from(sorted, ({ rating }) => rating)
  const waitedMs = Float64Array.from(sorted, ({ enqueuedAtMs }) => Math.max(0, nowMs - enqueuedAtMs))
  const widths = Float64Array.from(
    sorted,
    ({ mode }, i) => acceptedWidth(mode, waitedMs[i]!) ?? Number.POSITIVE_INFINITY,
  )
  const lastOpponents = lastOpponentPlaces(sorted)
  /** 1: somebody other than the last opponent could play them; 0: nobody; -1: not looked at yet. */
  const others = new Int8Array(count).fill(-1)

  const inReach = (i: number, j: number): boolean => {
    const distance = Math.abs(ratings[i]! - ratings[j]!)
    return distance <= widths[i]! && distance <= widths[j]! && !blocks(sorted[i]!, sorted[j]!)
  }
  const justPlayed = (i: number, j: number): boolean => lastOpponents[i] === j || lastOpponents[j] === i

  function hasOther(i: number): boolean {
    if (others[i] === -1) others[i] = some(i, (j) => inReach(i, j) && !justPlayed(i, j)) ? 1 : 0
    return others[i] === 1
  }

  const mayPair = (i: number, j: number): boolean =>
    inReach(i, j) && (!justPlayed(i, j) || (!hasOther(i) && !hasOther(j)))

  /** Nearest places first on each side, which mostly ends at once. */
  function some(i: number, accepts: (j: number) => boolean): boolean {
    for (let j = i + 1; j < count && ratings[j]! - ratings[i]! <= widths[i]!; j++) if (accepts(j)) return true
    for (let j = i - 1; j >= 0 && ratings[i]! - ratings[j]! <= widths[i]!; j--) if (accepts(j)) return true
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
    hasPartner: (i) => some(i, (j) => mayPair(i, j)),
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
