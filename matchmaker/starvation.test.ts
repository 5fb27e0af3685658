import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ticket } from '../ports/ticket-queue.ts'
import { graphOf } from './graph.ts'
import { EXACT_MAX, match, pair, URGENT_AFTER_MS } from './pairing.ts'
import { NOW_MS, played, someQueue, ticket, userOf } from './test-tickets.ts'

test('[starve] who has waited a minute comes before distance, and costs no pair', () => {
  const others = [ticket(1, 1_540, 0), ticket(2, 1_541, 0)]
  expect(played([ticket(0, 1_500, URGENT_AFTER_MS - 1), ...others])).toEqual([[1, 2]])
  expect(played([ticket(0, 1_500, URGENT_AFTER_MS), ...others])).toEqual([[0, 1]])
})

/** Each urgent ticket that is alone, with the partners' partners of all whom it could play. */
function expectNobodyPassedOver(tickets: readonly Ticket[], exactMax: number, band: number): void {
  const graph = graphOf(tickets, NOW_MS)
  const mates = match(graph, exactMax, band)
  mates.forEach((mate, place) => {
    if (mate !== -1) expect([mates[mate], graph.mayPair(place, mate)]).toEqual([place, true])
    if (mate !== -1 || graph.waitedMs[place]! < URGENT_AFTER_MS) return
    for (const partner of graph.partners(place)) {
      expect(graph.waitedMs[mates[partner]!]).toBeGreaterThanOrEqual(graph.waitedMs[place]!)
    }
  })
}

for (const { ticketsMax, blockedPercent, numRuns } of [
  { ticketsMax: 9, blockedPercent: 40, numRuns: 300 },
  { ticketsMax: 40, blockedPercent: 10, numRuns: 60 },
  { ticketsMax: 40, blockedPercent: 85, numRuns: 60 },
]) {
  test(`[starve] whoever could play an urgent ticket that is alone plays an urgent one at least as old: ${ticketsMax} tickets, ${blockedPercent} % blocked`, () => {
    const queue = someQueue({ ticketsMax, waitedMsMax: 4 * URGENT_AFTER_MS, blockedPercent, rematches: false })
    fc.assert(
      fc.property(queue, fc.constantFrom(1, 2, 6), (tickets, band) => {
        expectNobodyPassedOver(tickets, 0, band)
        expectNobodyPassedOver(tickets, EXACT_MAX, band)
      }),
      { numRuns },
    )
  })
}

test('[starve] the oldest takes a place in a triangle, where each of the others could play the other', () => {
  const all = [ticket(0, 1_500, 70_000), ticket(1, 1_501, 0), ticket(2, 1_502, 80_000)]
  for (const band of [1, 2]) {
    const mates = match(graphOf(all, NOW_MS), 0, band)
    expect([...mates]).toEqual([2, -1, 0])
  }
})

test('[starve] against newcomers who always suit each other better, at most as many rounds as older urgent ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (urgent) => {
      // Two apart by more than their width from each other, all within 50 of the newcomers.
      let queue = Array.from({ length: urgent }, (_, n) =>
        ticket(n, n % 2 === 0 ? 1_452 : 1_548, URGENT_AFTER_MS + n, {
          blocked: Array.from({ length: urgent }, (_, i) => userOf(i)),
        }),
      )
      const youngest = queue[0]!
      let passedOver = 0
      for (let round = 0; queue.includes(youngest); round++) {
        const newcomers = [100, 101].map((n, side) => ticket(2 * round + n, 1_500 + side, 0))
        const taken = new Set(pair([...queue, ...newcomers], NOW_MS).flatMap(({ a, b }) => [a, b]))
        if (!taken.has(youngest)) passedOver++
        queue = queue.filter((one) => !taken.has(one))
        expect(passedOver).toBeLessThan(urgent)
      }
    }),
    { numRuns: 12 },
  )
})
