import { below, pick } from '../kit/random.ts'
import { LEASE_MS } from '../server/shard/lease.ts'
import { between, during, type Fault, type FaultWorld, up, victim } from './fault-world.ts'
import type { Node } from './node.ts'
import { RESERVED } from './store.ts'

export function cutStore(world: FaultWorld): boolean {
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

export function slowStore(world: FaultWorld): boolean {
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

export function loseReplies(world: FaultWorld): boolean {
  for (const { link } of up(world)) link.repliesToLose += 1 + below(world.random, 2)
  return true
}

export function outOfMemory(world: FaultWorld): boolean {
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

/**
 * Its clock goes forward by less than what it keeps for minutes: leases of living owners are over at once. Or back: leases of dead ones would
 * last for long.
 */
export function jumpStoreClock(world: FaultWorld): boolean {
  const { random, store, clock } = world
  const ms = pick(random, [-3_600_000, -30_000, -2_000, 2_000, 30_000, 120_000])
  store.jump(ms)
  if (ms > 0) {
    world.hit('store clock went forward')
    for (const { process } of world.nodes()) process.impair(clock.monotonic() + LEASE_MS)
  } else world.hit('store clock went back')
  return true
}

/** No replica confirms anything for a while: with COMMIT_REPLICAS nobody knows what came of writes. */
export function lagReplica(world: FaultWorld): boolean {
  const { store, random } = world
  if (!store.replicated) return false
  const forMs = between(random, 100, 2_500)
  for (const { process } of world.nodes()) process.impair(world.clock.monotonic() + forMs + 1_000)
  return during(
    world,
    forMs,
    () => store.lagging(true),
    () => store.lagging(false),
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

export const restartStore: Fault = (world) => storeOutage(world, world.store.restart)

export const restartEmpty: Fault = (world) => storeOutage(world, world.store.restartEmpty)

export function failOver(world: FaultWorld): boolean {
  world.store.follow(below(world.random, 14))
  world.clock.after(400, () => {
    storeOutage(world, () => {
      world.store.failOver()
      world.store.unfollow()
    })
  })
  return true
}

/** A creation that comes too late must come before this, in ms: what follows takes most of a seed. */
const LATE_UNTIL_MS = 14_000

/**
 * A room is about to be created when its server loses the store and the others for so long that its shard is taken over, found empty and
 * deleted. What the kernel held back of the creation arrives after all. Sometimes the store, restarted meanwhile, is another run.
 */
export function lateCreation(world: FaultWorld): boolean {
  const { random, traps, clock, store } = world
  if (clock.monotonic() > LATE_UNTIL_MS) return false
  traps.set(RESERVED, (process) => {
    const node = up(world).find((one) => one.process === process)
    if (node === undefined || up(world).length < 2 || clock.monotonic() > LATE_UNTIL_MS) return false
    cutOff(world, node, between(random, 27_000, 33_000))
    if (below(random, 2) === 0) clock.after(between(random, 200, 1_500), store.restart)
    world.hit('creation held back')
    return true
  })
  return true
}

/** Neither the store nor another server hears of this one; requests that it sends arrive in the end. */
function cutOff(world: FaultWorld, { process, link }: Node, forMs: number): void {
  const { deaf, mute } = world.net.health
  process.impair(world.clock.monotonic() + forMs + 1_000)
  during(
    world,
    forMs,
    () => {
      link.requests = 'held'
      deaf.add(process.name)
      mute.add(process.name)
    },
    () => {
      link.requests = 'open'
      deaf.delete(process.name)
      mute.delete(process.name)
    },
  )
}
