import type { Opening } from '../../game/room.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { decodeRecord } from '../../ports/room-record.ts'
import type { MatchReason } from '../../ports/ticket-queue.ts'
import { type Refusal, refusal } from '../../protocol/errors.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { RoomAnswer } from '../room/requests.ts'
import type { ShardLedger } from '../shard/ledger.ts'
import { type Held, type Hold, type Reservations, type Reserved, reserve, unreserve } from './reservation.ts'

export interface CreationOptions extends Reservations {
  readonly ledger: ShardLedger
  /** An id in a shard of this server that takes new rooms; null: none does now. */
  readonly freshId: () => GameId | null
  /** Opens the room in its owner's memory; answers when it is durable. */
  readonly openRoom: (gameId: GameId, opening: Opening, match: MatchReason | null) => Promise<RoomAnswer>
}

export interface CreationRequest {
  /** What is created at most once: `match:ID`, `invite:CODE`, `rematch:GAME`, `post:USER:KEY`. */
  readonly key: string
  readonly opening: Opening
  readonly match: MatchReason | null
  /** The people of it: one or two. */
  readonly holds: readonly Hold[]
}

export type CreationFailure =
  /** This player cannot be taken. */
  | { readonly type: 'blocked'; readonly userId: UserId; readonly by: Exclude<Reserved, { type: 'reserved' }> }
  /** The outcome is unknown or no shard takes rooms: the same key again is safe. */
  | { readonly type: 'unavailable' }

/**
 * The one way a game comes into being: bind the key to an id, reserve the players in id order, let the shard's owner create the room.
 * Dying anywhere on the way is repaired by asking again with the same key.
 */
export function createCreation(options: CreationOptions) {
  const running = new Map<string, Promise<Result<Snapshot, CreationFailure>>>()

  /** The same key twice gives the same game. */
  function create(request: CreationRequest): Promise<Result<Snapshot, CreationFailure>> {
    const existing = running.get(request.key)
    if (existing) return existing
    const created = make(request)
    running.set(request.key, created)
    const over = () => void running.delete(request.key)
    created.then(over, over)
    return created
  }

  async function make(request: CreationRequest): Promise<Result<Snapshot, CreationFailure>> {
    const { ledger } = options
    const fresh = options.freshId()
    if (fresh === null) return err({ type: 'unavailable' })
    const bound = await ledger.bind(request.key, fresh)
    const voided = bound === fresh ? null : bound
    if (bound !== fresh) {
      const settled = await ledger.settle(bound)
      if (settled.type !== 'void') return existingGame(bound, settled.record)
      if ((await ledger.rebind(request.key, bound, fresh)) !== fresh) return err({ type: 'unavailable' })
    }
    const holds = inIdOrder(request.holds)
    const held: Held[] = []
    for (const hold of holds) {
      const reserved = await reserve(options, hold, fresh, voided)
      if (reserved.type !== 'reserved') {
        await undo(holds, held, fresh)
        return err({ type: 'blocked', userId: hold.userId, by: reserved })
      }
      held.push(reserved)
    }
    const answer = await options.openRoom(fresh, request.opening, request.match)
    if (answer.type === 'snapshot') return ok(answer.snapshot)
    if (answer.type === 'refused') await undo(holds, held, fresh)
    return err({ type: 'unavailable' })
  }

  /** Puts those back who were reserved: the first of `holds`. */
  async function undo(holds: readonly Hold[], held: readonly Held[], gameId: GameId): Promise<void> {
    for (const [i, one] of held.entries()) await unreserve(options, holds[i]!, gameId, one)
  }

  return { create, isRunning: (key: string) => running.has(key) }
}
export type Creation = ReturnType<typeof createCreation>

/** Of two creations that want the same two players, one gets both. */
function inIdOrder(holds: readonly Hold[]): readonly Hold[] {
  const [a, b] = holds
  return a !== undefined && b !== undefined && b.userId < a.userId ? [b, a] : holds
}

function existingGame(gameId: GameId, record: string): Result<Snapshot, CreationFailure> {
  const stored = decodeRecord(record)
  if (!stored.ok) return err({ type: 'unavailable' })
  return ok({ gameId, room: stored.value.room, match: stored.value.match, epoch: 0, connected: [false, false] })
}

/** What the player who asked is told. */
export function failureOf(failure: CreationFailure, asker: UserId): Refusal {
  if (failure.type === 'unavailable' || failure.by.type !== 'playing') {
    return refusal('UNAVAILABLE', 'could not open the game now; repeat', { retryAfterMs: 500 })
  }
  if (failure.userId === asker) return refusal('ALREADY_PLAYING', 'you are in a game', { gameId: failure.by.gameId })
  return refusal('NOT_FOUND', 'the other player is in another game')
}
