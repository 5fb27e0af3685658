import { readFileSync, writeFileSync } from 'node:fs'
import { readOptions } from '../loadtest/options.ts'
import { type Provenance, provenance, round, writeResult } from './report.ts'
import { gapAt, type Point, playSeasons, type Seasons, WAITS_S } from './season/frontier.ts'
import { plot } from './season/plot.ts'

const defaults = { seed: 1 }

/** Our gap over greedy's at the same mean wait. */
const OF_GREEDY_MAX = 0.8
/** Of first-come's gap, with at most so much more wait, in s. */
const OF_FIRST_COME_MAX = 0.2
const MORE_WAIT_S_MAX = 1

const PAGE = new URL('../docs/matchmaking.md', import.meta.url)
const PLOT = new URL('../docs/matchmaking.svg', import.meta.url)
const MARKS = ['<!-- season: written by npm run bench -- season -->', '<!-- end of season -->'] as const

interface Row {
  readonly waitS: number
  readonly ours: number | null
  readonly greedy: number | null
  readonly greedyInWindows: number | null
}

export interface SeasonResult extends Provenance {
  readonly seed: number
  readonly frontier: readonly Row[]
  /** Without hold-back, as matchmakers run by default. */
  readonly byDefault: Point
  readonly firstCome: Point
  readonly missed: readonly string[]
}

/** One day of 10,000 players under each policy and setting, in virtual time; writes the table and the plot of docs/matchmaking.md. */
export async function run(
  args: readonly string[],
  _env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<SeasonResult> {
  const { seed } = readOptions(args, defaults)
  const seasons = playSeasons(seed, say)
  const frontier = WAITS_S.map((waitS) => ({
    waitS,
    ours: gapAt(seasons.ours, waitS),
    greedy: gapAt(seasons.greedy, waitS),
    greedyInWindows: gapAt(seasons.greedyInWindows, waitS),
  }))
  const byDefault = seasons.ours[0]!
  const firstCome = seasons.firstCome[0]!
  const missed = [...missedGreedy(frontier), ...missedFirstCome(byDefault, firstCome)]
  const result = { seed, frontier, byDefault, firstCome, missed, ...provenance() }
  // A run with options is somebody's question, not the figure that the project stands by.
  if (args.length === 0) {
    writeFileSync(PLOT, plotOf(seasons))
    writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), section(result)))
    writeResult('season', { ...result, seasons }, `# Bench: a season\n\nSee docs/matchmaking.md.\n\n${section(result)}`)
  }
  return result
}

const missedGreedy = (frontier: readonly Row[]): string[] =>
  frontier.flatMap(({ waitS, ours, greedy }) => {
    if (ours === null || greedy === null) return [`no figure at ${waitS} s`]
    return ours > OF_GREEDY_MAX * greedy ? [`at ${waitS} s the gap is ${round(ours / greedy)} of greedy's`] : []
  })

function missedFirstCome(byDefault: Point, firstCome: Point): string[] {
  const moreS = byDefault.meanWaitS - firstCome.meanWaitS
  const part = byDefault.meanGap / firstCome.meanGap
  return [
    ...(moreS > MORE_WAIT_S_MAX ? [`${round(moreS)} s more wait than first-come`] : []),
    ...(part > OF_FIRST_COME_MAX ? [`the gap is ${round(part)} of first-come's`] : []),
  ]
}

const plotOf = (seasons: Seasons): string =>
  plot([
    { label: 'first come', color: '#777', points: seasons.firstCome },
    { label: 'greedy-nearest, in batches', color: '#d55e00', points: seasons.greedy },
    { label: 'greedy-nearest in our widths, scaled', color: '#e69f00', points: seasons.greedyInWindows },
    { label: 'ours, by what a second is worth', color: '#0072b2', points: seasons.ours },
  ])

function section({ frontier, byDefault, firstCome, seed, machine, node, commit }: SeasonResult): string {
  const gap = (value: number | null) => (value === null ? '-' : value.toFixed(1))
  const less = (ours: number | null, other: number | null) =>
    ours === null || other === null ? '-' : `${Math.round(100 * (1 - ours / other))} %`
  const rows = frontier.map(
    ({ waitS, ours, greedy, greedyInWindows }) =>
      `| ${waitS} s | ${gap(ours)} | ${gap(greedy)} | ${less(ours, greedy)} | ${gap(greedyInWindows)} | ${less(ours, greedyInWindows)} |`,
  )
  const moreS = (byDefault.meanWaitS - firstCome.meanWaitS).toFixed(2)
  return `| mean wait | ours | greedy-nearest | less | greedy in our widths | less |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

First come: ${gap(firstCome.meanGap)} points of gap at a mean wait of ${firstCome.meanWaitS.toFixed(2)} s. Ours as it runs by default: ${gap(byDefault.meanGap)} points,
${Math.round((100 * byDefault.meanGap) / firstCome.meanGap)} % of that, at ${byDefault.meanWaitS.toFixed(2)} s (${moreS} s more); 99 % of its players wait at most ${byDefault.p99WaitS.toFixed(1)} s and 99 % of its pairs are
within ${byDefault.p99Gap} points. ${byDefault.games} games, ${byDefault.ticketsPerSecond.toFixed(1)} tickets a second as a ticket sees it. Seed ${seed}; ${machine}, Node ${node}, commit ${commit}.
`
}

function withSection(page: string, text: string): string {
  const [before, rest] = page.split(MARKS[0]) as [string, string?]
  const after = rest?.split(MARKS[1])[1]
  if (after === undefined) throw new Error('docs/matchmaking.md has lost its marks')
  return `${before}${MARKS[0]}\n\n${text}\n${MARKS[1]}${after}`
}
