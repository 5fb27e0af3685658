import { expect, test } from 'vitest'
import type { Ticket } from '../ports/ticket-queue.ts'
import { clusters } from './clusters.ts'
import { graphOf } from './graph.ts'
import { NOW_MS, ticket, userOf } from './test-tickets.ts'

const clustersOf = (tickets: readonly Ticket[]) => [...clusters(graphOf(tickets, NOW_MS))].map((places) => [...places])

test('[cluster] a chain of neighbours in reach is one, a gap that nobody may cross divides', () => {
  const chain = [1_000, 1_040, 1_080, 1_200, 1_250].map((rating, n) => ticket(n, rating, 0))
  expect(clustersOf(chain)).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
})

test('[cluster] one who reaches further joins nobody who does not reach back', () => {
  const ratings = [1_000, 1_010, 1_100, 1_110]
  const wideAt = (at: number) => ratings.map((rating, n) => ticket(n, rating, n === at ? 60_000 : 0))
  const apart = [
    [0, 1],
    [2, 3],
  ]
  expect(clustersOf(wideAt(1))).toEqual(apart)
  expect(clustersOf(wideAt(2))).toEqual(apart)
  expect(clustersOf(ratings.map((rating, n) => ticket(n, rating, 60_000)))).toEqual([[0, 1, 2, 3]])
})

test('[cluster] a gap stays one when somebody below reaches over it and somebody above reaches back half-way', () => {
  const waits = [0, 60_000, 0, 0, 4_000, 0]
  const tickets = [1_000, 1_010, 1_100, 1_110, 1_240, 1_250].map((rating, n) => ticket(n, rating, waits[n]!))
  expect(clustersOf(tickets)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ])
})

test('[cluster] who has no partner is in none', () => {
  const blocked = [userOf(0), userOf(2)]
  const tickets = [ticket(0, 1_000, 0), ticket(1, 1_010, 0, { blocked }), ticket(2, 1_020, 0), ticket(3, 2_000, 0)]
  expect(clustersOf(tickets)).toEqual([[0, 2]])
})
