import type { Ticket } from '../ports/ticket-queue.ts'
import { anyReach, type Reach } from './graph.ts'

/** Arrivals are counted in bins so wide, in rating points, and looked at together with so many on each side. */
const BIN_POINTS = 25
const BINS_EACH_SIDE = 4
const BINS = 160
/** What was counted so long ago, in ms, weighs a third: long against a wait, short against an evening. */
const MEMORY_MS = 300_000
/**
 * Of tickets that come at a rate r a second and point, and pair as soon as one is within a distance d: ln 2 / 2d of them wait on a
 * point, so that each waits WAITS / (d r) s; and their mean distance is some DISTANCE x d. With a second of waiting worth w points to
 * each of the two, 2 w WAITS / (d r) + DISTANCE d is least at d = sqrt(2 w WAITS / (DISTANCE r)).
 */
const WAITS = Math.LN2 / 2
const DISTANCE = 0.46

/** Learns how often tickets come, and says from that whom to wait for. */
export interface HoldBack {
  /** Counts those that were not there at the last look. */
  see(tickets: readonly Ticket[], nowMs: number): void
  readonly reach: Reach
}

/**
 * Whether a better peer is worth waiting for: where many come soon, only near ones will do; where few come, anyone within the widths.
 *
 * @param worth rating points of distance that a second of one player's wait is worth; Infinity: nobody waits for a better peer. Lower
 *   means longer waits for nearer peers: with a fourth of it, twice the wait and half the distance
 */
export function createHoldBack(worth: number): HoldBack {
  if (worth === Number.POSITIVE_INFINITY) return { see() {}, reach: anyReach }
  const counts = new Float64Array(BINS)
  let known: ReadonlySet<string> | null = null
  let seenAtMs = 0
  /** For how long was counted, weighed as the counts are. */
  let countedMs = 0

  return {
    see(tickets, nowMs) {
      const before = known
      known = new Set(tickets.map(({ id }) => id))
      const sinceMs = Math.max(0, nowMs - seenAtMs)
      seenAtMs = nowMs
      // The first look finds those that came before it.
      if (before === null) return
      const kept = Math.exp(-sinceMs / MEMORY_MS)
      for (let bin = 0; bin < BINS; bin++) counts[bin]! *= kept
      countedMs = countedMs * kept + sinceMs
      for (const { id, rating } of tickets) if (!before.has(id)) counts[binOf(rating)]! += 1
    },
    reach(rating, waitedMs) {
      const bin = binOf(rating)
      const from = Math.max(0, bin - BINS_EACH_SIDE)
      const to = Math.min(BINS - 1, bin + BINS_EACH_SIDE)
      let count = 0
      for (let at = from; at <= to; at++) count += counts[at]!
      const perSecondAndPoint = (count * 1_000) / (countedMs * BIN_POINTS * (to - from + 1))
      if (!(perSecondAndPoint > 0)) return Number.POSITIVE_INFINITY
      const distance = Math.sqrt((2 * worth * WAITS) / (DISTANCE * perSecondAndPoint))
      const expectedMs = (1_000 * WAITS) / (distance * perSecondAndPoint)
      // Who has waited for as long as was to be expected goes twice as far: the few who are left alone catch up.
      return distance * (1 + waitedMs / expectedMs)
    },
  }
}

const binOf = (rating: number): number => Math.min(BINS - 1, Math.max(0, Math.floor(rating / BIN_POINTS)))
