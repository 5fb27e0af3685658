import { unreachable } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type MemoryTicketQueue, memoryTicketQueue } from '../memory/ticket-queue.ts'
import type { Match, Ticket, TicketQueue } from '../ticket-queue.ts'
import { openChangeLog } from './change-log.ts'

export interface FileTicketQueue extends TicketQueue {
  /** Waits for what is under way. */
  close(): Promise<void>
}

type Step =
  | readonly ['enqueue', Ticket]
  | readonly ['cancel', region: string, UserId, ticketId: string]
  | readonly ['touch', region: string, UserId, node: string, absentSinceMs: number | null]
  | readonly ['takePair', Match]
  | readonly ['placed', region: string, matchId: string]
  | readonly ['requeue', region: string, matchId: string, keep: readonly UserId[]]
  | readonly ['expire', region: string, absentBeforeMs: number]

/**
 * The memory queue, each change of tickets and matches in `path` before its answer and back at the next start; leases end with the
 * process. Its sockets ended too: at the start everybody is absent, and keeps their place.
 * @throws Error in one line when the file cannot be read or written
 */
export async function fileTicketQueue(path: string, clock: Clock): Promise<FileTicketQueue> {
  const memory = memoryTicketQueue(clock)
  const log = await openChangeLog<Step>(
    path,
    (step) => apply(memory, step),
    () => snapshot(memory),
  )
  const queue: FileTicketQueue = {
    enqueue: (ticket) =>
      log.change(
        () => memory.enqueue(ticket),
        (waits) => (waits ? ['enqueue', ticket] : null),
      ),
    cancel: (region, userId, ticketId) =>
      log.change(
        () => memory.cancel(region, userId, ticketId),
        (cancelled) => (cancelled ? ['cancel', region, userId, ticketId] : null),
      ),
    find: (region, userId) => log.read(() => memory.find(region, userId)),
    touch: (region, userId, node, absentSinceMs) =>
      log.change(
        () => memory.touch(region, userId, node, absentSinceMs),
        (known) => (known ? ['touch', region, userId, node, absentSinceMs] : null),
      ),
    waiting: (region, mode) => log.read(() => memory.waiting(region, mode)),
    lead: memory.lead,
    takePair: (epoch, match) =>
      log.change(
        () => memory.takePair(epoch, match),
        (answer) => (answer === 'taken' ? ['takePair', match] : null),
      ),
    pending: (region) => log.read(() => memory.pending(region)),
    placed: (region, matchId) =>
      log.change(
        () => memory.placed(region, matchId),
        () => ['placed', region, matchId],
      ),
    requeue: (region, matchId, keep) =>
      log.change(
        () => memory.requeue(region, matchId, keep),
        () => ['requeue', region, matchId, keep],
      ),
    expire: (region, absentBeforeMs) =>
      log.change(
        () => memory.expire(region, absentBeforeMs),
        (expired) => (expired.length > 0 ? ['expire', region, absentBeforeMs] : null),
      ),
    close: log.close,
  }
  await everybodyAbsent(queue, memory, clock.now())
  return queue
}

async function apply(queue: TicketQueue, step: Step): Promise<unknown> {
  switch (step[0]) {
    case 'enqueue':
      return queue.enqueue(step[1])
    case 'cancel':
      return queue.cancel(step[1], step[2], step[3])
    case 'touch':
      return queue.touch(step[1], step[2], step[3], step[4])
    case 'takePair':
      // Leases are not stored: any leader may repeat what was done, and its lease ends at once.
      return queue.takePair((await queue.lead(step[1].region, 'replay', 0))!, step[1])
    case 'placed':
      return queue.placed(step[1], step[2])
    case 'requeue':
      return queue.requeue(step[1], step[2], step[3])
    case 'expire':
      return queue.expire(step[1], step[2])
    default:
      return unreachable(step)
  }
}

function* snapshot(memory: MemoryTicketQueue): Iterable<Step> {
  const { waiting, pending } = memory.held()
  for (const ticket of waiting) yield ['enqueue', ticket]
  for (const match of pending) {
    // A pair is taken from those present; who left since is noted after.
    for (const ticket of match.tickets) yield ['enqueue', { ...ticket, absentSinceMs: null }]
    yield ['takePair', match]
    for (const { region, userId, node, absentSinceMs } of match.tickets) {
      if (absentSinceMs !== null) yield ['touch', region, userId, node, absentSinceMs]
    }
  }
}

async function everybodyAbsent(queue: TicketQueue, memory: MemoryTicketQueue, nowMs: number): Promise<void> {
  const { waiting, pending } = memory.held()
  const present = [...waiting, ...pending.flatMap(({ tickets }) => tickets)].filter((t) => t.absentSinceMs === null)
  await Promise.all(present.map(({ region, userId, node }) => queue.touch(region, userId, node, nowMs)))
}
