import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import { inParallel } from '../../kit/in-parallel.ts'
import type { Log } from '../../kit/log.ts'
import type { Invites } from '../../ports/invites.ts'
import type { NodeRegistry, Route } from '../../ports/node-registry.ts'
import type { StoreLife } from '../../ports/store-life.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'
import { type UserRecord, updateUser } from '../../ports/user-index.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { LocalPlayer } from '../gateway/players.ts'
import type { HostedRoom } from '../room/hosted.ts'
import { clearFinished, type Reservations } from './reservation.ts'

const LOOK_EVERY_MS = 500
/** Everything is said again so much later once more, in ms: until then a primary that was replaced may have taken what it then lost. */
const AGAIN_AFTER_MS = 5_000
/** Calls at once. */
const PARALLEL = 64

export interface ReassertionOptions extends Reservations {
  readonly clock: Clock
  readonly log: Log
  readonly life: StoreLife
  readonly invites: Invites
  readonly node: string
  /** Those with a socket here. */
  readonly players: () => Iterable<LocalPlayer>
  /** Rooms that this server owns. */
  readonly rooms: () => Iterable<HostedRoom>
  readonly registry: Pick<NodeRegistry, 'publish'>
  /** All that this server knows, also those to servers that are gone: nobody else may be left to tell them. */
  readonly routes: () => readonly Route[]
}

/**
 * A store that restarted or failed over may hold less than it answered. Rooms are put back by their owners; what else this server knows is
 * said again here: where shards are, who is in its rooms, and the tickets and invites of whoever has a socket here.
 */
export function createReassertion(options: ReassertionOptions) {
  const { clock, log, life, users, tickets, invites, region, node, nowMs } = options
  let known: string | null = null
  /** When to say everything again, monotonic ms. */
  let dueMs: number[] = []
  let looking: Promise<void> | null = null
  let cancel: CancelTimer = () => {}

  /** Resolves when the store has been told again, if it had to be. Rejects when nobody knows. */
  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = null
    })
    return looking
  }

  async function lookOnce(): Promise<void> {
    const now = await life.current()
    if (known !== null && now !== known) dueMs = [clock.monotonic(), clock.monotonic() + AGAIN_AFTER_MS]
    known = now
    if (dueMs.length === 0 || dueMs[0]! > clock.monotonic()) return
    await sayAgain()
    dueMs.shift()
    log.info('store_told_again')
  }

  async function sayAgain(): Promise<void> {
    await options.registry.publish(options.routes())
    await gamesRun([...options.rooms()])
    await inParallel([...options.players()], PARALLEL, async (player) => {
      if (player.queue !== null) await keepTicket(player, player.queue)
      if (player.invite !== null) await keepInvite(player, player.invite)
    })
  }

  /** These games run: whatever older the store has of their players is not so any more. */
  const gamesRun = (rooms: readonly HostedRoom[]): Promise<void> =>
    inParallel(rooms, PARALLEL, async (hosted) => {
      for (const { id, botLevel } of hosted.room.players) if (botLevel === undefined) await playsIn(id, hosted)
    })

  async function playsIn(userId: UserId, hosted: HostedRoom): Promise<void> {
    const { gameId, gate } = hosted
    const stands = () => hosted.room.status === 'active' && hosted.createdSeq <= gate.seq() && gate.trusted()
    await freeOfLost(userId, gameId)
    let ticketId: string | null = null
    const noted = await updateUser(users, userId, (record) => {
      if (!stands() || record.occupation.type === 'playing') return null
      ticketId = record.occupation.type === 'queued' ? record.occupation.ticketId : null
      const { createdAtMs: lastGameMs } = hosted.room
      return { ...record, occupation: { type: 'playing', gameId }, sinceMs: nowMs(), lastGameMs }
    })
    if (noted !== null && ticketId !== null) await tickets.cancel(region, userId, ticketId)
  }

  /** The player waits with this ticket, unless the store has something newer of them. */
  async function keepTicket(player: LocalPlayer, ticket: Ticket): Promise<void> {
    const { userId, id, mode, rating, blocked, lastOpponent, enqueuedAtMs: sinceMs } = ticket
    const occupation = { type: 'queued', ticketId: id, mode } as const
    await freeOfLost(userId, null)
    await updateUser(users, userId, (record) => {
      if (record.occupation.type !== 'idle' || record.sinceMs >= sinceMs || player.queue !== ticket) return null
      // Of whom the store knows nothing any more it learns again what the ticket tells.
      const known = record.sinceMs > 0 ? {} : { rating, blocked, lastOpponent }
      return { ...record, ...known, occupation, sinceMs }
    })
    if (!isQueuedWith((await users.get(userId)).record, id)) return
    await tickets.enqueue({ ...ticket, node, absentSinceMs: null })
    // It may have ended meanwhile, elsewhere.
    if (!isQueuedWith((await users.get(userId)).record, id)) await tickets.cancel(region, userId, id)
  }

  /** A game that is over, or was lost, holds nobody; `gameId` runs. */
  async function freeOfLost(userId: UserId, gameId: GameId | null): Promise<void> {
    const { record, revision } = await users.get(userId)
    if (record.occupation.type !== 'playing' || record.occupation.gameId === gameId) return
    await clearFinished(options, userId, record, revision)
  }

  async function keepInvite(player: LocalPlayer, { code, name }: NonNullable<LocalPlayer['invite']>): Promise<void> {
    await invites.open({ userId: player.userId, name }, code, nowMs())
  }

  return {
    gamesRun,
    look,
    start: () => {
      // One that failed is made up for by the next.
      const again = () => look().catch((error: unknown) => log.warn('store_not_told', { error }))
      void again()
      cancel = every(clock, LOOK_EVERY_MS, () => void again())
    },
    stop: () => cancel(),
  }
}

const isQueuedWith = ({ occupation }: UserRecord, ticketId: string): boolean =>
  occupation.type === 'queued' && occupation.ticketId === ticketId
