import { decodeRecord } from '../../ports/room-record.ts'
import type { Match, Ticket, TicketQueue } from '../../ports/ticket-queue.ts'
import {
  newUser,
  type UserIndex,
  type UserRecord,
  updateUser,
  type Versioned,
  type Waited,
} from '../../ports/user-index.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { ShardLedger } from '../shard/ledger.ts'

/** An entry that blocks somebody is believed without a look for so long, in ms: its creation may be on its way. */
const BELIEVED_MS = 5_000
const TRIES_MAX = 8

export interface Reservations {
  readonly users: UserIndex
  readonly tickets: TicketQueue
  readonly ledger: ShardLedger
  readonly region: string
  readonly nowMs: () => number
}

/** A player to take for a game. `ticketId`: the ticket that a match took already; its player is queued with exactly that one. */
export interface Hold {
  readonly userId: UserId
  readonly ticketId: string | null
  /** The player, idle, as read shortly before; null: to be read. */
  readonly seen: Versioned | null
}

export interface Held {
  readonly type: 'reserved'
  readonly before: UserRecord
}

export type Reserved =
  | Held
  | { readonly type: 'playing'; readonly gameId: GameId }
  /** The player is not queued with the match's ticket any more. */
  | { readonly type: 'gone' }
  /** A match takes the player at this moment, or the record changes too fast. */
  | { readonly type: 'contended' }

/**
 * Idle, or queued, to playing `gameId`. A ticket that is in the way is cancelled first. `voided`: an id of the same creation that never
 * became a game; who was held for it is free.
 */
export async function reserve(
  deps: Reservations,
  hold: Hold,
  gameId: GameId,
  voided: GameId | null = null,
): Promise<Reserved> {
  const { users, tickets, region } = deps
  let { seen } = hold
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { record, revision } = seen ?? (await users.get(hold.userId))
    seen = null
    const now = record.occupation
    if (now.type === 'playing') {
      if (now.gameId === gameId) return { type: 'reserved', before: { ...record, occupation: newUser.occupation } }
      if (now.gameId !== voided) {
        if (await clearFinished(deps, hold.userId, record, revision)) continue
        return { type: 'playing', gameId: now.gameId }
      }
    }
    // Idle with a ticket that a match took: somebody cleared an entry of an id that never became a game.
    if (hold.ticketId !== null && now.type === 'queued' && now.ticketId !== hold.ticketId) return { type: 'gone' }
    let waited = now.type === 'playing' ? now.waited : undefined
    if (hold.ticketId === null && now.type === 'queued') {
      const ticket = await tickets.find(region, hold.userId)
      const cancelled = await tickets.cancel(region, hold.userId, now.ticketId)
      if (!cancelled && !(await clearLostTicket(deps, hold.userId, record, revision))) return { type: 'contended' }
      if (!cancelled) continue
      if (ticket !== null) waited = waitedOf(ticket)
    }
    const nowMs = deps.nowMs()
    const occupation = { type: 'playing', gameId, ...(waited && { waited }) } as const
    const next: UserRecord = { ...record, occupation, sinceMs: nowMs, lastGameMs: nowMs }
    const before = now.type === 'playing' ? { ...record, occupation: newUser.occupation } : record
    if ((await users.compareAndSet(hold.userId, revision, next)) !== null) return { type: 'reserved', before }
  }
  return { type: 'contended' }
}

/** Back to what the player did before: a ticket that ended on the way waits again, as long as it had. */
export async function unreserve(deps: Reservations, hold: Hold, gameId: GameId, { before }: Held): Promise<void> {
  let waited: Waited | undefined
  const back = await updateUser(deps.users, hold.userId, (record) => {
    if (record.occupation.type !== 'playing' || record.occupation.gameId !== gameId) return null
    waited = record.occupation.waited
    const occupation = hold.ticketId === null ? newUser.occupation : before.occupation
    const free = { ...record, occupation, sinceMs: deps.nowMs(), lastGameMs: before.lastGameMs }
    return waited === undefined ? free : waiting(free, waited)
  })
  if (back !== null && waited !== undefined) await enqueueAgain(deps, hold.userId, back, waited)
}

