import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { below, seededRandom } from '../kit/random.ts'
import { acceptedWidth, WINDOW_MAX } from '../ports/matching.ts'
import type { Ticket } from '../ports/ticket-queue.ts'
import { graphOf, REPEAT_AFTER_MS } from './graph.ts'
import { EXACT_MAX, match, pair, URGENT_AFTER_MS } from './pairing.ts'
import { NOW_MS, played, someQueue, ticket, userOf } from './test-tickets.ts'

/** The rule in its plainest form, against which the fast one is held. */
function mayPair(a: Ticket, b: Ticket, all: readonly Ticket[]): boolean {
  if (!inReach(a, b)) return false
  if (!justPlayed(a, b)) return true
  const hasOther = (waitedMs?: number) =>
    [a, b].some((one) => all.some((other) => other !== one && inReach(one, other, waitedMs) && !justPlayed(one, other)))
  if (hasOther()) return false
  return [a, b].every((one) => NOW_MS - one.enqueuedAtMs >= REPEAT_AFTER_MS) || !hasOther(3_600_000)
}
function inReach(a: Ticket, b: Ticket, waitedMs?: number): boolean {
  const widths = [a, b].map((one) => acceptedWidth(one.mode, waitedMs ?? NOW_MS - one.enqueuedAtMs))
  const near = widths.every((width) => width === null || Math.abs(a.rating - b.rating) <= width)
  return near && !a.blocked.includes(b.userId) && !b.blocked.includes(a.userId)
}
const justPlayed = (a: Ticket, b: Ticket) => a.lastOpponent === b.userId || b.lastOpponent === a.userId

interface Total {
  readonly pairs: number
  readonly distance: number
}

/** Most pairs, then least distance, by trying everything. */
function bestByTrying(all: readonly Ticket[], left: readonly Ticket[] = all): Total {
  const [first, ...rest] = left
  if (first === undefined) return { pairs: 0, distance: 0 }
  let best = bestByTrying(all, rest)
  for (const other of rest) {
    if (!mayPair(first, other, all)) continue
    const more = bestByTrying(
      all,
      rest.filter((one) => one !== other),
    )
    const total = { pairs: more.pairs + 1, distance: more.distance + Math.abs(first.rating - other.rating) }
    if (total.pairs > best.pairs || (total.pairs === best.pairs && total.distance < best.distance)) best = total
  }
  return best
}

function totalOf(tickets: readonly Ticket[]): Total {
  const pairings = pair(tickets, NOW_MS)
  return { pairs: pairings.length, distance: pairings.reduce((sum, { reason }) => sum + reason.distance, 0) }
}

