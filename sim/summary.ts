import { missingPoints, SEEDS_FOR_ALL_POINTS } from './points.ts'
import type { SeedReport } from './world.ts'

/** What a run of many seeds came to. */
export interface Summary {
  readonly seeds: number
  readonly steps: number
  readonly faults: number
  /** Finished ones. */
  readonly games: number
  readonly moves: number
  readonly violations: number
  readonly failedSeeds: readonly number[]
  /** A seed's mean. */
  readonly mean: { readonly steps: number; readonly faults: number; readonly games: number }
  /** Faults and recovery branches that never happened. */
  readonly missing: readonly string[]
  /** How often each fault and recovery branch was hit. */
  readonly points: Readonly<Record<string, number>>
}

export function summarise(reports: readonly SeedReport[]): Summary {
  const sum = (of: (report: SeedReport) => number) => reports.reduce((total, report) => total + of(report), 0)
  const points: Record<string, number> = {}
  for (const report of reports) {
    for (const [point, count] of Object.entries(report.points)) points[point] = (points[point] ?? 0) + count
  }
  const seeds = reports.length
  const [steps, faults, games] = [sum((r) => r.steps), sum((r) => r.faults), sum((r) => r.games)]
  const mean = (total: number) => Math.round((10 * total) / Math.max(1, seeds)) / 10
  return {
    seeds,
    steps,
    faults,
    games,
    moves: sum((r) => r.moves),
    violations: sum((r) => r.violations.length),
    failedSeeds: reports.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed),
    mean: { steps: mean(steps), faults: mean(faults), games: mean(games) },
    missing: missingPoints(points),
    points: Object.fromEntries(Object.entries(points).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Whether the run shows what it is for: nothing broken, and nothing left untried. */
export const passes = ({ seeds, violations, missing }: Summary): boolean =>
  violations === 0 && (seeds < SEEDS_FOR_ALL_POINTS || missing.length === 0)
