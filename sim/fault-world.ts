import { fraction, pick, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { MatchmakerNode } from './matchmakers.ts'
import type { SimNet } from './net.ts'
import type { Node } from './node.ts'
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

/** False: it could not strike now. */
export type Fault = (world: FaultWorld) => boolean

export const between = (random: Random, from: number, to: number): number => from + fraction(random) * (to - from)
export const up = ({ nodes }: FaultWorld): readonly Node[] =>
  nodes().filter((node) => node.state === 'up' && !node.process.paused())

/** A server that may fall out while others go on. */
export function victim(world: FaultWorld): Node | null {
  const living = up(world)
  return living.length < 2 ? null : pick(world.random, living)
}

/** For a while; then all is as before. */
export function during(world: FaultWorld, forMs: number, begin: () => void, end: () => void): boolean {
  begin()
  world.clock.after(forMs, end)
  return true
}
