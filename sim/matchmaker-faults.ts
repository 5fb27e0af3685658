import { below, pick, type Random } from '../kit/random.ts'
import { between } from './fault-world.ts'
import type { MatchmakerNode } from './matchmakers.ts'
import type { Trace } from './trace.ts'
import type { Traps } from './traps.ts'

export interface MatchmakerFaultWorld {
  readonly random: Random
  readonly trace: Trace
  readonly traps: Traps
  /** All that live. */
  readonly matchmakers: () => readonly MatchmakerNode[]
  /** A new boot of that matchmaker comes after so long, in ms. */
  readonly rebootMatchmaker: (id: string, afterMs: number) => void
  readonly hit: (point: string) => void
}

/** Every call that a matchmaker makes of the store. The rarest count more. */
export const MATCHMAKER_CALLS = [
  ...(['lead', 'waiting', 'pending', 'expire', 'nodes'] as const),
  ...(['takePair', 'takePair', 'placed', 'placed', 'requeue'] as const),
] as const

/** The next matchmaker whose call of this kind took effect dies before it hears of it, or hears of it when another one leads. */
export function trapMatchmaker(world: MatchmakerFaultWorld): void {
  const { random, traps, matchmakers, rebootMatchmaker, hit, trace } = world
  const method = pick(random, MATCHMAKER_CALLS)
  const kills = below(random, 3) > 0
  traps.set(method, (process) => {
    const caught = matchmakers().find((one) => one.process === process)
    if (caught === undefined) return false
    if (kills) {
      process.kill()
      rebootMatchmaker(caught.id, between(random, 500, 5_000))
    } else process.pause(between(random, 500, 8_000))
    hit(`trapped matchmaker in ${method}`)
    trace.note(() => `--- trapped ${process.name} in ${method}: ${kills ? 'killed' : 'paused'}`)
    return true
  })
}
