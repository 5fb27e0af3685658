import { below, pick } from '../kit/random.ts'
import { between, during, type Fault, type FaultWorld, up, victim } from './fault-world.ts'
import { die, terminate } from './node.ts'
import { RESERVED, TAKEN } from './store.ts'
import {
  cutStore,
  failOver,
  jumpStoreClock,
  lagReplica,
  lateCreation,
  loseReplies,
  outOfMemory,
  restartEmpty,
  restartStore,
  slowStore,
} from './store-faults.ts'

export type { FaultWorld }

function kill(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  die(node)
  world.reboot(node.id, between(world.random, 500, 6_000))
  return true
}

/**
 * The store goes back, or loses everything, and the server that could have put it back dies with it: the one loss that is allowed, and must be
 * told.
 */
function doubleLoss(world: FaultWorld): boolean {
  const { store, clock, random } = world
  store.follow(6 + below(random, 9))
  clock.after(400, () => {
    const living = up(world).toSorted((a, b) => b.server.parts.owner.rooms.size - a.server.parts.owner.rooms.size)
    if (!store.replicated && below(random, 3) === 0) store.restartEmpty()
    else store.failOver()
    store.unfollow()
    const node = living[0]
    if (node === undefined || living.length < 2) return
    if (below(random, 3) === 0) return node.process.pause(between(random, 5_000, 8_000))
    die(node)
    world.reboot(node.id, between(random, 1_000, 6_000))
  })
  return true
}

/** A claim that is forgotten must be made before this, in ms: its claimant wakes up long after. */
const FORGOTTEN_UNTIL_MS = 22_000

/**
 * A server dies as the store fails over; the first survivor that claims one of its shards then stops, and the store fails over to a copy from
 * before that claim: the next one is given the same epoch.
 */
function forgetClaim(world: FaultWorld): boolean {
  const { store, clock, random, traps, hit } = world
  const node = victim(world)
  if (node === null || store.replicated || clock.monotonic() > FORGOTTEN_UNTIL_MS) return false
  store.follow(1)
  clock.after(400, () => {
    store.failOver()
    die(node)
    world.reboot(node.id, between(random, 1_000, 6_000))
  })
  clock.after(8_000, store.unfollow)
  traps.set(TAKEN, (process) => {
    if (!up(world).some((one) => one.process === process) || up(world).length < 2) return false
    store.failOver()
    store.unfollow()
    process.pause(between(random, 5_500, 9_000))
    hit('claim forgotten')
    return true
  })
  return true
}

/** The next server whose call of this kind changes the store stops before it hears of it, for good or for a while. */
function trap(world: FaultWorld): boolean {
  const { random, traps } = world
  const method = pick(random, TRAPPED_CALLS)
  // A creator that wakes up as an owner still finds that others have voided its game.
  const kind = method === RESERVED ? 1 : below(random, 3)
  traps.set(method, (process) => {
    const node = up(world).find((one) => one.process === process)
    if (node === undefined || up(world).length < 2) return false
    if (kind === 0) {
      die(node)
      world.reboot(node.id, between(random, 500, 5_000))
    } else process.pause(kind === 1 ? between(random, 2_100, 2_900) : between(random, 3_000, 7_000))
    world.hit(`trapped ${method}`)
    world.trace.note(() => `--- trapped ${process.name} in ${method}: ${kind === 0 ? 'killed' : 'paused'}`)
    return true
  })
  return true
}
const TRAPPED_CALLS = [
  ...['commit', 'bind', 'bind', 'take', 'renew', 'load', 'compareAndSet', 'enqueue', 'use'],
  ...[RESERVED, RESERVED],
] as const

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

/** A server that has lost its store is told to end, as an operator would who finds it ill. */
function drainInCut(world: FaultWorld): boolean {
  const node = victim(world)
  if (node === null) return false
  const { random, clock, reboot } = world
  const { link, process } = node
  const forMs = between(random, 1_500, 4_000)
  process.impair(clock.monotonic() + forMs + 1_000)
  clock.after(between(random, 100, 1_000), () => {
    if (node.state === 'up') terminate(node, () => reboot(node.id, between(random, 100, 2_000)))
  })
  const way = pick(random, ['lost', 'held'] as const)
  return during(
    world,
    forMs,
    () => {
      link.requests = way
    },
    () => {
      link.requests = 'open'
    },
  )
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
  ['claim forgotten', 6, forgetClaim],
  ['trap', 6, trap],
  ['matchmaker kill', 1, killMatchmaker],
  ['matchmaker pause', 1, pauseMatchmaker],
  ['pause', 4, pause(1_000, 10_000)],
  ['stall', 3, pause(50, 900)],
  ['store cut', 4, cutStore],
  ['replica lag', 8, lagReplica],
  ['late creation', 2, lateCreation],
  ['store slow', 2, slowStore],
  ['store reply lost', 3, loseReplies],
  ['store out of memory', 2, outOfMemory],
  ['store restart', 2, restartStore],
  ['store restart empty', 2, restartEmpty],
  ['store failover', 4, failOver],
  ['bus storm', 3, stormyBus],
  ['bus cut', 2, cutBus],
  ['clock jump', 2, jumpClock],
  ['store clock jump', 2, jumpStoreClock],
  ['drain', 3, drain],
  ['drain in a cut', 2, drainInCut],
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
