import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { exitOnSignals } from '../kit/children.ts'
import { systemClock as clock } from '../kit/clock.ts'
import { systemRandom as random } from '../kit/random.ts'
import { createGroups } from './groups.ts'
import { reportOf } from './report.ts'
import { keepFullRun } from './results-file.ts'
import type { RunResult } from './run.ts'

/** `npm run chaos -- [--only GROUP[,GROUP...]] [--scale 0.05] [--from REV] [--keep]`; groups: see groups.ts */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    scale: { type: 'string', default: '1' },
    from: { type: 'string', default: 'HEAD~1' },
    keep: { type: 'boolean', default: false },
  },
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const scale = Number(values.scale)
const groups = createGroups({ clock, random, say, scale, from: values.from, keep: values.keep })
const chosen = values.only?.split(',') ?? Object.keys(groups)
const unknown = chosen.filter((name) => !(name in groups))
if (unknown.length > 0 || !(scale > 0 && scale <= 1)) {
  process.stderr.write(`--only takes ${Object.keys(groups).join(', ')}; --scale more than 0 and at most 1\n`)
  process.exit(1)
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
const machine = { commit, node: process.version, cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}` }
exitOnSignals()
const runs: RunResult[] = []
for (const name of chosen) {
  const results = await groups[name]!()
  runs.push(...results)
  for (const result of results) {
    const { games, moves, examples } = result.verdict
    say(`${result.name}: ${games} games, ${moves} moves, ${Math.round(result.seconds)} s`)
    for (const example of examples) say(`  ${example}`)
    if (values.keep || examples.length > 0) say(`  history and processes' lines: ${result.dir}`)
  }
  if (scale === 1) keepFullRun(name, machine, reportOf(results))
}
const report = reportOf(runs)
for (const failure of report.failures) say(`FAILED ${failure}`)
say(JSON.stringify(report))
process.exit(report.failures.length > 0 ? 1 : 0)
