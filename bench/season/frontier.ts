import { firstCome, greedyInBatches, greedyInWindows, ours, type Policy } from './policies.ts'
import { playSeason, ROUND_MS, type SeasonFigures } from './season.ts'

/** Mean waits at which policies are compared, in s. */
export const WAITS_S = [1, 2, 5, 10, 15] as const

export interface Point extends SeasonFigures {
  /** What was set: see policies.ts. */
  readonly setting: number | null
}

export type PolicyName = 'ours' | 'greedy' | 'greedyInWindows' | 'firstCome'
export type Seasons = Readonly<Record<PolicyName, readonly Point[]>>

/** Where waits are long, so many rounds are enough, in ms. */
const LONG_ROUND_MS = 1_000

interface Ladder {
  readonly policy: (setting: number) => Policy
  /** From short waits to long ones; `slow` from there on rounds are LONG_ROUND_MS apart. */
  readonly settings: readonly number[]
  readonly slowFrom: number
}

const LADDERS: Readonly<Record<Exclude<PolicyName, 'firstCome'>, Ladder>> = {
  ours: { policy: ours, settings: [Number.POSITIVE_INFINITY, 4, 1, 0.25, 0.08, 0.03], slowFrom: 3 },
  greedy: { policy: greedyInBatches, settings: [1_500, 3_000, 6_000, 12_000, 24_000, 36_000], slowFrom: 6 },
  greedyInWindows: { policy: greedyInWindows, settings: [1.5, 0.7, 0.3, 0.1, 0.04, 0.016], slowFrom: 3 },
}

/** The same players and sessions under every policy and setting. */
export function playSeasons(seed: number, say: (line: string) => void): Seasons {
  const play = (name: PolicyName, policy: Policy, setting: number | null, roundMs: number): Point => {
    const figures = playSeason(policy, seed, roundMs)
    say(`${name} ${setting ?? ''}: ${figures.meanWaitS.toFixed(2)} s, ${figures.meanGap.toFixed(1)} points`)
    return { setting, ...figures }
  }
  const climb = (name: keyof typeof LADDERS): readonly Point[] => {
    const { policy, settings, slowFrom } = LADDERS[name]
    return settings.map((setting, i) => play(name, policy(setting), setting, i < slowFrom ? ROUND_MS : LONG_ROUND_MS))
  }
  return {
    firstCome: [play('firstCome', firstCome, null, ROUND_MS)],
    ours: climb('ours'),
    greedy: climb('greedy'),
    greedyInWindows: climb('greedyInWindows'),
  }
}

/** The mean gap at a mean wait, between the two nearest settings as a power law; null outside them. */
export function gapAt(points: readonly Point[], waitS: number): number | null {
  const sorted = points.toSorted((a, b) => a.meanWaitS - b.meanWaitS)
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!]
    if (waitS < a.meanWaitS || waitS > b.meanWaitS) continue
    const part = Math.log(waitS / a.meanWaitS) / Math.log(b.meanWaitS / a.meanWaitS)
    return a.meanGap * (b.meanGap / a.meanGap) ** part
  }
  return null
}
