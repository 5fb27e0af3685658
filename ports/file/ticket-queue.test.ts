import fc from 'fast-check'
import { expect, test } from 'vitest'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { matchOf, ticketOf, ticketQueueContract } from '../ticket-queue.contract.ts'
import type { Match, Ticket, TicketQueue } from '../ticket-queue.ts'
import { testFiles } from './test-files.ts'
import { fileTicketQueue } from './ticket-queue.ts'

const { newPath, closeLater } = testFiles()

async function open(path: string, clock = virtualClock()): Promise<TicketQueue> {
  const queue = await fileTicketQueue(path, clock)
  closeLater(queue.close)
  return queue
}

ticketQueueContract('file', async () => {
  const clock = virtualClock()
  return { queue: await open(newPath(), clock), pass: (ms) => clock.advance(ms) }
})

interface Held {
  readonly waiting: readonly Ticket[]
  readonly pending: readonly Match[]
}
const held = async (queue: TicketQueue): Promise<Held> => ({
  waiting: await queue.waiting('local', 'ranked'),
  pending: await queue.pending('local'),
})

/** What a restart at `nowMs` makes of it: nobody has a socket. */
function restarted({ waiting, pending }: Held, nowMs: number): Held {
  const gone = (ticket: Ticket): Ticket => ({ ...ticket, absentSinceMs: ticket.absentSinceMs ?? nowMs })
  return {
    waiting: waiting.map(gone),
    pending: pending.map((match) => ({ ...match, tickets: [gone(match.tickets[0]), gone(match.tickets[1])] })),
  }
}

test('file: [P5] after a hard stop everybody keeps their place, absent until they come back', async () => {
  const path = newPath()
  const before = await open(path)
  await Promise.all([before.enqueue(ticketOf('ana')), before.enqueue(ticketOf('bo', { absentSinceMs: 7 }))])
  const clock = virtualClock()
  const after = await open(path, clock)
  expect(await after.find('local', ticketOf('ana').userId)).toEqual(ticketOf('ana', { absentSinceMs: clock.now() }))
  expect((await after.find('local', ticketOf('bo').userId))?.absentSinceMs).toBe(7)
  const epoch = (await after.lead('local', 'leader-2', 1_000))!
  const match = matchOf(ticketOf('ana'), ticketOf('bo'))
  expect(await after.takePair(epoch, match)).toBe('gone')
  for (const { userId } of match.tickets) await after.touch('local', userId, 'n2.boot2', null)
  expect(await after.takePair(epoch, match)).toBe('taken')
})

test('file: [pending] a match without a room outlives any number of hard stops; undone, its players wait again', async () => {
  const path = newPath()
  const clock = virtualClock()
  const [ana, bo] = [ticketOf('ana'), ticketOf('bo')]
  let queue = await open(path, clock)
  await Promise.all([queue.enqueue(ana), queue.enqueue(bo)])
  await queue.takePair((await queue.lead('local', 'leader', 1_000))!, matchOf(ana, bo, 'm1'))
  const absentSinceMs = clock.now()
  for (let start = 0; start < 3; start++) {
    queue = await open(path, clock)
    await clock.advance(10)
    expect(await queue.pending('local')).toEqual([matchOf({ ...ana, absentSinceMs }, { ...bo, absentSinceMs }, 'm1')])
  }
  await queue.requeue('local', 'm1', [bo.userId])
  queue = await open(path, clock)
  expect(await held(queue)).toEqual({ waiting: [{ ...bo, absentSinceMs }], pending: [] })
})

test('file: [P1] after any course of answered calls and hard stops the queue is as it was', async () => {
  const player = fc.integer({ min: 0, max: 3 })
  const step = fc.record({
    kind: fc.constantFrom(
      'enqueue',
      'enqueue',
      'touch',
      'cancel',
      'pair',
      'pair',
      'placed',
      'requeue',
      'expire',
      'restart',
    ),
    player,
    other: player,
    absent: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const path = newPath()
      const clock = virtualClock()
      let queue = await open(path, clock)
      const restart = async () => {
        const before = await held(queue)
        await clock.advance(10)
        queue = await open(path, clock)
        expect(await held(queue)).toEqual(restarted(before, clock.now()))
      }
      for (const { kind, player, other, absent } of steps) {
        const [ana, bo] = [ticketOf(`p${player}`), ticketOf(`p${other}`)]
        await clock.advance(1)
        if (kind === 'enqueue') await queue.enqueue(ana)
        else if (kind === 'touch') await queue.touch('local', ana.userId, 'n2', absent ? clock.now() : null)
        else if (kind === 'cancel') await queue.cancel('local', ana.userId, ana.id)
        else if (kind === 'expire') await queue.expire('local', clock.now() - 5)
        else if (kind === 'restart') await restart()
        else if (kind === 'pair' && player !== other) {
          await queue.takePair((await queue.lead('local', 'leader', 1_000))!, matchOf(ana, bo, `m${clock.now()}`))
        } else {
          const [match] = await queue.pending('local')
          if (match && kind === 'placed') await queue.placed('local', match.id)
          if (match && kind === 'requeue')
            await queue.requeue('local', match.id, absent ? [] : [match.tickets[0].userId])
        }
      }
      await restart()
    }),
    { numRuns: 25 },
  )
})
