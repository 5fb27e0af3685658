import type { UserId } from '../protocol/ids.ts'
import type { QueueMode } from '../protocol/messages.ts'

/** A player's wish for a game. Everything that pairing needs travels in it. */
export interface Ticket {
  readonly id: string
  readonly userId: UserId
  readonly name: string
  readonly mode: QueueMode
  readonly region: string
  readonly rating: number
  readonly blocked: readonly UserId[]
  readonly lastOpponent: UserId | null
  readonly enqueuedAtMs: number
  /** Server (node id and boot id) whose socket asked last. */
  readonly node: string
  /** Since when none of the player's sockets is open; null while one is. Absent tickets keep their place and are not paired. */
  readonly absentSinceMs: number | null
}

/** Why these two: kept with the game and shown in its REST view. */
export interface MatchReason {
  /** By ticket, ms; with a game, by seat. */
  readonly waitedMs: readonly [number, number]
  /** Rating distance accepted when paired; null in casual after its fallback. */
  readonly width: number | null
  readonly distance: number
}

export interface Match {
  readonly id: string
  readonly mode: QueueMode
  readonly region: string
  readonly tickets: readonly [Ticket, Ticket]
  readonly reason: MatchReason
  readonly pairedAtMs: number
}

export type TakePairAnswer = 'taken' | 'gone' | 'fenced'

/** Waiting players of all regions; a player has at most one ticket anywhere. Each call is atomic. */
export interface TicketQueue {
  /** False: the player has another ticket or is in a pending match with one. The same ticket again: true, and changes nothing. */
  enqueue(ticket: Ticket): Promise<boolean>
  /** Removes the ticket. False: there was none (or a pair took it). */
  cancel(region: string, userId: UserId, ticketId: string): Promise<boolean>
  find(region: string, userId: UserId): Promise<Ticket | null>
  /** Notes the player's node, or since when they are absent (null: present). False: no such ticket. */
  touch(region: string, userId: UserId, node: string, absentSinceMs: number | null): Promise<boolean>
  /** Every waiting ticket of the region and mode, by rating, then id. */
  waiting(region: string, mode: QueueMode): Promise<readonly Ticket[]>
  /** Becomes or stays leader of the region: the epoch, or null while another's lease holds. */
  lead(region: string, leader: string, leaseMs: number): Promise<number | null>
  /** Moves both tickets into a pending match; `gone`: one of them is no longer waiting and nothing changed. */
  takePair(epoch: number, match: Match): Promise<TakePairAnswer>
  /** Matches whose room is not committed yet, oldest first. */
  pending(region: string): Promise<readonly Match[]>
  /** The match's room is committed: forget it. */
  placed(region: string, matchId: string): Promise<void>
  /** Undoes a match: the tickets of `keep` wait again with their old times, the others are dropped. */
  requeue(region: string, matchId: string, keep: readonly UserId[]): Promise<void>
  /** Drops tickets that are absent since before `absentBeforeMs`; returns them. */
  expire(region: string, absentBeforeMs: number): Promise<readonly Ticket[]>
}