describe('who may pair', () => {
  test('[window] ranked: the distance is within both widths, at once 50, 25 more each second, never over 400', () => {
    expect(played([ticket(0, 1_500, 0), ticket(1, 1_550, 0)])).toEqual([[0, 1]])
    expect(played([ticket(0, 1_500, 0), ticket(1, 1_551, 0)])).toEqual([])
    expect(played([ticket(0, 1_500, 2_000), ticket(1, 1_600, 0)])).toEqual([])
    expect(played([ticket(0, 1_500, 2_000), ticket(1, 1_600, 2_000)])).toEqual([[0, 1]])
    expect(played([ticket(0, 1_500, 3_600_000), ticket(1, 1_900, 3_600_000)])).toEqual([[0, 1]])
    expect(played([ticket(0, 1_500, 3_600_000), ticket(1, 1_901, 3_600_000)])).toEqual([])
  })

  test('[window] casual: anyone after 3 s, if the other takes anyone too', () => {
    const casual = (n: number, rating: number, waitedMs: number) => ticket(n, rating, waitedMs, { mode: 'casual' })
    expect(played([casual(0, 800, 3_000), casual(1, 2_800, 3_000)])).toEqual([[0, 1]])
    expect(played([casual(0, 800, 60_000), casual(1, 2_800, 2_999)])).toEqual([])
    expect(played([casual(0, 1_500, 60_000), casual(1, 1_620, 2_999)])).toEqual([[0, 1]])
  })

  test('[block] in either direction: never', () => {
    const blocking = ticket(0, 1_500, 9_000, { blocked: [userOf(1)] })
    expect(played([blocking, ticket(1, 1_500, 9_000)])).toEqual([])
    expect(played([blocking, ticket(1, 1_500, 9_000), ticket(2, 1_650, 9_000)])).toEqual([[1, 2]])
  })

  test('[rematch] the same two not at once again while somebody else could play one of them', () => {
    const a = ticket(0, 1_500, 1_000, { lastOpponent: userOf(1) })
    const b = ticket(1, 1_500, 1_000)
    expect(played([a, b])).toEqual([[0, 1]])
    expect(played([a, b, ticket(2, 1_520, 0)])).toEqual([[1, 2]])
    expect(played([a, b, ticket(2, 1_520, 0), ticket(3, 1_520, 0)])).toHaveLength(2)
    expect(played([a, b, ticket(2, 2_400, 0)])).toEqual([[0, 1]])
  })

  test('[rematch] nor while somebody waits who may suit one of them soon, for 5 s', () => {
    const queue = (waitedMs: number, third: number) => [
      ticket(0, 1_500, waitedMs, { lastOpponent: userOf(1) }),
      ticket(1, 1_510, REPEAT_AFTER_MS),
      ticket(2, third, 0),
    ]
    expect(played(queue(REPEAT_AFTER_MS - 1, 1_510 + WINDOW_MAX))).toEqual([])
    expect(played(queue(REPEAT_AFTER_MS, 1_510 + WINDOW_MAX))).toEqual([[0, 1]])
    expect(played(queue(REPEAT_AFTER_MS - 1, 1_511 + WINDOW_MAX))).toEqual([[0, 1]])
    expect(played(queue(REPEAT_AFTER_MS, 1_520))).toEqual([[1, 2]])
  })

  test('[rematch] three who all just played each other are not stuck', () => {
    const last = (n: number, of: number) => ticket(n, 1_500, 1_000 * n, { lastOpponent: userOf(of) })
    expect(played([last(0, 1), last(1, 2), last(2, 0)])).toHaveLength(1)
  })

  test('[P5] absent tickets are not paired', () => {
    expect(played([ticket(0, 1_500, 0, { absentSinceMs: NOW_MS }), ticket(1, 1_500, 0)])).toEqual([])
  })
})

