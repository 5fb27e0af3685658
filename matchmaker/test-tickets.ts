import fc from 'fast-check'
import type { Ticket } from '../ports/ticket-queue.ts'
import type { UserId } from '../protocol/ids.ts'
import { pair } from './pairing.ts'

// Tickets for the tests of this folder.

export const NOW_MS = 1_700_000_000_000

/** The ticket of player number `n`. */
export function ticket(n: number, rating: number, waitedMs: number, part: Partial<Ticket> = {}): Ticket {
  return {
    id: `t${n}`,
    userId: userOf(n),
    name: `Player ${n}`,
    mode: 'ranked',
    region: 'local',
    rating,
    blocked: [],
    lastOpponent: null,
    enqueuedAtMs: NOW_MS - waitedMs,
    node: 'n1.boot1',
    absentSinceMs: null,
    ...part,
  }
}

export const userOf = (n: number): UserId => `u${n}` as UserId

export interface QueueShape {
  readonly ticketsMax: number
  readonly waitedMsMax: number
  /** Chance in percent that one has blocked another. */
  readonly blockedPercent: number
  /** Whether some have just played each other. */
  readonly rematches: boolean
}

/** Queues of one mode, sparse or dense, with short and long waits. */
export function someQueue(shape: QueueShape): fc.Arbitrary<readonly Ticket[]> {
  const span = fc.constantFrom(0, 60, 300, 1_200)
  const mode = fc.constantFrom('casual', 'ranked')
  const waited = fc.constantFrom(2_000, 8_000, shape.waitedMsMax)
  return fc.tuple(span, mode, waited).chain(([ratings, mode, waitedMsMax]) => {
    const one = fc.record({
      rating: fc.integer({ min: 1_000, max: 1_000 + ratings }),
      waitedMs: fc.integer({ min: 0, max: waitedMsMax }),
      blocks: fc.array(fc.integer({ min: 0, max: 99 }), {
        minLength: shape.ticketsMax,
        maxLength: shape.ticketsMax,
      }),
      last: shape.rematches ? fc.integer({ min: -4, max: shape.ticketsMax - 1 }) : fc.constant(-1),
    })
    return fc.array(one, { maxLength: shape.ticketsMax, size: 'max' }).map((players) =>
      players.map(({ rating, waitedMs, blocks, last }, n) => {
        const blocked = blocks.flatMap((chance, i) => (chance < shape.blockedPercent ? [userOf(i)] : []))
        return ticket(n, rating, waitedMs, { mode, blocked, lastOpponent: last < 0 ? null : userOf(last) })
      }),
    )
  })
}

/** Who plays whom, as sorted player numbers. */
export const played = (tickets: readonly Ticket[]): number[][] =>
  pair(tickets, NOW_MS)
    .map(({ a, b }) => [a, b].map(({ userId }) => Number(userId.slice(1))).sort((x, y) => x - y))
    .sort((x, y) => x[0]! - y[0]!)
