import { below, fraction, pick, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { MatchmakerNode } from './matchmakers.ts'
import type { SimNet } from './net.ts'
import { die, type Node, terminate } from './node.ts'
import type { Player } from './player.ts'
import type { SimStore } from './store.ts'
import type { Trace } from './trace.ts'
import type { Traps } from './traps.ts'

/** What a fault may touch. */
export interface FaultWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly trace: Trace
  readonly store: SimStore
  readonly net: SimNet
  readonly players: readonly Player[]
  /** All boots that are not dead. */
  readonly nodes: () => readonly Node[]
  readonly traps: Traps
  readonly matchmakers: () => readonly MatchmakerNode[]
  readonly rebootMatchmaker: (id: string, afterMs: number) => void
  /** A new boot of that server comes after so long, in ms. */
  readonly reboot: (id: string, afterMs: number) => void
  readonly hit: (point: string) => void
}

type Fault = (world: FaultWorld) => boolean

const between = (random: Random, from: number, to: number): number => from + fraction(random) * (to - from)
const up = ({ nodes }: FaultWorld): readonly Node[] =>
  nodes().filter((node) => node.state === 'up' && !node.process.paused())

/** A server that may fall out while others go on. */
function victim(world: FaultWorld): Node | null {
  const living = up(world)
  return living.length < 2 ? null : pick(world.random, living)
}

function kill(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  die(node)
  world.reboot(node.id, between(world.random, 500, 6_000))
  return true
}

/** The store goes back, and the server that could have put everything back dies with it: the one loss that is allowed, and must be told. */
function doubleLoss(world: FaultWorld): boolean {
  const { store, clock, random } = world
  store.follow()
  clock.after(400, () => {
    const living = up(world).toSorted((a, b) => b.server.parts.owner.rooms.size - a.server.parts.owner.rooms.size)
    store.failOver(6 + below(random, 9))
    store.unfollow()
    const node = living[0]
    if (node === undefined || living.length < 2) return
    if (below(random, 3) === 0) return node.process.pause(between(random, 5_000, 8_000))
    die(node)
    world.reboot(node.id, between(random, 1_000, 6_000))
  })
  return true
}

/** The next server whose call of this kind changes the store stops before it hears of it, for good or for a while. */
function trap(world: FaultWorld): boolean {
  const { random, traps } = world
  const method = pick(random, TRAPPED_CALLS)
  const kind = below(random, 3)
  traps.set(method, (process) => {
    const node = up(world).find((one) => one.process === process)
    if (node === undefined || up(world).length < 2) return false
    if (kind === 0) {
      die(node)
      world.reboot(node.id, between(random, 500, 5_000))
    } else process.pause(kind === 1 ? between(random, 1_800, 2_900) : between(random, 3_000, 7_000))
    world.hit(`trapped ${method}`)
    world.trace.note(() => `--- trapped ${process.name} in ${method}: ${kind === 0 ? 'killed' : 'paused'}`)
    return true
  })
  return true
}
const TRAPPED_CALLS = ['commit', 'bind', 'bind', 'take', 'renew', 'load', 'compareAndSet', 'enqueue', 'use'] as const

function killMatchmaker(world: FaultWorld): boolean {
  const living = world.matchmakers()
  if (living.length === 0) return false
  const { id, process } = pick(world.random, living)
  process.kill()
  world.rebootMatchmaker(id, between(world.random, 500, 6_000))
  return true
}

function pauseMatchmaker(world: FaultWorld): boolean {
  const living = world.matchmakers()
  if (living.length === 0) return false
  pick(world.random, living).process.pause(between(world.random, 200, 10_000))
  return true
}

const pause =
  (fromMs: number, toMs: number): Fault =>
  (world) => {
    const node = victim(world)
    node?.process.pause(between(world.random, fromMs, toMs))
    return node !== null
  }

/** For a while; then all is as before. */
function during(world: FaultWorld, forMs: number, begin: () => void, end: () => void): boolean {
  begin()
  world.clock.after(forMs, end)
  return true
}

function cutStore(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  const { random } = world
  const { link } = node
  const forMs = between(random, 300, 8_000)
  node.process.impair(world.clock.monotonic() + forMs + 1_000)
  const kind = below(random, 4)
  return during(
    world,
    forMs,
    () => {
      if (kind === 0 || kind === 1) link.requests = kind === 0 ? 'lost' : 'held'
      if (kind === 0 || kind >= 2) link.replies = 'lost'
    },
    () => {
      link.requests = 'open'
      link.replies = 'open'
    },
  )
}

function slowStore(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  const forMs = between(world.random, 500, 5_000)
  node.process.impair(world.clock.monotonic() + forMs + 1_000)
  const slowMs = pick(world.random, [5, 50, 300, 900, 2_000])
  const { link } = node
  return during(
    world,
    forMs,
    () => {
      link.slowMs = slowMs
    },
    () => {
      link.slowMs = 0
    },
  )
}

