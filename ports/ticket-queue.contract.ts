import { describe, expect, test } from 'vitest'
import type { UserId } from '../protocol/ids.ts'
import type { Match, Ticket, TicketQueue } from './ticket-queue.ts'

const NOW_MS = 1_700_000_000_000
const LEASE_MS = 3_000

/** A ticket of the player `name`, with the id `t-name`. */
export function ticketOf(name: string, part: Partial<Ticket> = {}): Ticket {
  return {
    id: `t-${name}`,
    userId: name as UserId,
    name: `Player ${name}`,
    mode: 'ranked',
    region: 'local',
    rating: 1_500,
    blocked: [],
    lastOpponent: null,
    enqueuedAtMs: NOW_MS,
    node: 'n1.boot1',
    absentSinceMs: null,
    ...part,
  }
}

export function matchOf(a: Ticket, b: Ticket, id = `m-${a.userId}-${b.userId}`): Match {
  const reason = { waitedMs: [10, 20], width: 50, distance: Math.abs(a.rating - b.rating) } as const
  return { id, mode: a.mode, region: a.region, tickets: [a, b], reason, pairedAtMs: NOW_MS + 100 }
}

export interface TicketQueueUnderTest {
  readonly queue: TicketQueue
  /** Lets `ms` pass on the clock that leases live by. */
  readonly pass: (ms: number) => Promise<void>
}

