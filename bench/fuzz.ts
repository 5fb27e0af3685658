import { exitOnSignals } from '../kit/children.ts'
import { readOptions } from '../loadtest/options.ts'
import { runFuzz } from './fuzz-run.ts'

/** `npm run fuzz [-- --frames 1000000 --seed N]` */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

exitOnSignals()
try {
  const options = readOptions(process.argv.slice(2), { frames: 1_000_000, seed: 1 })
  const result = await runFuzz(options, process.env, say)
  for (const failure of result.failures) say(`FAILED ${failure}`)
  say(JSON.stringify({ ...result, failures: result.failures.length }))
  process.exitCode = result.failures.length === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
