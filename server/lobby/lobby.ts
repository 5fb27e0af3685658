import type { Opening, Player } from '../../game/room.ts'
import { REMATCH_OFFER_MS, rematchOf } from '../../game/room.ts'
import { below, type Random } from '../../kit/random.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Identity } from '../../ports/auth/identity.ts'
import type { Invites } from '../../ports/invites.ts'
import type { Placement } from '../../ports/placement.ts'
import type { Match, MatchReason, Ticket } from '../../ports/ticket-queue.ts'
import { endTicket, type UserRecord, type Versioned } from '../../ports/user-index.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import { type InviteCode, inviteCode, normaliseInviteCode, type UserId } from '../../protocol/ids.ts'
import type { BotLevel, QueueMode } from '../../protocol/messages.ts'
import { type Snapshot, seatOf } from '../room/hosted.ts'
import { type Creation, failureOf } from './creation.ts'
import {
  clearFinished,
  clearLeftTicket,
  clearLostTicket,
  type Hold,
  matchKey,
  type Reservations,
} from './reservation.ts'
import { createReturns } from './returns.ts'

const BOT_NAMES: Readonly<Record<BotLevel, string>> = { 1: 'Bot, easy', 2: 'Bot, alert', 3: 'Bot, perfect' }
const contended = refusal('UNAVAILABLE', 'your state changes at this moment; repeat', { retryAfterMs: 200 })

export interface LobbyOptions extends Reservations {
  readonly random: Random
  readonly invites: Invites
  readonly creation: Creation
  readonly turnMs: number
  /** Node id and boot id of this server, for tickets. */
  readonly node: string
}

/** How a rematch may be asked for. */
export interface RematchTerms {
  /** The other seat's offer counts no more. */
  readonly lapsed: boolean
  /** Players of it, as they were read on the way. */
  readonly seen: readonly Hold[]
}

