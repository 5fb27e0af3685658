import { every } from '../kit/clock.ts'
import { type Random, seededRandom } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import { createMatchmaker } from '../matchmaker/matchmaker.ts'
import { createPlacer } from '../matchmaker/placer.ts'
import type { NodeRecord } from '../ports/node-registry.ts'
import { endTicket } from '../ports/user-index.ts'
import { createLink, type Link } from './link.ts'
import type { SimNet } from './net.ts'
import { logOf, REGION } from './node.ts'
import { type Crashed, createProcess, type Process } from './process.ts'
import type { SimStore } from './store.ts'
import type { Trace } from './trace.ts'

/** Between looks at which servers live, in ms. */
const LOOK_MS = 500
/** Between rounds of pairing, in ms: seldomer than in production, as most of them find nobody. */
const ROUND_MS = 200

export interface MatchmakerWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly trace: Trace
  readonly store: SimStore
  readonly net: SimNet
  readonly hit: (point: string) => void
  readonly crashed: Crashed
}

/** One boot of one matchmaker process, wired as its main does. */
export interface MatchmakerNode {
  readonly id: string
  readonly process: Process
  readonly link: Link
}

export function bootMatchmaker(id: string, boot: number, world: MatchmakerWorld): MatchmakerNode {
  const random = seededRandom(world.random.uint32())
  const process = createProcess(
    `${id}#${boot}`,
    world.clock,
    seededRandom(world.random.uint32()),
    world.trace,
    world.crashed,
  )
  const link = createLink()
  const { users, tickets, registry } = world.store.portsOf(process, link)
  const { clock } = process
  const log = logOf(process, world)
  const self = `matchmaker-${process.name}`
  let servers: readonly NodeRecord[] = []
  process.enter(() => {
    const placer = createPlacer(clock, self, world.net.bus(process), () => servers)
    const matchmaker = createMatchmaker({
      clock,
      random,
      log,
      tickets,
      region: REGION,
      leader: self,
      roundMs: ROUND_MS,
      place: placer.place,
      expired: (ticket) => endTicket(users, ticket.userId, ticket.id, clock.now()),
      nodeLives: (node) => servers.some((server) => server.node === node),
    })
    every(clock, LOOK_MS, () => {
      registry.nodes().then(
        (nodes) => {
          servers = nodes
        },
        () => {},
      )
    })
    void placer.start()
    matchmaker.start()
  })
  return { id, process, link }
}
