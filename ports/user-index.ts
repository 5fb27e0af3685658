import type { GameId, UserId } from '../protocol/ids.ts'
import type { QueueMode } from '../protocol/messages.ts'
import type { Ticket } from './ticket-queue.ts'

export type Occupation =
  | { readonly type: 'idle' }
  | { readonly type: 'queued'; readonly ticketId: string; readonly mode: QueueMode }
  | { readonly type: 'playing'; readonly gameId: GameId; readonly waited?: Waited }

/** The ticket that ended for a game: it waits again should that never begin. What else it tells is the player's record. */
export type Waited = Pick<Ticket, 'id' | 'name' | 'mode' | 'node' | 'enqueuedAtMs' | 'absentSinceMs'>

/** What the platform must know of a player to pair and greet them, without a database. */
export interface UserRecord {
  readonly occupation: Occupation
  /** When the occupation changed, ms since the Unix epoch. */
  readonly sinceMs: number
  /** When the newest game began, ms since the Unix epoch; 0: never. It ends what was offered before. */
  readonly lastGameMs: number
  readonly rating: number
  /** `appliedSeq` of the game that gave this rating; 0: none did. */
  readonly ratedSeq: number
  readonly blocked: readonly UserId[]
  /** Games that ended while the player was away and that no socket has watched since; newest last, at most UNSEEN_MAX. */
  readonly unseen: readonly GameId[]
  readonly lastOpponent: UserId | null
}

export interface Versioned {
  readonly record: UserRecord
  /** Opaque; changes with every write. */
  readonly revision: string
}

/** The rating that a game gave. */
export interface NewRating {
  readonly userId: UserId
  readonly rating: number
  /** Number of the game in the ledger: a rating of an earlier one is no news. */
  readonly appliedSeq: number
}

/** How a game ended for one of its players. */
export interface GameEnd {
  readonly userId: UserId
  readonly opponent: UserId
  /** No socket of theirs was open: they find the game among the unseen. */
  readonly away: boolean
}

/** Who does what now: one game and one ticket a player, by compare-and-set. Missing users are idle, rated 1500. */
export interface UserIndex {
  get(userId: UserId): Promise<Versioned>
  /** Writes `next` if the record still has `revision`; its new revision, else null. */
  compareAndSet(userId: UserId, revision: string, next: UserRecord): Promise<string | null>
  /**
   * Writes the ratings that are newer than the players' records, each player's by itself; how many were. Late and repeated ones change
   * nothing. It wins over a compare-and-set that began before.
   */
  setRatings(ratings: readonly NewRating[]): Promise<number>
  /** Whoever still plays the game is idle from now on, each player by itself. A repeat changes nothing. */
  endGame(gameId: GameId, ends: readonly GameEnd[], nowMs: number): Promise<void>
}

export const newUser: UserRecord = {
  occupation: { type: 'idle' },
  sinceMs: 0,
  lastGameMs: 0,
  rating: 1500,
  ratedSeq: 0,
  blocked: [],
  unseen: [],
  lastOpponent: null,
}

const UNSEEN_MAX = 8
const TRIES_MAX = 8

/** Changes one user's record by compare-and-set. `change` answers null to leave it. Null: left, or contended. */
export async function updateUser(
  users: UserIndex,
  userId: UserId,
  change: (record: UserRecord) => UserRecord | null,
): Promise<UserRecord | null> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { record, revision } = await users.get(userId)
    const next = change(record)
    if (next === null) return null
    if ((await users.compareAndSet(userId, revision, next)) !== null) return next
  }
  return null
}

/** The record after `gameId` has ended; null: its player does something else. */
export function afterGame(record: UserRecord, gameId: GameId, end: GameEnd, nowMs: number): UserRecord | null {
  const { occupation, unseen } = record
  if (occupation.type !== 'playing' || occupation.gameId !== gameId) return null
  return {
    ...record,
    occupation: newUser.occupation,
    sinceMs: nowMs,
    unseen: end.away ? [...unseen, gameId].slice(-UNSEEN_MAX) : unseen,
    lastOpponent: end.opponent,
  }
}

/** `endGame` of an adapter that has only compare-and-set. */
export async function endGameByUpdates(
  users: UserIndex,
  gameId: GameId,
  ends: readonly GameEnd[],
  nowMs: number,
): Promise<void> {
  await Promise.all(ends.map((end) => updateUser(users, end.userId, (record) => afterGame(record, gameId, end, nowMs))))
}

/** A ticket ended without a match: who was queued with it is idle. */
export const endTicket = (
  users: UserIndex,
  userId: UserId,
  ticketId: string,
  nowMs: number,
): Promise<UserRecord | null> =>
  updateUser(users, userId, (record) =>
    record.occupation.type === 'queued' && record.occupation.ticketId === ticketId
      ? { ...record, occupation: newUser.occupation, sinceMs: nowMs }
      : null,
  )
