import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** `npm run bench -- NAME [--option value ...]`: each bench is a file beside this one that exports `run`. */
interface BenchModule {
  run(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    say: (line: string) => void,
  ): Promise<{ readonly missed: readonly string[] }>
}

const given = process.argv.slice(2)
const named = given[0] !== undefined && !given[0].startsWith('--')
const name = named ? given[0]! : 'server'
const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
if (!/^[a-z-]+$/.test(name) || !names.includes(`${name}.ts`)) {
  process.stderr.write(`no bench of the name ${name}\n`)
  process.exit(1)
}
try {
  const bench = (await import(`./${name}.ts`)) as BenchModule
  const result = await bench.run(given.slice(named ? 1 : 0), process.env, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exitCode = result.missed.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
