import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'

/** What each top-level folder may import of ours, besides itself; see docs/ARCHITECTURE.md, "Layout". */
const PROCESS_IMPORTS = ['kit', 'game', 'protocol', 'ports', 'config.ts']
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  game: ['kit'],
  protocol: ['kit'],
  'config.ts': ['kit', 'config'],
  config: ['kit'],
  ports: ['kit', 'game', 'protocol'],
  server: PROCESS_IMPORTS,
  matchmaker: PROCESS_IMPORTS,
  persistence: PROCESS_IMPORTS,
  api: PROCESS_IMPORTS,
  client: ['kit', 'protocol'],
  web: ['kit', 'game', 'protocol', 'client'],
  loadtest: ['kit', 'game', 'protocol', 'client'],
  'main.ts': [...PROCESS_IMPORTS, 'server', 'matchmaker', 'persistence', 'api'],
  sim: [...PROCESS_IMPORTS, 'server', 'matchmaker', 'persistence', 'api'],
  bench: [...PROCESS_IMPORTS, 'server', 'matchmaker', 'persistence', 'api', 'loadtest', 'scripts'],
  scripts: ['kit', 'game', 'protocol', 'ports', 'config.ts', 'api', 'server'],
  chaos: ['kit', 'protocol', 'ports', 'scripts', 'loadtest'],
  outside: ['scripts'],
  docs: [],
}
/** Tests may also use what starts real processes and stores. */
const TEST_EXTRAS = ['scripts', 'ports', 'game', 'protocol', 'kit', 'client', 'bench', 'loadtest']
/** The only folders that may name a package. */
const ONLY_IN: readonly { readonly packages: readonly string[]; readonly folders: readonly string[] }[] = [
  { packages: ['uWebSockets.js'], folders: ['server/socket/', 'bench/floor'] },
  { packages: ['pg', 'kysely', '@electric-sql/pglite'], folders: ['ports/postgres/'] },
  { packages: ['ioredis'], folders: ['ports/valkey/', 'server/shard/', 'scripts/', 'bench/'] },
]
/** Time, randomness and environment come in as parameters outside these. How long a socket may be silent is the socket's own affair. */
const WORLD = /(?<!\bsocket\.)\b(Date\.now|Math\.random|setTimeout|setInterval|process\.env)\b/
const WORLD_FOLDERS = [
  'game/',
  'protocol/',
  'ports/',
  'server/',
  'matchmaker/',
  'persistence/',
  'api/',
  'client/',
  'web/',
]
const WORLD_EXEMPT = /(^|\/)(main\.ts|main\.tsx|[^/]+\.(test|contract)\.ts|test-[^/]+\.ts)$/
const FILE_LINES_MAX = 300
const TEST_LINES_MAX = 500

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

/** Every breach of the layout in the given sources, a line each. */
export function breaches(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = []
  for (const [path, source] of files) {
    const isTest = /\.(test|contract|e2e)\.tsx?$|(^|\/)(test-|given)/.test(path)
    const top = topOf(path)
    const allowed = [top, ...(MAY_IMPORT[top] ?? []), ...(isTest ? TEST_EXTRAS : [])]
    if (!(top in MAY_IMPORT)) found.push(`${path}: no such place in the layout`)
    for (const target of importsOf(source)) {
      if (target.startsWith('.')) {
        const resolved = posix.normalize(posix.join(dirname(path), target))
        if (!allowed.includes(topOf(resolved)) && !resolved.startsWith('package.json'))
          found.push(`${path}: imports ${resolved}`)
      }
      for (const { packages, folders } of ONLY_IN) {
        if (packages.includes(target) && !isTest && !folders.some((folder) => path.startsWith(folder))) {
          found.push(`${path}: imports ${target}`)
        }
      }
    }
    const worldly = WORLD_FOLDERS.some((folder) => path.startsWith(folder)) && !WORLD_EXEMPT.test(path)
    if (worldly && WORLD.test(withoutComments(source)))
      found.push(`${path}: takes time, chance or environment from the world`)
    const lines = source.split('\n').length
    if (lines > (isTest ? TEST_LINES_MAX : FILE_LINES_MAX)) found.push(`${path}: ${lines} lines`)
  }
  return found
}

function* importsOf(source: string): Iterable<string> {
  for (const match of source.matchAll(IMPORT)) yield match[1] ?? match[2] ?? match[3]!
}

/** A test beside a file at the root belongs to that file. */
const topOf = (path: string): string => path.split('/', 1)[0]!.replace('.test.ts', '.ts')

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

export function trackedSources(): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
    encoding: 'utf8',
  })
  const paths = listed
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('.d.ts') && !path.startsWith('vitest.config'))
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]))
}

if (import.meta.main) {
  const found = breaches(trackedSources())
  for (const line of found) process.stderr.write(`layout: ${line}\n`)
  process.exitCode = found.length > 0 ? 1 : 0
}
