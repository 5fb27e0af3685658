import { createHoldBack } from '../../matchmaker/hold-back.ts'
import { pair } from '../../matchmaker/pairing.ts'
import { WINDOW_MAX, WINDOW_PER_SECOND, WINDOW_START } from '../../ports/matching.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'

/** Who plays whom now, of those who wait, longest wait first. May remember what it saw. */
export type Policy = (waiting: readonly Ticket[], nowMs: number) => readonly (readonly [Ticket, Ticket])[]

/** The matchmaker's own pairing. @param worth see matchmaker/hold-back.ts */
export function ours(worth: number): Policy {
  const { see, reach } = createHoldBack(worth)
  return (waiting, nowMs) => {
    see(waiting, nowMs)
    return pair(waiting, nowMs, reach).map(({ a, b }) => [a, b] as const)
  }
}

/** As with ours, nobody plays the same one twice in a row. */
const mayPlay = (a: Ticket, b: Ticket): boolean => a.lastOpponent !== b.userId && b.lastOpponent !== a.userId

/** Each in turn, the longest wait first, with the one who waits longest of the others. */
export const firstCome: Policy = (waiting) => inTurn(waiting, () => 0)

/** Every `everyMs` each in turn, the longest wait first, takes the nearest of the others. */
export function greedyInBatches(everyMs: number): Policy {
  let dueMs = Number.NEGATIVE_INFINITY
  return (waiting, nowMs) => {
    if (nowMs < dueMs) return []
    dueMs = nowMs + everyMs
    return inTurn(waiting, distanceOf)
  }
}

/** Each in turn, the longest wait first, takes the nearest within both widths: those of the platform, times `scale`. */
export const greedyInWindows =
  (scale: number): Policy =>
  (waiting, nowMs) => {
    const widthOf = ({ enqueuedAtMs }: Ticket) =>
      Math.min(WINDOW_MAX, scale * (WINDOW_START + (WINDOW_PER_SECOND * (nowMs - enqueuedAtMs)) / 1_000))
    const widths = new Map(waiting.map((ticket) => [ticket, widthOf(ticket)]))
    return inTurn(waiting, (a, b) => {
      const distance = distanceOf(a, b)
      return distance <= Math.min(widths.get(a)!, widths.get(b)!) ? distance : Number.POSITIVE_INFINITY
    })
  }

const distanceOf = (a: Ticket, b: Ticket): number => Math.abs(a.rating - b.rating)

/** Each in turn takes whoever costs least; Infinity: may not be taken. */
function inTurn(
  waiting: readonly Ticket[],
  costOf: (a: Ticket, b: Ticket) => number,
): readonly (readonly [Ticket, Ticket])[] {
  const taken = new Set<Ticket>()
  const pairs: [Ticket, Ticket][] = []
  for (const one of waiting) {
    if (taken.has(one)) continue
    let best: Ticket | null = null
    let least = Number.POSITIVE_INFINITY
    for (const other of waiting) {
      if (other === one || taken.has(other)) continue
      const cost = costOf(one, other)
      if (cost >= least || !mayPlay(one, other)) continue
      best = other
      least = cost
    }
    if (best === null) continue
    taken.add(one).add(best)
    pairs.push([one, best])
  }
  return pairs
}
