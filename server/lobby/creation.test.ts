import { beforeEach, describe, expect, test } from 'vitest'
import type { Opening } from '../../game/room.ts'
import { openRoom } from '../../game/room.ts'
import { seededRandom } from '../../kit/random.ts'
import { type VirtualClock, virtualClock } from '../../kit/virtual-clock.ts'
import { memoryTicketQueue } from '../../ports/memory/ticket-queue.ts'
import { memoryUserIndex } from '../../ports/memory/user-index.ts'
import { encodeRecord, recordHead } from '../../ports/room-record.ts'
import type { Match, Ticket, TicketQueue } from '../../ports/ticket-queue.ts'
import { newUser, type UserIndex, type UserRecord, updateUser } from '../../ports/user-index.ts'
import { type GameId, gameIdOf, type UserId } from '../../protocol/ids.ts'
import type { RoomAnswer } from '../room/requests.ts'
import type { Fence, ShardId } from '../shard/ledger.ts'
import { type MemoryLedger, memoryLedger } from '../shard/memory-ledger.ts'
import { type Creation, type CreationRequest, createCreation, failureOf } from './creation.ts'
import { clearFinished, clearLostTicket, type Reservations, reserve } from './reservation.ts'

const shard = 3 as ShardId
const fence: Fence = { epoch: 1, nonce: 'n' }
const [ana, bo, cy] = ['ana' as UserId, 'bo' as UserId, 'cy' as UserId]
const player = (id: UserId) => ({ id, name: id, rating: 1500 })
const opening: Opening = { mode: 'private', players: [player(ana), player(bo)], turnMs: 30_000 }
const ask = (key: string, holds: CreationRequest['holds'] = [hold(ana), hold(bo)]): CreationRequest => ({
  key,
  opening,
  match: null,
  holds,
})
const hold = (userId: UserId, ticketId: string | null = null) => ({ userId, ticketId, seen: null })

let clock: VirtualClock
let users: UserIndex
let tickets: TicketQueue
let ledger: MemoryLedger
let deps: Reservations
let creation: Creation
let seq: number
let shards: 'open' | 'none'
/** What the owner answers instead of opening the room. */
let owner: RoomAnswer | null

beforeEach(async () => {
  clock = virtualClock()
  users = memoryUserIndex()
  tickets = memoryTicketQueue(clock)
  ledger = memoryLedger(clock)
  seq = 0
  shards = 'open'
  owner = null
  const random = seededRandom(4)
  deps = { users, tickets, ledger, region: 'eu', nowMs: () => clock.now() }
  await ledger.open(shard, { owner: 'n1.a', nonce: fence.nonce, leaseMs: 3_000 })
  creation = createCreation({
    ...deps,
    freshId: () => (shards === 'open' ? gameIdOf(shard, random) : null),
    async openRoom(gameId, what): Promise<RoomAnswer> {
      if (owner !== null) return owner
      const room = openRoom(what, clock.now())
      const record = encodeRecord(recordHead(room, null), '', room)
      seq += 1
      const change = { gameId, record, create: true, done: false, result: null }
      await ledger.commit(shard, fence, seq, [change])
      return { type: 'snapshot', snapshot: { gameId, room, match: null, epoch: 1, connected: [true, true] } }
    },
  })
})

const occupation = async (userId: UserId) => (await users.get(userId)).record.occupation
const set = (userId: UserId, change: Partial<UserRecord>) =>
  updateUser(users, userId, (record) => ({ ...record, sinceMs: clock.now(), ...change }))
const ticket = (userId: UserId): Ticket => ({
  ...{ id: `t-${userId}`, userId, name: userId, mode: 'casual', region: 'eu', rating: 1500, blocked: [] },
  ...{ lastOpponent: null, enqueuedAtMs: clock.now(), node: 'n1.a', absentSinceMs: null },
})
async function queue(userId: UserId): Promise<void> {
  await tickets.enqueue(ticket(userId))
  await set(userId, { occupation: { type: 'queued', ticketId: `t-${userId}`, mode: 'casual' } })
}
async function created(request: CreationRequest): Promise<GameId> {
  const answer = await creation.create(request)
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return answer.value.gameId
}

