import { type Random, seededRandom } from '../kit/random.ts'
import { eventsDestination, gamesDestination, statisticsDestination } from '../persistence/destinations.ts'
import { createPersistence } from '../persistence/persistence.ts'
import { createRatingNews } from '../persistence/ratings.ts'
import { memoryResultOutbox } from '../ports/memory/result-outbox.ts'
import type { OutboxEntry } from '../ports/result-outbox.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import type { Databases } from './databases.ts'
import { createLink, type Link, type LinkOptions, throughLink } from './link.ts'
import { logOf, type NodeWorld } from './node.ts'
import { createProcess, type Process } from './process.ts'

/** As in production, but sooner: a seed lasts a minute. */
const CLAIM_MS = 4_000
const BREAKER_OPEN_MS = 3_000
/** Seldomer: most looks find nothing. */
const LOOK_MS = { min: 200, max: 1_000 }

const OUTBOX_READS = new Set(['backlog', 'count', 'list', 'nodes', 'get', 'raised'])
const DATABASE_READS = new Set<string>()

export interface WriterWorld extends Omit<NodeWorld, 'tap' | 'nextSocketId'> {
  readonly databases: Databases
  /** A call of this writer changed a store; its reply is on its way. */
  readonly applied: (process: Process, method: string) => void
}

/** One boot of one persistence process, wired as its main does. */
export interface WriterNode {
  readonly id: string
  readonly process: Process
  /** To the store, and to the databases. */
  readonly link: Link
  readonly databaseLink: Link
}

export function bootWriter(id: string, boot: number, world: WriterWorld): WriterNode {
  const { databases, store } = world
  const random = seededRandom(world.random.uint32())
  const fork = (): Random => seededRandom(world.random.uint32())
  const process = createProcess(`${id}#${boot}`, world.clock, fork(), world.trace, world.crashed)
  const [link, databaseLink] = [createLink(), createLink()]
  const base = { clock: world.clock, random: fork(), process, slowReply: true }
  const unknown = (why: string) => new StoreUnavailable(why)
  const applied = (method: string) => world.applied(process, method)
  const lost = (method: string) => world.hit(`reply lost: ${method}`)
  const here = { ...base, link, health: store.health, unknown, reads: OUTBOX_READS, applied }
  const there = { ...base, link: databaseLink, health: databases.health, unknown, reads: DATABASE_READS, applied, lost }
  const confirm: LinkOptions['confirm'] = (method, _, answer, then) =>
    method === 'read' && (answer as readonly OutboxEntry[]).length > 0 ? store.confirm(then) : then(true)
  const outbox = memoryResultOutbox(databases.results, world.clock, databases.groups, CLAIM_MS)
  const tell = createRatingNews({
    users: throughLink(store.users, here),
    registry: throughLink(store.registry, here),
    bus: world.net.bus(process),
  })
  process.enter(() => {
    createPersistence({
      clock: process.clock,
      random,
      log: logOf(process, world),
      self: process.name,
      outbox: throughLink(outbox, { ...here, confirm }),
      deadLetters: throughLink(databases.deadLetters, here),
      troubles: throughLink(databases.troubles, here),
      breakerOpenMs: BREAKER_OPEN_MS,
      lookMs: LOOK_MS,
      destinations: [
        gamesDestination(throughLink(databases.games, there), databases.signer),
        statisticsDestination(throughLink(databases.stats, there), tell),
        eventsDestination(throughLink(databases.sink, there)),
      ],
    }).start()
  })
  return { id, process, link, databaseLink }
}