describe('which pairs are made', () => {
  test('[best] most pairs before nearness, and least total distance before the nearest pair', () => {
    expect(played([ticket(0, 1_460, 0), ticket(1, 1_500, 0), ticket(2, 1_501, 0), ticket(3, 1_541, 0)])).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(
      played([ticket(0, 1_500, 4_000), ticket(1, 1_520, 4_000), ticket(2, 1_521, 4_000), ticket(3, 1_560, 4_000)]),
    ).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  test('[best] nested and crossing pairs, where widths ask for them', () => {
    const nested = [ticket(0, 1_400, 8_000), ticket(1, 1_500, 0), ticket(2, 1_550, 0), ticket(3, 1_640, 8_000)]
    expect(played(nested)).toEqual([
      [0, 3],
      [1, 2],
    ])
    const crossing = [ticket(0, 1_400, 5_000), ticket(1, 1_500, 0), ticket(2, 1_540, 5_000), ticket(3, 1_550, 0)]
    expect(played(crossing)).toEqual([
      [0, 2],
      [1, 3],
    ])
  })

  test('[fair] of equal pairings the one with the longest waits: the last to come waits on', () => {
    const equal = [ticket(2, 1_500, 10), ticket(0, 1_500, 30), ticket(1, 1_500, 20)]
    expect(played(equal)).toEqual([[0, 1]])
    const many = Array.from({ length: 41 }, (_, n) => ticket(n, 1_500, 41 - n))
    expect(played(many).flat()).not.toContain(40)
  })

  test('[reason] waits by ticket, the narrower width, the distance; the lower rated first', () => {
    const [one] = pair([ticket(0, 1_540, 1_000), ticket(1, 1_500, 2_000)], NOW_MS)
    expect([one!.a.userId, one!.b.userId]).toEqual([userOf(1), userOf(0)])
    expect(one!.reason).toEqual({ waitedMs: [2_000, 1_000], width: 75, distance: 40 })
    const casual = [ticket(0, 900, 4_000, { mode: 'casual' }), ticket(1, 1_500, 3_000, { mode: 'casual' })]
    expect(pair(casual, NOW_MS)[0]!.reason).toEqual({ waitedMs: [4_000, 3_000], width: null, distance: 600 })
    const ahead = [ticket(0, 1_500, -500), ticket(1, 1_500, 0)]
    expect(pair(ahead, NOW_MS)[0]!.reason.waitedMs).toEqual([0, 0])
  })

  for (const { name, shape } of [
    { name: 'without blocks', shape: { blockedPercent: 0, rematches: false } },
    { name: 'with blocks', shape: { blockedPercent: 20, rematches: false } },
    { name: 'with blocks and rematches', shape: { blockedPercent: 10, rematches: true } },
  ]) {
    test(`[best] exact for up to ten tickets, ${name}`, () => {
      const queue = someQueue({ ...shape, ticketsMax: EXACT_MAX, waitedMsMax: URGENT_AFTER_MS - 1 })
      fc.assert(
        fc.property(queue, (tickets) => {
          expect(totalOf(tickets)).toEqual(bestByTrying(tickets))
        }),
        { numRuns: 120 },
      )
    })
  }

  const anyQueue = someQueue({ ticketsMax: 60, waitedMsMax: 90_000, blockedPercent: 5, rematches: true })

  test('[valid] any queue: each at most once, only who may pair, ranked within the cap; no two left who could play', () => {
    fc.assert(
      fc.property(anyQueue, (tickets) => {
        const pairings = pair(tickets, NOW_MS)
        const players = pairings.flatMap(({ a, b }) => [a, b])
        expect(new Set(players).size).toBe(players.length)
        for (const { a, b, reason } of pairings) {
          expect(mayPair(a, b, tickets)).toBe(true)
          expect(reason.distance).toBe(b.rating - a.rating)
          if (a.mode === 'ranked') expect(reason.distance).toBeLessThanOrEqual(WINDOW_MAX)
        }
        const alone = tickets.filter((one) => !players.includes(one))
        expect(alone.some((a, i) => alone.slice(i + 1).some((b) => mayPair(a, b, tickets)))).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  test('[fair] the order of the tickets means nothing', () => {
    const shuffled = anyQueue.chain((tickets) =>
      fc.tuple(fc.constant(tickets), fc.shuffledSubarray([...tickets], { minLength: tickets.length })),
    )
    fc.assert(
      fc.property(shuffled, ([tickets, others]) => {
        expect(pair(others, NOW_MS)).toEqual(pair(tickets, NOW_MS))
      }),
      { numRuns: 50 },
    )
  })
})

describe('many tickets', () => {
  /** Deterministic queues of 11 to 13 tickets: beyond the exact limit, within reach of an exact reference. */
  const queues = (blockedPercent: number) => {
    const random = seededRandom(20_260)
    return Array.from({ length: 40 }, (_, q) =>
      Array.from({ length: 11 + below(random, 3) }, (_, n) => {
        const blocked = Array.from({ length: 15 }, (_, i) => userOf(i)).filter(
          () => below(random, 100) < blockedPercent,
        )
        const mode = q % 2 === 0 ? 'ranked' : 'casual'
        return ticket(n, 1_000 + below(random, 600), below(random, q % 2 === 0 ? 20_000 : 4_000), { blocked, mode })
      }),
    )
  }
  const totals = (tickets: readonly Ticket[], exactMax: number, band: number): Total => {
    const graph = graphOf(tickets, NOW_MS)
    const total = { pairs: 0, distance: 0 }
    match(graph, exactMax, band).forEach((mate, i) => {
      if (mate < i) return
      total.pairs++
      total.distance += graph.ratings[mate]! - graph.ratings[i]!
    })
    return total
  }

  for (const { band, blockedPercent, within } of [
    { band: 6, blockedPercent: 0, within: 1.02 },
    { band: 6, blockedPercent: 15, within: 1.05 },
    { band: 2, blockedPercent: 0, within: 1.05 },
  ]) {
    test(`[best] as many pairs as possible, distance near the best: band ${band}, ${blockedPercent} % blocked`, () => {
      let [distance, least] = [0, 0]
      for (const tickets of queues(blockedPercent)) {
        const found = totals(tickets, 0, band)
        const best = totals(tickets, tickets.length, 0)
        expect(found.pairs).toBe(best.pairs)
        distance += found.distance
        least += best.distance
      }
      expect(distance).toBeLessThanOrEqual(least * within)
    })
  }

  test('[best] two far apart find each other past many who suit themselves alone', () => {
    const crowd = Array.from({ length: 30 }, (_, n) => ticket(n + 2, 1_560 + n, 0))
    const far = [ticket(0, 1_500, 8_000), ticket(1, 1_700, 8_000)]
    expect(played([...far, ...crowd])).toContainEqual([0, 1])
    expect(played([...far, ...crowd])).toHaveLength(16)
  })
})
