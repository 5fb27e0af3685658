import { percentile } from './measure.ts'
import type { RunResult } from './run.ts'

/** The bars of a run; durations in ms. */
export const BARS = { takeoverP50Ms: 4_000, takeoverP99Ms: 5_000, handoverP99Ms: 100 } as const

export type Report = ReturnType<typeof reportOf>

/** All runs as one line, and why it fails. */
export function reportOf(runs: readonly RunResult[]) {
  const all = <T>(of: (run: RunResult) => readonly T[]): T[] => runs.flatMap(of)
  const sum = (of: (run: RunResult) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const counts: Record<string, number> = {}
  const faults: Record<string, number> = {}
  for (const { verdict, measures } of runs) {
    for (const [name, count] of Object.entries(verdict.counts)) counts[name] = (counts[name] ?? 0) + count
    for (const [name, count] of Object.entries(measures.faults)) faults[name] = (faults[name] ?? 0) + count
  }
  const takeovers = all((run) => run.measures.takeoverMs)
  const games = all((run) => run.measures.gameTakeoverMs)
  const handovers = all((run) => run.measures.handoverMs)
  const moves = all((run) => run.measures.moveMs)
  const figures = {
    takeoverP50Ms: percentile(takeovers, 50),
    takeoverP99Ms: percentile(takeovers, 99),
    handoverP99Ms: percentile(handovers, 99),
  }
  const failures = [
    ...Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${name}: ${count}`] : [])),
    ...Object.entries(BARS).flatMap(([name, bar]) => {
      const value = figures[name as keyof typeof figures]
      return value !== null && value > bar ? [`${name}: ${value} > ${bar}`] : []
    }),
    ...runs.flatMap(({ name, measures }) =>
      measures.notTakenOver > 0 ? [`${name}: ${measures.notTakenOver} shards never went on`] : [],
    ),
    ...runs.flatMap(({ name, failures: lines }) => lines.map((line) => `${name}: ${line}`)),
    ...runs.flatMap(({ name, verdict }) => (verdict.moves === 0 ? [`${name}: nobody played`] : [])),
  ]
  return {
    faults: Object.values(faults).reduce((total, count) => total + count, 0),
    games: sum((run) => run.verdict.games),
    moves: sum((run) => run.verdict.moves),
    lostAcks: counts.lostAcks ?? 0,
    doubleMoves: counts.doubleMoves ?? 0,
    ...figures,
    results: sum((run) => run.verdict.finished),
    takeovers: takeovers.length,
    gameTakeoverP50Ms: percentile(games, 50),
    gameTakeoverP99Ms: percentile(games, 99),
    handovers: handovers.length,
    handoverP50Ms: percentile(handovers, 50),
    moveP50Ms: percentile(moves, 50),
    moveP99Ms: percentile(moves, 99),
    violations: counts,
    byFault: faults,
    seconds: Math.round(sum((run) => run.seconds)),
    failures,
  }
}
