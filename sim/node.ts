import type { Log } from '../kit/log.ts'
import { type Random, seededRandom } from '../kit/random.ts'
import { ok } from '../kit/result.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { UserId } from '../protocol/ids.ts'
import { createServer, type Server } from '../server/server.ts'
import { ungated } from '../server/ungated.ts'
import { type HubTap, type MemoryHub, memoryHub } from './hub.ts'
import { createLink, type Link } from './link.ts'
import type { SimNet } from './net.ts'
import { type Crashed, createProcess, type Process } from './process.ts'
import type { SimStore } from './store.ts'
import type { Trace } from './trace.ts'

/** How long a player may think about a move, in ms: short, so that games end within a seed. */
export const TURN_MS = 12_000
export const REGION = 'sim'

/** What all servers of a world share. */
export interface NodeWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly trace: Trace
  readonly store: SimStore
  readonly net: SimNet
  readonly tap: HubTap
  readonly nextSocketId: () => number
  readonly hit: (point: string) => void
  readonly crashed: Crashed
}

/** One boot of one server: its process, its code, its links. */
export interface Node {
  readonly id: string
  readonly process: Process
  readonly link: Link
  readonly hub: MemoryHub
  readonly server: Server
  state: 'starting' | 'up' | 'draining' | 'dead'
}

/** Starts a server as a new boot of `id`. */
export function bootNode(id: string, boot: number, world: NodeWorld): Node {
  const { clock, trace } = world
  const random = seededRandom(world.random.uint32())
  const process = createProcess(`${id}#${boot}`, clock, seededRandom(world.random.uint32()), trace, world.crashed)
  const link = createLink()
  const ports = world.store.portsOf(process, link)
  const hub = memoryHub({ ...world, process })
  const log = logOf(process, world)
  const base = { clock: process.clock, random, log }
  const server = createServer({
    ...ungated,
    ...base,
    ...ports,
    nodeId: id,
    region: REGION,
    turnMs: TURN_MS,
    durability: world.store.replicated ? 'replicated' : 'process',
    bus: world.net.bus(process),
    verify: async (jwt) =>
      ok({ userId: jwt as UserId, name: jwt, sessionId: jwt, region: REGION, expiresAtMs: Number.MAX_SAFE_INTEGER }),
  })
  const node: Node = { id, process, link, hub, server, state: 'starting' }
  process.enter(() => {
    server.start().then(
      () => {
        node.state = 'up'
        void hub.listen(server.handlers)
      },
      () => die(node), // as its main does
    )
  })
  return node
}

/** kill -9: nothing of it ever runs again, and its sockets break. */
export function die(node: Node): void {
  node.process.kill()
  node.state = 'dead'
  node.hub.stopListening()
  node.hub.cutAll()
}

/** SIGTERM: everything in order, then the end. */
export function terminate(node: Node, done: () => void): void {
  node.state = 'draining'
  node.process.enter(() => {
    node.hub.stopListening()
    node.server.drain('draining').then(
      () => {
        node.hub.close()
        die(node)
        done()
      },
      () => {
        die(node)
        done()
      },
    )
  })
}

/** Log events are the recovery branches of the server: the simulator counts them, and one seed's trace shows them. */
export function logOf(process: Process, { hit, trace }: Pick<NodeWorld, 'hit' | 'trace'>): Log {
  const note = (event: string, fields: object = {}): void => {
    hit(`log ${event}`)
    trace.note(() => `${process.name} ${event} ${JSON.stringify(fields, errors)}`)
  }
  return { debug: note, info: note, warn: note, error: note }
}

const errors = (_: string, value: unknown): unknown => (value instanceof Error ? value.message : value)