const waitedOf = ({ id, name, mode, node, enqueuedAtMs, absentSinceMs }: Ticket): Waited => ({
  ...{ id, name, mode, node, enqueuedAtMs, absentSinceMs },
})

const waiting = (record: UserRecord, { id, mode, enqueuedAtMs }: Waited): UserRecord => ({
  ...record,
  occupation: { type: 'queued', ticketId: id, mode },
  sinceMs: enqueuedAtMs,
})

async function enqueueAgain(deps: Reservations, userId: UserId, record: UserRecord, waited: Waited): Promise<void> {
  const { users, tickets, region } = deps
  const { rating, blocked, lastOpponent } = record
  await tickets.enqueue({ ...waited, userId, region, rating, blocked, lastOpponent })
  // It may have ended meanwhile, elsewhere.
  const now = (await users.get(userId)).record.occupation
  if (now.type !== 'queued' || now.ticketId !== waited.id) await tickets.cancel(region, userId, waited.id)
}

/**
 * A `playing` entry whose game is over is cleared: whoever saw the end asks at once for the next game, and may be faster than the entry's
 * own way back. One whose game never was is cleared when it is old, and the ticket that ended for it waits again. True: it was.
 */
export async function clearFinished(
  deps: Reservations,
  userId: UserId,
  record: UserRecord,
  revision: string,
): Promise<boolean> {
  if (record.occupation.type !== 'playing') return false
  const { gameId, waited } = record.occupation
  const isOld = deps.nowMs() - record.sinceMs >= BELIEVED_MS
  const found = isOld ? await deps.ledger.settle(gameId) : await deps.ledger.find(gameId)
  if (found === null || found.type === 'live' || (found.type === 'void' && !isOld)) return false
  const lastOpponent = found.type === 'done' ? opponentIn(found.record, userId) : record.lastOpponent
  const free = { ...record, occupation: newUser.occupation, sinceMs: deps.nowMs(), lastOpponent }
  if (found.type === 'done' || waited === undefined) {
    await deps.users.compareAndSet(userId, revision, free)
    return true
  }
  const next = waiting(free, waited)
  if ((await deps.users.compareAndSet(userId, revision, next)) !== null) await enqueueAgain(deps, userId, next, waited)
  return true
}

function opponentIn(record: string, userId: UserId): UserId | null {
  const stored = decodeRecord(record)
  return stored.ok ? (stored.value.room.players.find(({ id }) => id !== userId)?.id ?? null) : null
}

/** An old `queued` entry without a ticket, waiting or matched, is cleared. True: it was. */
export async function clearLostTicket(
  deps: Reservations,
  userId: UserId,
  record: UserRecord,
  revision: string,
): Promise<boolean> {
  if (record.occupation.type !== 'queued' || deps.nowMs() - record.sinceMs < BELIEVED_MS) return false
  const { ticketId } = record.occupation
  const ticket = await deps.tickets.find(deps.region, userId)
  if (ticket?.id === ticketId) return false
  const pending = await deps.tickets.pending(deps.region)
  if (pending.some((match) => match.tickets.some(({ id }) => id === ticketId))) return false
  await deps.users.compareAndSet(userId, revision, { ...record, occupation: newUser.occupation, sinceMs: deps.nowMs() })
  return true
}

/**
 * Clears what is left of a ticket of an idle player: one that waits, of an entry that the store lost; or that of a match whose room was
 * opened, or is over already, and whose leader died before it could forget it. True: it did.
 */
export async function clearLeftTicket({ tickets, ledger, region }: Reservations, userId: UserId): Promise<boolean> {
  const left = await tickets.find(region, userId)
  if (left === null || (await tickets.cancel(region, userId, left.id))) return true
  const pending = await tickets.pending(region)
  const match = pending.find((one) => one.tickets.some(({ id }) => id === left.id))
  const gameId = match === undefined ? null : await ledger.bound(matchKey(match))
  const settled = gameId === null ? null : await ledger.find(gameId)
  if (match === undefined || settled === null || settled.type === 'void') return false
  await tickets.placed(region, match.id)
  return true
}

/** Under which a match's game is created. */
export const matchKey = ({ id }: Match): string => `match:${id}`
