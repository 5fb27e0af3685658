import { expect, test } from 'vitest'
import { virtualClock } from '../kit/virtual-clock.ts'
import { memoryTicketQueue } from '../ports/memory/ticket-queue.ts'
import { memoryUserIndex } from '../ports/memory/user-index.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Event } from './history.ts'
import { watchTickets } from './ticket-watch.ts'

const ana = 'ana' as UserId
const from = { p: 0, s: 0 } as const
const game = { g: 'g1', v: 1, moves: '', status: 'active', reason: null, you: 0 } as const

async function waiting() {
  const clock = virtualClock()
  const [users, tickets] = [memoryUserIndex(), memoryTicketQueue(clock)]
  const { record, revision } = await users.get(ana)
  await users.compareAndSet(ana, revision, {
    ...record,
    occupation: { type: 'queued', ticketId: 't1', mode: 'casual' },
  })
  await tickets.enqueue({
    ...{ id: 't1', userId: ana, name: '', mode: 'casual', region: 'local', rating: 1_500, blocked: [] },
    ...{ lastOpponent: null, enqueuedAtMs: 0, node: 'n', absentSinceMs: null },
  })
  const watch = watchTickets(clock, users, tickets)
  watch.see({ t: 0, ...from, e: 'welcome', server: 'n', user: ana, games: [], queue: null })
  watch.see({ t: 5, ...from, e: 'ok', since: 0, type: 'find' } as Event)
  const stop = async () => {
    const stopped = watch.stop()
    await clock.advance(1_000)
    return stopped
  }
  return { clock, users, tickets, watch, stop }
}

test('[lost] who has a ticket, and then a game, lost nothing', async () => {
  const { clock, watch, stop } = await waiting()
  await clock.advance(7_000)
  watch.see({ t: 7_005, ...from, e: 'state', ...game })
  expect(await stop()).toEqual({ longestLostMs: 0, findMs: [7_000] })
})

test('[lost] a ticket that is gone is noticed, for as long as it is', async () => {
  const { clock, tickets, stop } = await waiting()
  await clock.advance(1_000)
  await tickets.cancel('local', ana, 't1')
  await clock.advance(6_000)
  const { longestLostMs } = await stop()
  expect(longestLostMs).toBeGreaterThan(5_500)
  expect(longestLostMs).toBeLessThan(8_000)
})

test('[lost] so is a player who is idle though FIND was answered', async () => {
  const { clock, users, stop } = await waiting()
  const { record, revision } = await users.get(ana)
  await users.compareAndSet(ana, revision, { ...record, occupation: { type: 'idle' } })
  await clock.advance(6_000)
  expect((await stop()).longestLostMs).toBeGreaterThan(5_000)
})

test('[lost] who got a game has no ticket any more, and nobody asks for it', async () => {
  const { clock, tickets, watch, stop } = await waiting()
  await clock.advance(300)
  watch.see({ t: 300, ...from, e: 'state', ...game })
  await tickets.cancel('local', ana, 't1')
  await clock.advance(10_000)
  expect((await stop()).longestLostMs).toBe(0)
})
