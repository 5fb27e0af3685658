import type { Clock } from '../../kit/clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { QueueMode } from '../../protocol/messages.ts'
import type { Match, Ticket, TicketQueue } from '../ticket-queue.ts'
import { type Entry, type WaitingList, waitingList } from './waiting-list.ts'

interface Lease {
  readonly leader: string
  readonly epoch: number
  /** On the monotonic clock. */
  untilMs: number
}

interface Region {
  readonly lists: Readonly<Record<QueueMode, WaitingList>>
  /** Oldest first. */
  readonly pending: Map<string, Match>
  lease: Lease | null
}

export interface MemoryTicketQueue extends TicketQueue {
  /** All that is in it: who waits, and the matches whose room is not committed yet, oldest of a region first. */
  held(): { readonly waiting: readonly Ticket[]; readonly pending: readonly Match[] }
}

/**
 * Tickets of this process alone; they end with it. Shared by every node in it. Calls are O(1) amortised, except
 * `waiting` (O(tickets) after a change, else O(1)), `expire` (O(absent tickets)) and `held`.
 */
export function memoryTicketQueue(clock: Clock): MemoryTicketQueue {
  const regions = new Map<string, Region>()
  /** Waiting or in a pending match, of all regions: at most one a player. */
  const entries = new Map<UserId, Entry>()
  const absent = new Set<UserId>()

  function regionOf(name: string): Region {
    let region = regions.get(name)
    if (region === undefined) {
      region = { lists: { casual: waitingList(), ranked: waitingList() }, pending: new Map(), lease: null }
      regions.set(name, region)
    }
    return region
  }

  function entryOf(region: string, userId: UserId): Entry | null {
    const entry = entries.get(userId)
    return entry?.ticket.region === region ? entry : null
  }

  function wait(ticket: Ticket): void {
    const entry: Entry = { ticket, waiting: true }
    entries.set(ticket.userId, entry)
    if (ticket.absentSinceMs !== null) absent.add(ticket.userId)
    regionOf(ticket.region).lists[ticket.mode].add(entry)
  }

  /** The player keeps the entry until the match is settled. */
  function stopWaiting(entry: Entry): void {
    const { region, mode, userId } = entry.ticket
    entry.waiting = false
    absent.delete(userId)
    regionOf(region).lists[mode].changed(true)
  }

  function drop(entry: Entry): void {
    stopWaiting(entry)
    entries.delete(entry.ticket.userId)
  }

  const current = (match: Match): Match => {
    const [a, b] = match.tickets
    return { ...match, tickets: [entries.get(a.userId)!.ticket, entries.get(b.userId)!.ticket] }
  }

  return {
    async enqueue(ticket) {
      const known = entries.get(ticket.userId)
      if (known !== undefined) return known.ticket.id === ticket.id
      wait(ticket)
      return true
    },
    async cancel(region, userId, ticketId) {
      const entry = entryOf(region, userId)
      if (entry === null || !entry.waiting || entry.ticket.id !== ticketId) return false
      drop(entry)
      return true
    },
    find: async (region, userId) => entryOf(region, userId)?.ticket ?? null,
    async touch(region, userId, node, absentSinceMs) {
      const entry = entryOf(region, userId)
      if (entry === null) return false
      entry.ticket = { ...entry.ticket, node, absentSinceMs }
      if (!entry.waiting) return true
      if (absentSinceMs === null) absent.delete(userId)
      else absent.add(userId)
      regionOf(region).lists[entry.ticket.mode].changed(false)
      return true
    },
    waiting: async (region, mode) => regionOf(region).lists[mode].read(),
    async lead(name, leader, leaseMs) {
      const region = regionOf(name)
      const { lease } = region
      const nowMs = clock.monotonic()
      // No lease outlasts a lease: if one does, this clock went back.
      if (lease !== null) lease.untilMs = Math.min(lease.untilMs, nowMs + leaseMs)
      const held = lease !== null && nowMs < lease.untilMs
      if (held && lease.leader !== leader) return null
      const epoch = held ? lease.epoch : (lease?.epoch ?? 0) + 1
      region.lease = { leader, epoch, untilMs: nowMs + leaseMs }
      return epoch
    },
    async takePair(epoch, match) {
      const region = regionOf(match.region)
      if (region.lease?.epoch !== epoch) return 'fenced'
      if (region.pending.has(match.id)) return 'taken'
      const taken: Entry[] = []
      for (const { userId, id } of match.tickets) {
        const entry = entryOf(match.region, userId)
        if (entry?.ticket.id !== id || !entry.waiting || entry.ticket.absentSinceMs !== null) return 'gone'
        taken.push(entry)
      }
      for (const entry of taken) stopWaiting(entry)
      region.pending.set(match.id, match)
      return 'taken'
    },
    pending: async (region) => [...regionOf(region).pending.values()].map(current),
    async placed(name, matchId) {
      const { pending } = regionOf(name)
      for (const { userId } of pending.get(matchId)?.tickets ?? []) entries.delete(userId)
      pending.delete(matchId)
    },
    async requeue(name, matchId, keep) {
      const { pending } = regionOf(name)
      const match = pending.get(matchId)
      if (match === undefined) return
      pending.delete(matchId)
      for (const ticket of current(match).tickets) {
        entries.delete(ticket.userId)
        if (keep.includes(ticket.userId)) wait(ticket)
      }
    },
    async expire(region, absentBeforeMs) {
      const expired: Ticket[] = []
      for (const userId of absent) {
        const entry = entries.get(userId)!
        const { absentSinceMs } = entry.ticket
        if (entry.ticket.region !== region || absentSinceMs === null || absentSinceMs >= absentBeforeMs) continue
        drop(entry)
        expired.push(entry.ticket)
      }
      return expired
    },
    held: () => ({
      waiting: [...entries.values()].filter((entry) => entry.waiting).map((entry) => entry.ticket),
      pending: [...regions.values()].flatMap(({ pending }) => [...pending.values()].map(current)),
    }),
  }
}