/** How players come to a game: queue, bots, invites, rematches. Answers when the store has it. */
export function createLobby(options: LobbyOptions) {
  const { users, tickets, invites, creation, random, region, turnMs, nowMs } = options

  async function find(user: Identity, mode: QueueMode): Promise<Result<Ticket, Refusal>> {
    const busy = await refuseBusy(user.userId)
    if (busy) return err(busy)
    const { record, revision } = await users.get(user.userId)
    if (record.occupation.type !== 'idle') return err(contended)
    const ticket: Ticket = {
      id: hex(random.bytes(12)),
      userId: user.userId,
      name: user.name,
      mode,
      region,
      rating: record.rating,
      blocked: record.blocked,
      lastOpponent: record.lastOpponent,
      enqueuedAtMs: nowMs(),
      node: options.node,
      absentSinceMs: null,
    }
    const queued = { ...record, occupation: { type: 'queued', ticketId: ticket.id, mode } as const, sinceMs: nowMs() }
    if ((await users.compareAndSet(user.userId, revision, queued)) === null) return err(contended)
    if (await tickets.enqueue(ticket)) return ok(ticket)
    // Not ALREADY_QUEUED: whoever believed that would wait for nothing.
    if ((await clearLeftTicket(options, user.userId)) && (await tickets.enqueue(ticket))) return ok(ticket)
    await endTicket(users, user.userId, ticket.id, nowMs())
    return err(contended)
  }

  /** Why the player cannot start something new; null: they are idle. */
  async function refuseBusy(userId: UserId): Promise<Refusal | null> {
    for (;;) {
      const { record, revision } = await users.get(userId)
      switch (record.occupation.type) {
        case 'idle':
          return null
        case 'playing':
          if (await clearFinished(options, userId, record, revision)) continue
          return refusal('ALREADY_PLAYING', 'you are in a game', { gameId: record.occupation.gameId })
        case 'queued':
          if (await clearLostTicket(options, userId, record, revision)) continue
          return refusal('ALREADY_QUEUED', 'you are in the queue')
      }
    }
  }

  /** The running game that stands in the way of a new one. */
  async function refusePlaying(userId: UserId): Promise<Refusal | null> {
    const busy = await refuseBusy(userId)
    return busy?.code === 'ALREADY_PLAYING' ? busy : null
  }

  async function cancel(user: Identity): Promise<Result<void, Refusal>> {
    const { record } = await users.get(user.userId)
    const { occupation } = record
    const notQueued = refusal('NOT_QUEUED', 'you are not in the queue')
    if (occupation.type !== 'queued') return err(notQueued)
    const cancelled = await tickets.cancel(region, user.userId, occupation.ticketId)
    await leaveQueue(user.userId, cancelled ? occupation.ticketId : null)
    return cancelled ? ok(undefined) : err(notQueued)
  }

  /** After a ticket ended without a match: queued with it becomes idle. Null: the ticket became a match; nothing changes. */
  async function leaveQueue(userId: UserId, ticketId: string | null): Promise<void> {
    if (ticketId !== null) await endTicket(users, userId, ticketId, nowMs())
  }

  async function playBot(
    user: Identity,
    level: BotLevel,
    idempotencyKey: string | null,
  ): Promise<Result<Snapshot, Refusal>> {
    const key = idempotencyKey === null ? `bot:${hex(random.bytes(16))}` : `post:${user.userId}:${idempotencyKey}`
    const bot: Player = { id: `bot-${level}` as UserId, name: BOT_NAMES[level], rating: null, botLevel: level }
    const opening: Opening = { mode: 'bot', players: [await playerOf(user.userId, user.name), bot], turnMs }
    return open(user.userId, key, opening, [holdOf(user.userId)])
  }

  async function invite(user: Identity): Promise<Result<InviteCode, Refusal>> {
    const playing = await refusePlaying(user.userId)
    if (playing) return err(playing)
    const host = { userId: user.userId, name: user.name }
    for (;;) {
      const opened = await invites.open(host, inviteCode(random), nowMs())
      if (opened) return ok(opened.code)
    }
  }

  async function accept(user: Identity, text: string): Promise<Result<Snapshot, Refusal>> {
    const gone = err(refusal('NOT_FOUND', 'no such open invite'))
    const code = normaliseInviteCode(text)
    const invited = code === null ? null : await invites.find(code, nowMs())
    if (code === null || invited === null) return gone
    const { host, used } = invited
    if (host.userId === user.userId) return err(refusal('FORBIDDEN', 'this is your own invite'))
    if (used !== null && used.by !== user.userId) return gone
    const playing = used === null ? await refuseOther(user.userId, `invite:${code}`) : null
    if (playing) return err(playing)
    const pair = [await playerOf(host.userId, host.name), await playerOf(user.userId, user.name)] as const
    const players = below(random, 2) === 0 ? pair : ([pair[1], pair[0]] as const)
    const people = [host.userId, user.userId]
    const opening: Opening = { mode: 'private', players, turnMs }
    const holds = people.map((userId) => holdOf(userId))
    const opened = await creation.create({ key: `invite:${code}`, opening, match: null, holds })
    if (!opened.ok) return err(failureOf(opened.error, user.userId))
    // Somebody else was first: the game is not theirs, so nothing of theirs ends.
    if (seatOf(opened.value.room, user.userId) === null) return gone
    // Used before closed, so that a repeat still finds the game.
    await invites.use(code, user.userId, opened.value.gameId, nowMs())
    await invites.close(people)
    return opened
  }

  /** Both agreed: opens the next game of the same two, once. `seen`: what `mayRematch` has read. */
  function rematch(user: Identity, finished: Snapshot, seen: readonly Hold[]): Promise<Result<Snapshot, Refusal>> {
    const opening = rematchOf(finished.room)
    const holds: Hold[] = []
    for (const { id, botLevel } of opening.players) {
      if (botLevel === undefined) holds.push(seen.find(({ userId }) => userId === id) ?? holdOf(id))
    }
    return open(user.userId, rematchKey(finished), opening, holds)
  }

  /** Why `user` may not ask for a rematch of a finished game now, or how they may. Its own rematch running is no reason against it. */
  async function mayRematch({ userId }: Identity, finished: Snapshot): Promise<Result<RematchTerms, Refusal>> {
    const { offer, players } = finished.room
    const maker = offer === null ? userId : players[offer.seat].id
    const mine = await users.get(userId)
    const theirs = maker === userId ? null : await users.get(maker)
    if (mine.record.occupation.type === 'playing') {
      const playing = await refuseOther(userId, rematchKey(finished))
      if (playing) return err(playing)
    }
    if (theirs === null) return ok({ lapsed: false, seen: [holdOf(userId, mine)] })
    const seen = [holdOf(userId, mine), holdOf(maker, theirs)]
    return ok({ lapsed: await offerLapsed(finished, theirs.record), seen })
  }

  /** As `refusePlaying`, but the game that `key` has made is no reason: the request is a repeat. */
  async function refuseOther(userId: UserId, key: string): Promise<Refusal | null> {
    const playing = await refusePlaying(userId)
    if (playing === null) return null
    const own = await options.ledger.bound(key)
    return own !== null && playing.details?.gameId === own ? null : playing
  }

  /** Whether the open offer of a finished game ended, because `maker`, who made it, has begun another game since. */
  async function offerLapsed(finished: Snapshot, maker: UserRecord): Promise<boolean> {
    const { offer } = finished.room
    if (offer === null || maker.lastGameMs <= offer.untilMs - REMATCH_OFFER_MS) return false
    const { occupation } = maker
    const made = await options.ledger.bound(rematchKey(finished))
    if (made === null) return true
    if (occupation.type === 'playing') return occupation.gameId !== made
    // The game that began since may be this very rematch, over by now: then the request is a repeat.
    const found = await options.ledger.find(made)
    return found === null || found.type === 'void'
  }

  /** Opens a game, which ends the open invites of its players. */
  async function open(
    asker: UserId,
    key: string,
    opening: Opening,
    holds: readonly Hold[],
  ): Promise<Result<Snapshot, Refusal>> {
    const opened = await creation.create({ key, opening, match: null, holds })
    if (!opened.ok) return err(failureOf(opened.error, asker))
    await invites.close(holds.map(({ userId }) => userId))
    return opened
  }

  /** Opens the game of a match. `refused`: those of `keep` go back into the queue with their waiting time. */
  async function place(match: Match): Promise<Placement> {
    const [a, b] = match.tickets
    const pair = [await playerOf(a.userId, a.name), await playerOf(b.userId, b.name)] as const
    const swapped = below(random, 2) === 1
    const players = swapped ? ([pair[1], pair[0]] as const) : pair
    const [waitedA, waitedB] = match.reason.waitedMs
    const reason: MatchReason = { ...match.reason, waitedMs: swapped ? [waitedB, waitedA] : [waitedA, waitedB] }
    const holds = match.tickets.map(({ userId, id }) => ({ userId, ticketId: id, seen: null }))
    const opening: Opening = { mode: match.mode, players, turnMs }
    const created = await creation.create({ key: matchKey(match), opening, match: reason, holds })
    if (created.ok) {
      await invites.close(match.tickets.map(({ userId }) => userId))
      return { type: 'placed' }
    }
    if (created.error.type === 'unavailable' || created.error.by.type === 'contended') return { type: 'unknown' }
    const blocked = created.error.userId
    return { type: 'refused', keep: match.tickets.map(({ userId }) => userId).filter((userId) => userId !== blocked) }
  }

  async function playerOf(userId: UserId, name: string): Promise<Player> {
    const { record } = await users.get(userId)
    return { id: userId, name, rating: Math.round(record.rating) }
  }

  return {
    find,
    cancel,
    leaveQueue,
    playBot,
    invite,
    accept,
    rematch,
    mayRematch,
    place,
    ...createReturns(options, refuseBusy),
  }
}
export type Lobby = ReturnType<typeof createLobby>

/** A player to take for a game. Who was idle when `read` probably still is; who was not is looked up again. */
const holdOf = (userId: UserId, read: Versioned | null = null): Hold => ({
  userId,
  ticketId: null,
  seen: read?.record.occupation.type === 'idle' ? read : null,
})

const rematchKey = ({ gameId }: Snapshot): string => `rematch:${gameId}`

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
