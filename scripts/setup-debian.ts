import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'

/** What the tests drive for real, and the Debian packages that bring it. */
const NEEDED = [
  { what: 'Chromium', found: () => existsSync('/usr/bin/chromium'), packages: ['chromium'] },
  {
    what: 'a Valkey or Redis server',
    found: () => ['/usr/bin/valkey-server', '/usr/bin/redis-server'].some((path) => existsSync(path)),
    packages: ['redis-server'],
  },
  {
    what: 'a PostgreSQL server',
    found: () => globSync('/usr/lib/postgresql/*/bin/postgres').length > 0,
    packages: ['postgresql'],
  },
]

/** Installs what is missing when it may, else says in one line what to install. */
const missing = NEEDED.filter(({ found }) => !found())
if (missing.length > 0) {
  const packages = missing.flatMap((need) => need.packages)
  if (!mayInstall()) fail(packages)
  // Where a package starts a service of its own, this keeps it from doing so.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const run = (...args: string[]) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
  process.stdout.write(`installing ${packages.join(' ')}\n`)
  if (!run('update') || !run('install', '-y', '--no-install-recommends', ...packages)) fail(packages)
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function fail(packages: readonly string[]): never {
  process.stderr.write(`the tests need: apt-get install ${packages.join(' ')}\n`)
  process.exit(1)
}
