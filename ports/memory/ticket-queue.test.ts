import fc from 'fast-check'
import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { ticketOf, ticketQueueContract } from '../ticket-queue.contract.ts'
import type { Ticket } from '../ticket-queue.ts'
import { memoryTicketQueue } from './ticket-queue.ts'
import { waitingList } from './waiting-list.ts'

ticketQueueContract('memory', async () => {
  const clock = virtualClock()
  return { queue: memoryTicketQueue(clock), pass: (ms) => clock.advance(ms) }
})

test('[one ticket] a player has one ticket over all regions', async () => {
  const queue = memoryTicketQueue(virtualClock())
  expect(await queue.enqueue(ticketOf('ana'))).toBe(true)
  expect(await queue.enqueue(ticketOf('ana', { id: 't-far', region: 'far' }))).toBe(false)
})

test('[ticket] any course of tickets that come, go and change is read in order, nobody lost or doubled', async () => {
  const step = fc.record({
    player: fc.integer({ min: 0, max: 120 }),
    rating: fc.integer({ min: 0, max: 5 }),
    kind: fc.constantFrom('enqueue', 'enqueue', 'enqueue', 'cancel', 'cancel', 'touch', 'read'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 400, size: 'max' }), async (steps) => {
      const queue = memoryTicketQueue(virtualClock())
      const model = new Map<string, Ticket>()
      const expected = () => [...model.values()].sort((a, b) => a.rating - b.rating || (a.id < b.id ? -1 : 1))
      for (const { player, rating, kind } of steps) {
        const ticket = ticketOf(`p${player}`, { rating })
        const known = model.get(ticket.userId)
        if (kind === 'enqueue') {
          expect(await queue.enqueue(ticket)).toBe(true)
          model.set(ticket.userId, known ?? ticket)
        } else if (kind === 'cancel') {
          expect(await queue.cancel('local', ticket.userId, ticket.id)).toBe(model.delete(ticket.userId))
        } else if (kind === 'touch') {
          expect(await queue.touch('local', ticket.userId, 'n9', rating)).toBe(known !== undefined)
          if (known !== undefined) model.set(ticket.userId, { ...known, node: 'n9', absentSinceMs: rating })
        } else expect(await queue.waiting('local', 'ranked')).toEqual(expected())
      }
      expect(await queue.waiting('local', 'ranked')).toEqual(expected())
    }),
    { numRuns: 15 },
  )
})

test('[lease] a clock that went back does not keep the lease of a dead leader', async () => {
  let nowMs = 100_000
  const queue = memoryTicketQueue({ ...virtualClock(), monotonic: () => nowMs })
  const epoch = (await queue.lead('local', 'dead', 3_000))!
  nowMs -= 60_000
  expect(await queue.lead('local', 'living', 3_000)).toBeNull()
  nowMs += 3_000
  expect(await queue.lead('local', 'living', 3_000)).toBe(epoch + 1)
})

test('[bounded] a list that nobody reads stays small while a player comes and goes', () => {
  const list = waitingList()
  list.add({ ticket: ticketOf('bo'), waiting: true })
  for (let i = 0; i < 10_000; i++) {
    const entry = { ticket: ticketOf('ana'), waiting: true }
    list.add(entry)
    entry.waiting = false
    list.changed(true)
    expect(list.held()).toBeLessThanOrEqual(2 + 128)
  }
  expect(list.read()).toEqual([ticketOf('bo')])
})
