import type { Ticket } from '../ports/ticket-queue.ts'
import { ABSENT_TTL_MS } from '../protocol/limits.ts'

export interface Sifted {
  /** To be paired. */
  readonly present: readonly Ticket[]
  /** Of servers that died ABSENT_TTL_MS ago or longer: nobody will note their absence. */
  readonly overdue: readonly Ticket[]
}

/** Tells apart who is there. A player is absent when no socket is open, or the server that had it is dead. */
export function createPresence(nodeLives: (node: string) => boolean) {
  /** Dead servers that tickets name, since when they are known to be. */
  let deadSinceMs: ReadonlyMap<string, number> = new Map()

  /** @param tickets all that wait */
  return function sift(tickets: readonly Ticket[], nowMs: number): Sifted {
    const dead = new Map<string, number>()
    const present: Ticket[] = []
    const overdue: Ticket[] = []
    for (const ticket of tickets) {
      if (ticket.absentSinceMs !== null) continue
      if (nodeLives(ticket.node)) {
        present.push(ticket)
        continue
      }
      const sinceMs = deadSinceMs.get(ticket.node) ?? nowMs
      dead.set(ticket.node, sinceMs)
      if (nowMs - sinceMs >= ABSENT_TTL_MS) overdue.push(ticket)
    }
    deadSinceMs = dead
    return { present, overdue }
  }
}
