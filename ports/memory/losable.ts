import type { Clock } from '../../kit/clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Invite, Invites } from '../invites.ts'
import type { NodeRegistry, Route } from '../node-registry.ts'
import type { Match, Ticket, TicketQueue } from '../ticket-queue.ts'
import type { UserIndex, UserRecord } from '../user-index.ts'
import { memoryInvites } from './invites.ts'
import { memoryNodeRegistry } from './node-registry.ts'
import { memoryTicketQueue } from './ticket-queue.ts'
import { memoryUserIndex } from './user-index.ts'

/** What a lagging replica holds. */
export interface LosableSnapshot {
  readonly users: readonly (readonly [UserId, UserRecord])[]
  readonly waiting: readonly Ticket[]
  readonly pending: readonly Match[]
  readonly invites: readonly Invite[]
  readonly routes: readonly Route[]
}

export const NOTHING: LosableSnapshot = { users: [], waiting: [], pending: [], invites: [], routes: [] }

/** Players, queue, invites and registry of one store in memory that may go back to what it was before: for tests and the simulator. */
export function losableStores(clock: Clock) {
  let life = 1
  let users = memoryUserIndex()
  let tickets = memoryTicketQueue(clock)
  let invites = memoryInvites()
  let registry = memoryNodeRegistry(clock)

  /** No revision comes twice, not even after a failover to an older copy. */
  const userIndex: UserIndex = {
    async get(userId) {
      const { record, revision } = await users.get(userId)
      return { record, revision: `${life} ${revision}` }
    },
    async compareAndSet(userId, revision, next) {
      const [since, own] = revision.split(' ')
      if (Number(since) !== life) return null
      const written = await users.compareAndSet(userId, own!, next)
      return written === null ? null : `${life} ${written}`
    },
    setRatings: (ratings) => users.setRatings(ratings),
    endGame: (gameId, ends, nowMs) => users.endGame(gameId, ends, nowMs),
  }

  return {
    users: userIndex,
    tickets: forward<TicketQueue>(() => tickets),
    invites: forward<Invites>(() => invites),
    registry: forward<NodeRegistry>(() => registry),
    snapshot: (): LosableSnapshot => ({
      users: [...users.records()],
      ...tickets.held(),
      invites: [...invites.all()],
      routes: registry.known(),
    }),
    /** The store becomes what it was then, at once. Leases and heartbeats are not restored: they are said again. */
    goBackTo(then: LosableSnapshot): void {
      life += 1
      users = memoryUserIndex()
      tickets = memoryTicketQueue(clock)
      invites = memoryInvites()
      registry = memoryNodeRegistry(clock)
      // These calls take effect before they answer.
      for (const [userId, record] of then.users) void users.compareAndSet(userId, '0', record)
      for (const ticket of then.waiting) void tickets.enqueue(ticket)
      for (const [n, match] of then.pending.entries()) {
        for (const ticket of match.tickets) void tickets.enqueue({ ...ticket, absentSinceMs: null })
        void tickets.lead(match.region, 'as it was', 0)
        void tickets.takePair(n + 1, match)
      }
      for (const { host, code, openedAtMs, used } of then.invites) {
        void invites.open(host, code, openedAtMs)
        if (used !== null) void invites.use(code, used.by, used.gameId, openedAtMs)
      }
      void registry.publish(then.routes)
    },
  }
}
export type LosableStores = ReturnType<typeof losableStores>

/** Every call goes to what `target` is at that moment. */
function forward<T extends object>(target: () => T): T {
  return new Proxy({} as T, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        Reflect.apply(Reflect.get(target(), name) as (...args: unknown[]) => unknown, target(), args),
  })
}