function loseReplies(world: FaultWorld): boolean {
  for (const { link } of up(world)) link.repliesToLose += 1 + below(world.random, 2)
  return true
}

function outOfMemory(world: FaultWorld): boolean {
  const { health } = world.store
  const forMs = between(world.random, 200, 3_000)
  for (const { process } of world.nodes()) process.impair(world.clock.monotonic() + forMs + 1_000)
  return during(
    world,
    forMs,
    () => {
      health.outOfMemory = true
    },
    () => {
      health.outOfMemory = false
    },
  )
}

/** The store is away for a moment and comes back as `how` says. */
function storeOutage(world: FaultWorld, how: () => void): boolean {
  const { health } = world.store
  const forMs = between(world.random, 50, 1_500)
  return during(
    world,
    forMs,
    () => {
      health.down = true
    },
    () => {
      how()
      health.down = false
    },
  )
}

const restartStore: Fault = (world) => storeOutage(world, world.store.restart)

const restartEmpty: Fault = (world) => storeOutage(world, world.store.restartEmpty)

function failOver(world: FaultWorld): boolean {
  world.store.follow()
  const lag = below(world.random, 14)
  world.clock.after(400, () => {
    storeOutage(world, () => {
      world.store.failOver(lag)
      world.store.unfollow()
    })
  })
  return true
}

function stormyBus(world: FaultWorld): boolean {
  const { random, net } = world
  const { health } = net
  return during(
    world,
    between(random, 1_000, 6_000),
    () => {
      health.lossPercent = pick(random, [0, 5, 30, 100])
      health.repeatPercent = pick(random, [0, 20, 50])
      health.lateMs = pick(random, [0, 20, 400])
    },
    () => {
      health.lossPercent = 0
      health.repeatPercent = 0
      health.lateMs = 0
    },
  )
}

function cutBus(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  const { random, net } = world
  const { name } = node.process
  const kind = below(random, 3)
  return during(
    world,
    between(random, 500, 7_000),
    () => {
      if (kind !== 0) net.health.deaf.add(name)
      if (kind !== 1) net.health.mute.add(name)
    },
    () => {
      net.health.deaf.delete(name)
      net.health.mute.delete(name)
    },
  )
}

function jumpClock(world: FaultWorld): boolean {
  const node = victim(world)
  node?.process.jump(pick(world.random, [-3_600_000, -30_000, 30_000, 3_600_000]))
  return node !== null
}

function drain(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  terminate(node, () => world.reboot(node.id, between(world.random, 100, 2_000)))
  return true
}

/** All servers in turn, the next one when the new boot of the one before is there. */
function deploy(world: FaultWorld): boolean {
  const ids = world.nodes().map(({ id }) => id)
  const next = (): void => {
    const id = ids.shift()
    const node = up(world).find((one) => one.id === id)
    if (id === undefined) return
    if (node === undefined || victim(world) === null) return next()
    terminate(node, () => {
      world.reboot(id, 300)
      world.clock.after(1_000, next)
    })
  }
  next()
  return true
}

function cutPlayers(world: FaultWorld): boolean {
  for (const player of world.players) if (below(world.random, 3) === 0) player.cut()
  return true
}

function storm(world: FaultWorld): boolean {
  for (const node of world.nodes()) node.hub.cutAll()
  return true
}

/** By name, with how often each is drawn. */
const FAULTS: readonly (readonly [name: string, weight: number, fault: Fault])[] = [
  ['kill', 5, kill],
  ['store and server lost', 2, doubleLoss],
  ['trap', 4, trap],
  ['matchmaker kill', 1, killMatchmaker],
  ['matchmaker pause', 1, pauseMatchmaker],
  ['pause', 4, pause(1_000, 10_000)],
  ['stall', 3, pause(50, 900)],
  ['store cut', 4, cutStore],
  ['store slow', 2, slowStore],
  ['store reply lost', 3, loseReplies],
  ['store out of memory', 2, outOfMemory],
  ['store restart', 2, restartStore],
  ['store restart empty', 2, restartEmpty],
  ['store failover', 4, failOver],
  ['bus storm', 3, stormyBus],
  ['bus cut', 2, cutBus],
  ['clock jump', 2, jumpClock],
  ['drain', 3, drain],
  ['deploy', 1, deploy],
  ['players cut', 2, cutPlayers],
  ['reconnect storm', 1, storm],
]
const WEIGHTS = FAULTS.reduce((sum, [, weight]) => sum + weight, 0)
export const FAULT_NAMES = FAULTS.map(([name]) => name)

/** Lets one fault happen. Its name; null: what was drawn made no sense now. */
export function strike(world: FaultWorld): string | null {
  let at = below(world.random, WEIGHTS)
  const drawn = FAULTS.find(([, weight]) => {
    at -= weight
    return at < 0
  })!
  const [name, , fault] = drawn
  if (!fault(world)) return null
  world.hit(`fault ${name}`)
  world.trace.note(() => `--- ${name}`)
  return name
}
