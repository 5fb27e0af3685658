import { parseArgs } from 'node:util'
import { runSeeds } from './pool.ts'
import { runSelftest } from './selftest.ts'
import { passes, summarise } from './summary.ts'
import { runSeed, type SeedReport } from './world.ts'

const USAGE = 'npm run sim -- --seeds N [--from N] | --seed N | --selftest [--starts N]'
const WORKERS = 2

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    selftest: { type: 'boolean', default: false },
    starts: { type: 'string', default: '5' },
  },
})

function count(name: 'seeds' | 'from' | 'seed' | 'starts'): number {
  const value = Number(values[name])
  if (Number.isSafeInteger(value) && value >= 0) return value
  process.stderr.write(`--${name} wants a whole number\n${USAGE}\n`)
  process.exit(2)
}

const reports: SeedReport[] = []
function note(report: SeedReport): void {
  reports.push(report)
  for (const violation of report.violations.slice(0, 3)) process.stdout.write(`seed ${report.seed}: ${violation}\n`)
  if (reports.length % 250 === 0) process.stdout.write(`${reports.length} seeds\n`)
}

if (values.selftest) process.exitCode = (await runSelftest(count('starts'), WORKERS)) ? 0 : 1
else {
  if (values.seed === undefined)
    await runSeeds({ from: count('from'), count: count('seeds'), workers: WORKERS, report: note })
  else note(await runSeed({ seed: count('seed'), print: (line) => process.stdout.write(`${line}\n`) }))
  const summary = summarise(reports)
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  process.exitCode = passes(summary) ? 0 : 1
}
