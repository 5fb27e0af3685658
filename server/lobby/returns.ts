import type { Identity } from '../../ports/auth/identity.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'
import { type GameEnd, type Occupation, type UserRecord, updateUser } from '../../ports/user-index.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { type HostedRoom, isConnected } from '../room/hosted.ts'
import type { Reservations } from './reservation.ts'

type Queued = Extract<Occupation, { readonly type: 'queued' }>

export interface Welcome {
  readonly games: readonly GameId[]
  readonly unseen: readonly GameId[]
  /** The player's ticket. */
  readonly queue: Ticket | null
}

/** What a player who leaves finds again (P5). `check` clears entries of the player that mean nothing any more. */
export function createReturns(
  options: Reservations & { readonly node: string },
  check: (userId: UserId) => Promise<Refusal | null>,
) {
  const { users, tickets, region, nowMs } = options

  /** After the end is durable: both are free again; who was away finds the game in WELCOME. */
  function gameEnded(hosted: HostedRoom): Promise<void> {
    const [x, o] = hosted.room.players
    const ends: GameEnd[] = []
    if (x.botLevel === undefined) ends.push({ userId: x.id, opponent: o.id, away: !isConnected(hosted, 0) })
    if (o.botLevel === undefined) ends.push({ userId: o.id, opponent: x.id, away: !isConnected(hosted, 1) })
    return users.endGame(hosted.gameId, ends, nowMs())
  }

  /** A socket of the player has shown the finished game. */
  async function seen(userId: UserId, gameId: GameId): Promise<void> {
    await updateUser(users, userId, (record) =>
      record.unseen.includes(gameId) ? { ...record, unseen: record.unseen.filter((id) => id !== gameId) } : null,
    )
  }

  /** The ticket as the player's record tells of it. */
  function ticketOf({ userId, name }: Identity, record: UserRecord & { readonly occupation: Queued }): Ticket {
    const { occupation, rating, blocked, lastOpponent, sinceMs } = record
    const { ticketId: id, mode } = occupation
    return {
      ...{ id, userId, name, mode, region, rating, blocked, lastOpponent },
      enqueuedAtMs: sinceMs,
      node: options.node,
      absentSinceMs: null,
    }
  }

  /**
   * Whoever is queued has a ticket: it is written again, under its own id, if its server died between the user's entry and the ticket.
   * A ticket that a match took stays taken.
   */
  async function renewTicket(user: Identity): Promise<void> {
    const { userId } = user
    const { record } = await users.get(userId)
    const { occupation } = record
    if (occupation.type !== 'queued' || (await tickets.find(region, userId)) !== null) return
    const ticket = ticketOf(user, { ...record, occupation })
    const { id } = ticket
    await tickets.enqueue(ticket)
    // It may have been cancelled meanwhile, elsewhere.
    const now = (await users.get(userId)).record.occupation
    if (now.type !== 'queued' || now.ticketId !== id) await tickets.cancel(region, userId, id)
  }

  /** The ticket of a player who is here again; null: there is none. */
  async function waitsWith(user: Identity): Promise<Ticket | null> {
    const { userId } = user
    const { record } = await users.get(userId)
    const { occupation } = record
    if (occupation.type !== 'queued') return null
    await tickets.touch(region, userId, options.node, null)
    return (await tickets.find(region, userId)) ?? ticketOf(user, { ...record, occupation })
  }

  /** What a player who connects finds. */
  async function welcome(user: Identity): Promise<Welcome> {
    const { userId } = user
    await renewTicket(user)
    await check(userId)
    const waiting = await waitsWith(user)
    // Read last: a match may have become a game meanwhile.
    const { occupation, unseen } = (await users.get(userId)).record
    const playing = occupation.type === 'playing' ? [occupation.gameId] : []
    const queue = occupation.type === 'queued' && occupation.ticketId === waiting?.id ? waiting : null
    return { games: [...playing, ...unseen], unseen, queue }
  }

  /** The running game and those that ended unseen. */
  async function gamesOf(userId: UserId): Promise<readonly GameId[]> {
    await check(userId)
    const { occupation, unseen } = (await users.get(userId)).record
    return [...(occupation.type === 'playing' ? [occupation.gameId] : []), ...unseen]
  }

  /** The player's last socket here is gone: the ticket keeps its place, unpaired. */
  const absent = async (userId: UserId): Promise<void> => {
    await tickets.touch(region, userId, options.node, nowMs())
  }

  return { gameEnded, seen, welcome, gamesOf, absent }
}