describe('a creation', () => {
  test('[P4] the same key twice gives the same game, at once and later', async () => {
    const both = await Promise.all([created(ask('k')), created(ask('k'))])
    expect(both[0]).toBe(both[1])
    expect(await created(ask('k'))).toBe(both[0])
    expect([await occupation(ana), await occupation(bo)]).toEqual([
      { type: 'playing', gameId: both[0] },
      { type: 'playing', gameId: both[0] },
    ])
    expect(seq).toBe(1)
  })

  test('[P4] a key bound to a game that never came gets a new id', async () => {
    const dead = gameIdOf(shard, seededRandom(99))
    await ledger.bind('k', dead) // its creator died before anything else
    const gameId = await created(ask('k'))
    expect(gameId).not.toBe(dead)
    expect(await ledger.settle(dead)).toEqual({ type: 'void' })
    expect(await created(ask('k'))).toBe(gameId)
  })

  test('[P4] a crash between reserving and creating is repaired: the same key again plays', async () => {
    owner = { type: 'not_owner' }
    expect(await creation.create(ask('k'))).toEqual({ ok: false, error: { type: 'unavailable' } })
    expect((await occupation(ana)).type).toBe('playing') // with a game that is not there
    owner = null
    const gameId = await created(ask('k'))
    expect([await occupation(ana), await occupation(bo)]).toEqual([
      { type: 'playing', gameId },
      { type: 'playing', gameId },
    ])
  })

  test('[P8] if one cannot be taken, the other is as before', async () => {
    const elsewhere = await created(ask('other', [hold(bo)]))
    await queue(ana)
    const answer = await creation.create(ask('k', [hold(bo), hold(ana, 't-ana')]))
    expect(answer).toEqual({
      ok: false,
      error: { type: 'blocked', userId: bo, by: { type: 'playing', gameId: elsewhere } },
    })
    expect(await occupation(ana)).toEqual({ type: 'queued', ticketId: 't-ana', mode: 'casual' })
  })

  test('[P1] a refused opening frees both; a ticket that it ended waits again, as long as before', async () => {
    await queue(bo)
    const [before, waiting] = [(await users.get(bo)).record, await tickets.find('eu', bo)]
    await clock.advance(2_000)
    owner = { type: 'refused', refusal: { code: 'NOT_FOUND', message: 'void' } }
    expect(await creation.create(ask('k'))).toEqual({ ok: false, error: { type: 'unavailable' } })
    expect([await occupation(ana), (await users.get(bo)).record]).toEqual([{ type: 'idle' }, before])
    expect(waiting).toMatchObject({ id: 't-bo' })
    expect(await tickets.find('eu', bo)).toEqual(waiting)
  })

  test('[P8] without a shard that takes rooms nothing is bound', async () => {
    shards = 'none'
    expect(await creation.create(ask('k'))).toEqual({ ok: false, error: { type: 'unavailable' } })
    expect(await ledger.bound('k')).toBeNull()
  })

  test('[P8] a record that cannot be read is UNAVAILABLE, not a second game', async () => {
    const gameId = await created(ask('k'))
    ledger.store.shards.get(shard)!.rooms.set(gameId, '[9]')
    expect(await creation.create(ask('k'))).toEqual({ ok: false, error: { type: 'unavailable' } })
  })

  test('[P8] whoever asked hears of their own game, of another’s only that it cannot be', () => {
    const playing = { type: 'playing', gameId: gameIdOf(shard, seededRandom(1)) } as const
    const blocked = { type: 'blocked', userId: ana, by: playing } as const
    expect(failureOf(blocked, ana)).toMatchObject({ code: 'ALREADY_PLAYING', details: { gameId: playing.gameId } })
    expect(failureOf(blocked, bo)).toMatchObject({ code: 'NOT_FOUND' })
    expect(failureOf({ ...blocked, by: { type: 'contended' } }, ana)).toMatchObject({ code: 'UNAVAILABLE' })
    expect(failureOf({ type: 'unavailable' }, ana)).toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('a reservation', () => {
  const game = gameIdOf(shard, seededRandom(5))

  test('[P4] for the same game again changes nothing', async () => {
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
    const { revision } = await users.get(ana)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
    expect((await users.get(ana)).revision).toBe(revision)
  })

  test('[P4] who was read before is looked up again when their record has changed since', async () => {
    const seen = await users.get(ana)
    const running = await created(ask('first'))
    expect(await reserve(deps, { ...hold(ana), seen }, game)).toEqual({ type: 'playing', gameId: running })
    const idle = await users.get(cy)
    expect(await reserve(deps, { ...hold(cy), seen: idle }, game)).toEqual({ type: 'reserved', before: idle.record })
  })

  test('[P8] a match takes only who is queued with its very ticket', async () => {
    await queue(ana)
    expect((await reserve(deps, hold(ana, 'other'), game)).type).not.toBe('reserved')
    expect(await reserve(deps, hold(ana, 't-ana'), game)).toMatchObject({ type: 'reserved' })
  })

  test('[P8] a private game ends the ticket first; one that a match took wins', async () => {
    await queue(ana)
    await queue(bo)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
    expect(await tickets.find('eu', ana)).toBeNull()
    const epoch = (await tickets.lead('eu', 'm', 60_000))!
    await queue('cy' as UserId)
    const [one, two] = [ticket(bo), ticket('cy' as UserId)]
    const reason = { waitedMs: [0, 0], width: 50, distance: 0 } as const
    const match: Match = { id: 'm1', mode: 'casual', region: 'eu', tickets: [one, two], reason, pairedAtMs: 0 }
    expect(await tickets.takePair(epoch, match)).toBe('taken')
    expect(await reserve(deps, hold(bo), game)).toEqual({ type: 'contended' })
    await clock.advance(10_000)
    expect(await reserve(deps, hold(bo), game)).toEqual({ type: 'contended' })
  })

  test('[P8] an entry of a game that is over or never was is believed for 5 s, then cleared', async () => {
    await set(ana, { occupation: { type: 'playing', gameId: gameIdOf(shard, seededRandom(6)) } })
    await clock.advance(4_999)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'playing' })
    await clock.advance(1)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
  })

  test('[P1] a ticket that ended for a game which never was waits again when the entry is cleared', async () => {
    await queue(bo)
    const [before, waiting] = [(await users.get(bo)).record, await tickets.find('eu', bo)]
    await reserve(deps, hold(bo), game)
    const again = gameIdOf(shard, seededRandom(7))
    await reserve(deps, hold(bo), again, game)
    expect([await tickets.find('eu', bo), await occupation(bo)]).toMatchObject([null, { gameId: again }])
    await clock.advance(5_000)
    const { record, revision } = await users.get(bo)
    expect(await clearFinished(deps, bo, record, revision)).toBe(true)
    expect(await users.get(bo)).toMatchObject({
      record: { occupation: before.occupation, sinceMs: before.sinceMs },
    })
    expect(waiting).toMatchObject({ id: 't-bo' })
    expect(await tickets.find('eu', bo)).toEqual(waiting)
  })

  test('[P8] an entry of a game that has ended is cleared at once, and names who the opponent was', async () => {
    const gameId = await created(ask('k'))
    const room = openRoom(opening, clock.now())
    const ended = { ...room, status: 'forfeited', reason: 'resign', winner: 0, endedAtMs: clock.now() } as const
    const record = encodeRecord(recordHead(ended, null), '', ended)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'playing' })
    await ledger.commit(shard, fence, ++seq, [{ gameId, record, create: false, done: true, result: record }])
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
    expect((await users.get(ana)).record.lastOpponent).toBe(bo)
  })

  test('[P8] an entry of a running game is never cleared', async () => {
    const running = await created(ask('k'))
    await clock.advance(60_000)
    expect(await reserve(deps, hold(ana), game)).toEqual({ type: 'playing', gameId: running })
  })

  test('[P5] an entry without a ticket is cleared after 5 s, one with a ticket never', async () => {
    await queue(bo)
    await set(ana, { occupation: { type: 'queued', ticketId: 'lost', mode: 'casual' } })
    expect(await reserve(deps, hold(ana), game)).toEqual({ type: 'contended' })
    await clock.advance(5_000)
    const standing = await users.get(bo)
    expect(await clearLostTicket(deps, bo, standing.record, standing.revision)).toBe(false)
    expect(await reserve(deps, hold(ana), game)).toMatchObject({ type: 'reserved' })
    expect((await users.get(bo)).record.occupation).not.toEqual(newUser.occupation)
  })
})
