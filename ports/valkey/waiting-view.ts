import type { UserId } from '../../protocol/ids.ts'
import type { QueueMode } from '../../protocol/messages.ts'
import { type Entry, waitingList } from '../memory/waiting-list.ts'
import type { Ticket } from '../ticket-queue.ts'
import { decodeTicket } from './ticket-rows.ts'

/** What `lua/queue-waiting.lua` answers: its kind, history, number of changes, and pairs of user and ticket row ('' = waits no more). */
export type WaitingReply = readonly ['changes' | 'all', string, number, readonly string[]]

/**
 * A reader's copy of one region's queues: each look brings only what changed since the last one, so that a leader may look often while
 * tens of thousands wait.
 */
export function waitingView() {
  let lists = { casual: waitingList(), ranked: waitingList() }
  let entries = new Map<UserId, Entry>()
  let seen = { history: '', number: 0 }

  function change(userId: UserId, row: string): void {
    const entry = entries.get(userId)
    const ticket = row === '' ? null : decodeTicket(row)
    if (entry !== undefined && ticket?.id === entry.ticket.id) {
      // Touched: neither rating nor id changes, so it keeps its place.
      entry.ticket = ticket
      lists[ticket.mode].changed(false)
      return
    }
    if (entry !== undefined) {
      entry.waiting = false
      entries.delete(userId)
      lists[entry.ticket.mode].changed(true)
    }
    if (ticket === null) return
    const added: Entry = { ticket, waiting: true }
    entries.set(userId, added)
    lists[ticket.mode].add(added)
  }

  return {
    /** The last look, to be sent with the next one. */
    seen: (): readonly [string, number] => [seen.history, seen.number],
    /** Replies come one at a time, in the order of their looks. */
    apply([kind, history, number, pairs]: WaitingReply): void {
      if (kind === 'all') {
        lists = { casual: waitingList(), ranked: waitingList() }
        entries = new Map()
      }
      for (let i = 0; i < pairs.length; i += 2) change(pairs[i] as UserId, pairs[i + 1]!)
      seen = { history, number }
    },
    read: (mode: QueueMode): readonly Ticket[] => lists[mode].read(),
  }
}
