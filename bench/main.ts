import { exitOnSignals } from '../kit/children.ts'

/** `npm run bench -- NAME [--option value ...]`: progress on standard error, the result as the last line of standard output. */
type Bench = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
) => Promise<{ readonly missed: readonly string[] }>

const benches: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  server: () => import('./server.ts'),
  ledger: () => import('./ledger.ts'),
  matchmaker: () => import('./matchmaker.ts'),
  season: () => import('./season.ts'),
  api: () => import('./api.ts'),
  persistence: () => import('./persistence.ts'),
  soak: () => import('./soak.ts'),
  shards: () => import('./shards.ts'),
}

exitOnSignals()
const given = process.argv.slice(2)
const isNamed = given[0] !== undefined && !given[0].startsWith('--')
const name = isNamed ? given[0]! : 'server'
const load = Object.hasOwn(benches, name) ? benches[name] : undefined
try {
  if (load === undefined) throw new Error(`no bench of the name ${name}: there is ${Object.keys(benches).join(', ')}`)
  const { run } = await load()
  const result = await run(given.slice(isNamed ? 1 : 0), process.env, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exitCode = result.missed.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
