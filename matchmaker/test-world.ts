import { type Log, silentLog } from '../kit/log.ts'
import { below, type Random, seededRandom } from '../kit/random.ts'
import { type VirtualClock, virtualClock } from '../kit/virtual-clock.ts'
import { memoryTicketQueue } from '../ports/memory/ticket-queue.ts'
import type { Placement } from '../ports/placement.ts'
import type { Match, Ticket, TicketQueue } from '../ports/ticket-queue.ts'
import type { UserId } from '../protocol/ids.ts'
import { createMatchmaker, type Matchmaker, type MatchmakerOptions } from './matchmaker.ts'

// A region for the tests of this folder: a queue, the games that servers opened, and any number of matchmakers.

/** How a server meets one request to open a room. */
export type Mood = 'opens' | 'answer lost' | 'request lost' | 'never answers' | 'breaks' | 'refuses'

/** The servers of the region as a matchmaker sees them: one room a match, one room a player. */
export interface Rooms {
  readonly place: (match: Match) => Promise<Placement>
  /** Requests so far. */
  readonly asked: { readonly match: Match; readonly atMs: number }[]
  /** For the next requests, one each; then all are opened. */
  readonly moods: Mood[]
  /** Players by match. */
  readonly rooms: ReadonlyMap<string, readonly UserId[]>
  enter(userId: UserId): void
}

function testRooms(clock: VirtualClock): Rooms {
  const asked: { match: Match; atMs: number }[] = []
  const moods: Mood[] = []
  const rooms = new Map<string, readonly UserId[]>()
  const playing = new Set<UserId>()

  function open(match: Match): Placement {
    if (rooms.has(match.id)) return { type: 'placed' }
    const players = match.tickets.map(({ userId }) => userId)
    const free = players.filter((userId) => !playing.has(userId))
    if (free.length < 2) return { type: 'refused', keep: free }
    rooms.set(match.id, players)
    for (const userId of players) playing.add(userId)
    return { type: 'placed' }
  }

  return {
    asked,
    moods,
    rooms,
    enter: (userId) => void playing.add(userId),
    async place(match) {
      asked.push({ match, atMs: clock.monotonic() })
      switch (moods.shift() ?? 'opens') {
        case 'opens':
          return open(match)
        case 'answer lost':
          open(match)
          return { type: 'unknown' }
        case 'request lost':
          return { type: 'unknown' }
        case 'never answers':
          return new Promise(() => {})
        case 'breaks':
          throw new Error('server out of reach')
        case 'refuses':
          return { type: 'refused', keep: match.tickets.map(({ userId }) => userId) }
      }
    },
  }
}

export interface World {
  readonly clock: VirtualClock
  readonly tickets: TicketQueue
  readonly servers: Rooms
  readonly expired: Ticket[]
  readonly logged: string[]
  matchmaker(leader: string, part?: Partial<MatchmakerOptions>): Matchmaker
  /** A present ticket that begins to wait now. */
  enqueue(name: string, part?: Partial<Ticket>): Promise<Ticket>
}

export function newWorld(): World {
  const clock = virtualClock()
  const tickets = memoryTicketQueue(clock)
  const servers = testRooms(clock)
  const expired: Ticket[] = []
  const logged: string[] = []
  const note = (event: string) => void logged.push(event)
  const log: Log = { ...silentLog, info: note, warn: note, error: note }
  let seed = 0
  return {
    clock,
    tickets,
    servers,
    expired,
    logged,
    matchmaker: (leader, part = {}) =>
      createMatchmaker({
        clock,
        random: seededRandom(++seed),
        log,
        tickets,
        region: 'local',
        leader,
        place: servers.place,
        expired: (ticket) => expired.push(ticket),
        ...part,
      }),
    async enqueue(name, part = {}) {
      const ticket: Ticket = {
        id: `t-${name}`,
        userId: name as UserId,
        name,
        mode: 'ranked',
        region: 'local',
        rating: 1_500,
        blocked: [],
        lastOpponent: null,
        enqueuedAtMs: clock.now(),
        node: 'n1.boot1',
        absentSinceMs: null,
        ...part,
      }
      if (!(await tickets.enqueue(ticket))) throw new Error(`${name} has a ticket`)
      return ticket
    },
  }
}

/** A process's view of what it calls: from its call number `dieAt` on (1 = the first) nothing is answered any more. */
export interface Life {
  readonly dieAt: number
  /** Whether the call at which it dies still has its effect: killed between the call and its reply. */
  readonly lastCallArrives: boolean
  calls: number
}

export const mortal = <T extends object>(target: T, life: Life): T =>
  intercept(target, (call) => {
    life.calls += 1
    if (life.calls < life.dieAt) return call()
    if (life.calls === life.dieAt && life.lastCallArrives) void call()
    return new Promise(() => {})
  })

/** A store that fails `percent` of all calls: half of them before their effect, half after it. */
export const flaky = <T extends object>(target: T, random: Random, percent: number): T =>
  intercept(target, async (call) => {
    const fails = below(random, 100) < percent
    if (fails && below(random, 2) === 0) throw new Error('call lost')
    const answer = await call()
    if (fails) throw new Error('reply lost')
    return answer
  })

type Call = () => Promise<unknown>

const intercept = <T extends object>(target: T, around: (call: Call) => Promise<unknown>): T =>
  new Proxy(target, {
    get(object, name) {
      const method: unknown = Reflect.get(object, name)
      if (typeof method !== 'function') return method
      return (...args: readonly unknown[]) => around(() => Reflect.apply(method, object, args))
    },
  })

/** Something that happens when a test says so. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Who waits in a queue, in its order. */
export const waiting = async ({ tickets }: World, mode: Ticket['mode'] = 'ranked') =>
  (await tickets.waiting('local', mode)).map(({ userId }) => userId)

/** The players of each room, in the order of opening. */
export const playersOf = ({ servers }: World) => [...servers.rooms.values()]

/** A region whose one matchmaker leads. */
export async function leading(part: Partial<MatchmakerOptions> = {}) {
  const world = newWorld()
  const maker = world.matchmaker('leader-1', part)
  maker.start()
  await world.clock.settle()
  return { ...world, world, maker }
}