/** What every TicketQueue promises. `newQueue()` gives an empty one. */
export function ticketQueueContract(name: string, newQueue: () => Promise<TicketQueueUnderTest>): void {
  const ana = ticketOf('ana')
  const bo = ticketOf('bo', { rating: 1_520.5, blocked: ['zoe' as UserId], lastOpponent: 'zoe' as UserId })
  const match = matchOf(ana, bo)

  const withTickets = async (...tickets: readonly Ticket[]) => {
    const { queue, pass } = await newQueue()
    for (const ticket of tickets) expect(await queue.enqueue(ticket)).toBe(true)
    const epoch = (await queue.lead('local', 'leader-1', LEASE_MS))!
    const waiting = async () => (await queue.waiting('local', 'ranked')).map(({ userId }) => userId)
    return { queue, pass, epoch, waiting }
  }

  describe(`${name} as TicketQueue: tickets`, () => {
    test('[ticket] all that pairing needs travels in it', async () => {
      const { queue } = await withTickets(bo)
      expect(await queue.waiting('local', 'ranked')).toEqual([bo])
      expect(await queue.find('local', bo.userId)).toEqual(bo)
    })

    test('[one ticket] a second ticket of a player is refused, also in the other mode and at once', async () => {
      const { queue, waiting } = await withTickets()
      const again = ticketOf('ana', { id: 't-again', mode: 'casual' })
      const answers = await Promise.all([queue.enqueue(ana), queue.enqueue(again), queue.enqueue(again)])
      expect(answers).toEqual([true, false, false])
      expect(await waiting()).toEqual(['ana'])
      expect(await queue.waiting('local', 'casual')).toEqual([])
    })

    test('[P4] the same enqueue again, after an unknown outcome, is true and changes nothing, also when a match took it', async () => {
      const { queue, epoch } = await withTickets(ana, bo)
      await queue.touch('local', ana.userId, 'n2.boot7', null)
      const moved = { ...ana, node: 'n2.boot7' }
      expect(await queue.enqueue(ana)).toBe(true)
      expect(await queue.waiting('local', 'ranked')).toEqual([moved, bo])
      await queue.takePair(epoch, match)
      expect(await queue.enqueue(ana)).toBe(true)
      expect(await queue.waiting('local', 'ranked')).toEqual([])
      expect(await queue.find('local', ana.userId)).toEqual(moved)
    })

    test('[ticket] waiting tickets come by rating, then id, as ordered text', async () => {
      const rated = (name: string, rating: number) => ticketOf(name, { rating })
      const { waiting, queue } = await withTickets(
        rated('c', 1_500),
        rated('b', 1_500.5),
        rated('a', 1_700),
        rated('B', 1_500),
        rated('d', 900),
      )
      expect(await waiting()).toEqual(['d', 'B', 'c', 'b', 'a'])
      await queue.enqueue(rated('e', 1_000))
      await queue.cancel('local', 'c' as UserId, 't-c')
      expect(await waiting()).toEqual(['d', 'e', 'B', 'b', 'a'])
    })

    test('[ticket] queues of modes and regions are apart', async () => {
      const { queue, waiting } = await withTickets(ana)
      await queue.enqueue(ticketOf('cy', { mode: 'casual' }))
      await queue.enqueue(ticketOf('di', { region: 'far' }))
      expect(await waiting()).toEqual(['ana'])
      expect((await queue.waiting('local', 'casual')).map(({ userId }) => userId)).toEqual(['cy'])
      expect((await queue.waiting('far', 'ranked')).map(({ userId }) => userId)).toEqual(['di'])
      expect(await queue.find('local', 'di' as UserId)).toBeNull()
    })

    test('[ticket] cancel removes the named ticket once, and no other', async () => {
      const { queue, waiting } = await withTickets(ana, bo)
      expect(await queue.cancel('local', ana.userId, 't-older')).toBe(false)
      expect(await queue.cancel('far', ana.userId, ana.id)).toBe(false)
      expect(await queue.cancel('local', ana.userId, ana.id)).toBe(true)
      expect(await queue.cancel('local', ana.userId, ana.id)).toBe(false)
      expect(await waiting()).toEqual(['bo'])
      expect(await queue.find('local', ana.userId)).toBeNull()
      expect(await queue.enqueue(ana)).toBe(true)
    })

    test('[P5] touch notes where the player is, or since when they are absent', async () => {
      const { queue } = await withTickets(ana)
      expect(await queue.touch('local', ana.userId, 'n1.boot1', NOW_MS + 5)).toBe(true)
      expect(await queue.waiting('local', 'ranked')).toEqual([{ ...ana, absentSinceMs: NOW_MS + 5 }])
      expect(await queue.touch('local', ana.userId, 'n2.boot7', null)).toBe(true)
      expect(await queue.find('local', ana.userId)).toEqual({ ...ana, node: 'n2.boot7' })
      expect(await queue.touch('local', bo.userId, 'n1.boot1', null)).toBe(false)
    })

    test('[P5] expire drops and returns those absent since before the given time, and nobody else', async () => {
      const since = (name: string, absentSinceMs: number | null) => ticketOf(name, { absentSinceMs })
      const { queue, waiting } = await withTickets(since('a', 100), since('b', 200), since('c', null), since('d', 100))
      await queue.enqueue(ticketOf('e', { region: 'far', absentSinceMs: 100 }))
      await queue.touch('local', 'd' as UserId, 'n1.boot1', null)
      expect(await queue.expire('local', 200)).toEqual([since('a', 100)])
      expect(await waiting()).toEqual(['b', 'c', 'd'])
      expect(await queue.find('local', 'a' as UserId)).toBeNull()
      expect(await queue.enqueue(since('a', null))).toBe(true)
    })
  })

  describe(`${name} as TicketQueue: leaders`, () => {
    test('[lease] one leader a region; it stays so under the same epoch while it renews', async () => {
      const { queue, pass, epoch } = await withTickets()
      await pass(LEASE_MS - 1_000)
      expect(await queue.lead('local', 'leader-2', LEASE_MS)).toBeNull()
      expect(await queue.lead('local', 'leader-1', LEASE_MS)).toBe(epoch)
      await pass(LEASE_MS - 1_000)
      expect(await queue.lead('local', 'leader-2', LEASE_MS)).toBeNull()
      expect(await queue.lead('far', 'leader-2', LEASE_MS)).not.toBeNull()
    })

    test('[lease] after it ends the next leader has a higher epoch, and the former one is fenced', async () => {
      const { queue, pass, epoch, waiting } = await withTickets(ana, bo)
      await pass(LEASE_MS + 1)
      const next = await queue.lead('local', 'leader-2', LEASE_MS)
      expect(next).toBeGreaterThan(epoch)
      expect(await queue.takePair(epoch, match)).toBe('fenced')
      expect(await waiting()).toEqual(['ana', 'bo'])
      expect(await queue.takePair(next!, match)).toBe('taken')
    })

    test('[lease] who never led is fenced', async () => {
      const { queue } = await newQueue()
      expect(await queue.takePair(1, match)).toBe('fenced')
    })
  })

  describe(`${name} as TicketQueue: matches`, () => {
    test('[one match] takePair moves both tickets into a pending match', async () => {
      const { queue, epoch, waiting } = await withTickets(ana, bo)
      expect(await queue.takePair(epoch, match)).toBe('taken')
      expect(await waiting()).toEqual([])
      expect(await queue.pending('local')).toEqual([match])
      expect(await queue.cancel('local', ana.userId, ana.id)).toBe(false)
      expect(await queue.enqueue(ticketOf('ana', { id: 't-new' }))).toBe(false)
    })

    test('[one match] a ticket is taken once, also at once; the loser changes nothing', async () => {
      const cy = ticketOf('cy')
      const { queue, epoch, waiting } = await withTickets(ana, bo, cy)
      const answers = await Promise.all([queue.takePair(epoch, match), queue.takePair(epoch, matchOf(cy, bo))])
      expect(answers).toEqual(['taken', 'gone'])
      expect(await waiting()).toEqual(['cy'])
      expect((await queue.pending('local')).map(({ id }) => id)).toEqual([match.id])
    })

    test('[one match] a match whose ticket was cancelled, replaced or left by its player takes nothing', async () => {
      const { queue, epoch, waiting } = await withTickets(ana, bo)
      await queue.cancel('local', bo.userId, bo.id)
      expect(await queue.takePair(epoch, match)).toBe('gone')
      await queue.enqueue({ ...bo, id: 't-new' })
      expect(await queue.takePair(epoch, match)).toBe('gone')
      await queue.touch('local', ana.userId, 'n1.boot1', NOW_MS)
      expect(await queue.takePair(epoch, matchOf(ana, { ...bo, id: 't-new' }))).toBe('gone')
      expect(await waiting()).toEqual(['ana', 'bo'])
      expect(await queue.pending('local')).toEqual([])
    })

    test('[one match] the same takePair again, after an unknown outcome, is taken', async () => {
      const { queue, epoch } = await withTickets(ana, bo)
      expect(await Promise.all([match, match].map((same) => queue.takePair(epoch, same)))).toEqual(['taken', 'taken'])
      expect(await queue.takePair(epoch, match)).toBe('taken')
      expect(await queue.pending('local')).toEqual([match])
      await queue.placed('local', match.id)
      expect(await queue.takePair(epoch, match)).toBe('gone')
    })

    test('[pending] a match stays, across leaders, until its room is committed; then its players are free', async () => {
      const [cy, di] = [ticketOf('cy'), ticketOf('di')]
      const { queue, epoch, pass } = await withTickets(ana, bo, cy, di)
      await queue.takePair(epoch, match)
      await queue.takePair(epoch, matchOf(cy, di))
      await pass(LEASE_MS + 1)
      await queue.lead('local', 'leader-2', LEASE_MS)
      expect((await queue.pending('local')).map(({ id }) => id)).toEqual([match.id, 'm-cy-di'])
      expect(await queue.pending('far')).toEqual([])
      await queue.placed('local', match.id)
      await queue.placed('local', match.id)
      expect((await queue.pending('local')).map(({ id }) => id)).toEqual(['m-cy-di'])
      expect(await queue.find('local', ana.userId)).toBeNull()
      expect(await queue.enqueue({ ...ana, id: 't-new' })).toBe(true)
    })

    test('[pending] find and touch still know the ticket of a pending match', async () => {
      const { queue, epoch } = await withTickets(ana, bo)
      await queue.takePair(epoch, match)
      expect(await queue.touch('local', bo.userId, 'n2.boot7', NOW_MS + 9)).toBe(true)
      const left = { ...bo, node: 'n2.boot7', absentSinceMs: NOW_MS + 9 }
      expect(await queue.find('local', bo.userId)).toEqual(left)
      expect(await queue.expire('local', NOW_MS + 1_000)).toEqual([])
      await queue.requeue('local', match.id, [ana.userId, bo.userId])
      expect(await queue.waiting('local', 'ranked')).toEqual([ana, left])
      expect(await queue.expire('local', NOW_MS + 1_000)).toEqual([left])
    })

    test('[pending] requeue returns the kept tickets with their old times and drops the others, once', async () => {
      const { queue, epoch, waiting } = await withTickets(ana, bo)
      await queue.takePair(epoch, match)
      await queue.requeue('local', match.id, [bo.userId])
      expect(await queue.waiting('local', 'ranked')).toEqual([bo])
      expect(await queue.pending('local')).toEqual([])
      expect(await queue.find('local', ana.userId)).toBeNull()
      await queue.cancel('local', bo.userId, bo.id)
      await queue.requeue('local', match.id, [ana.userId, bo.userId])
      expect(await waiting()).toEqual([])
    })
  })
}
