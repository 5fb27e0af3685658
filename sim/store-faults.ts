import { below, pick } from '../kit/random.ts'
import { between, during, type Fault, type FaultWorld, up, victim } from './fault-world.ts'

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
