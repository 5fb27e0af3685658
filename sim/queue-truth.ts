import type { Match, Ticket } from '../ports/ticket-queue.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import { REGION } from './node.ts'
import type { SimStore } from './store.ts'
import type { Truth } from './truth.ts'

/** How a ticket ended, or that it has not. `dropped`: its match was refused, and its player was not to be kept. */
type TicketEnd = 'waiting' | 'pending' | 'placed' | 'dropped' | 'cancelled' | 'expired'

interface MatchTruth {
  readonly match: Match
  state: 'pending' | 'placed' | 'undone'
  /** Games that its creation was bound to, one after the other. */
  readonly games: Set<GameId>
}

/** What became of every ticket and match that the store ever held. */
export function createQueueTruth() {
  const tickets = new Map<string, { readonly userId: UserId; end: TicketEnd }>()
  const matches = new Map<string, MatchTruth>()

  const end = (id: string, how: TicketEnd) => {
    const ticket = tickets.get(id)
    if (ticket !== undefined) ticket.end = how
  }

  function settle(matchId: string, state: 'placed' | 'undone', keep: readonly UserId[]): void {
    const known = matches.get(matchId)
    if (known === undefined || known.state !== 'pending') return
    known.state = state
    for (const { id, userId } of known.match.tickets) {
      end(id, state === 'placed' ? 'placed' : keep.includes(userId) ? 'waiting' : 'dropped')
    }
  }

  return {
    /** A call of any process changed the store. */
    applied(method: string, args: readonly unknown[], answer: unknown): void {
      switch (method) {
        case 'enqueue': {
          const { id, userId } = args[0] as Ticket
          // One that a creation ended waits again when that came to nothing.
          const ended = tickets.get(id)?.end === 'cancelled'
          if (answer === true && (ended || !tickets.has(id))) tickets.set(id, { userId, end: 'waiting' })
          return
        }
        case 'cancel':
          if (answer === true) end(args[2] as string, 'cancelled')
          return
        case 'takePair': {
          const match = args[1] as Match
          if (answer !== 'taken' || matches.has(match.id)) return
          matches.set(match.id, { match, state: 'pending', games: new Set() })
          for (const { id } of match.tickets) end(id, 'pending')
          return
        }
        case 'placed':
          return settle(args[1] as string, 'placed', [])
        case 'requeue':
          return settle(args[1] as string, 'undone', args[2] as readonly UserId[])
        case 'expire':
          for (const { id } of answer as readonly Ticket[]) end(id, 'expired')
          return
        case 'bind':
        case 'rebind': {
          const [kind, matchId] = (args[0] as string).split(':') as [string, string]
          if (kind === 'match') matches.get(matchId)?.games.add(answer as GameId)
        }
      }
    },

    /** Every ticket ended in a match, a cancel or an expiry, or waits for a player who is queued with it; every match has one room. */
    async check(store: SimStore, truth: Truth, violation: (promise: string, text: string) => void): Promise<void> {
      const modes = await Promise.all(
        (['casual', 'ranked'] as const).map((mode) => store.tickets.waiting(REGION, mode)),
      )
      const held = new Set(modes.flat().map(({ id }) => id))
      for (const [id, { userId, end }] of tickets) {
        if (end === 'pending') violation('P1', `ticket ${id} of ${userId} is in a match that nobody placed`)
        if ((end === 'waiting') !== held.has(id))
          violation('P1', `ticket ${id} of ${userId} is ${end}, by the store not`)
        if (end !== 'waiting') continue
        const { occupation } = (await store.users.get(userId)).record
        if (occupation.type !== 'queued' || occupation.ticketId !== id) {
          violation('P1', `ticket ${id} waits, and ${userId} is ${JSON.stringify(occupation)}`)
        }
      }
      for (const [id, { state, games }] of matches) {
        const opened = [...games].filter((gameId) => truth.games.has(gameId))
        if (opened.length !== (state === 'placed' ? 1 : 0)) {
          violation('P4', `match ${id} is ${state}, and has ${opened.length} rooms: ${opened.join(' ')}`)
        }
      }
    },
  }
}
export type QueueTruth = ReturnType<typeof createQueueTruth>
