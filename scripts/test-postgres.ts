import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endingWithUs } from '../kit/children.ts'
import { hearing, startStore, type TestStore } from './test-store.ts'

/**
 * A real PostgreSQL; its `url` is of an empty database, for a user that may do everything. `kill` ends it by SIGQUIT unless told otherwise: at
 * once, as `pg_ctl stop -m immediate`.
 */
export type TestPostgres = TestStore

const DEBIAN = '/usr/lib/postgresql'
const READY = 'database system is ready to accept connections'
/** What was committed outlives the server, not the machine: nobody waits for a disk. */
const QUICK = ['fsync=off', 'full_page_writes=off', 'shared_buffers=128MB']
const PLAIN = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=50', 'timezone=UTC']

/** Starts one server; `settings` are more of its parameters and win, as `['fsync=on']`. */
export async function startPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const bin = binaries()
  const folder = mkdtempSync(join(tmpdir(), 'oxo-postgres-'))
  const options: SpawnOptions = { ...account(folder), cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] }
  const data = join(folder, 'data')
  await initialised(
    endingWithUs(
      spawn(
        join(bin, 'initdb'),
        ['-D', data, '-U', 'oxo', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
        options,
      ),
    ),
  )
  return startStore({
    folder,
    endsBy: 'SIGQUIT',
    spawn: (port) => {
      const parameters = [`port=${port}`, ...PLAIN, ...QUICK, ...settings].flatMap((setting) => ['-c', setting])
      return spawn(join(bin, 'postgres'), ['-D', data, ...parameters], options)
    },
    says: (server) => server.stderr!,
    ready: READY,
    urlOf: (port) => `postgres://oxo@127.0.0.1:${port}/postgres`,
  })
}

function initialised(initdb: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said = hearing(initdb.stderr!)
    initdb.once('error', reject)
    initdb.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}: ${said()}`))))
  })
}

/** The programs refuse root: then they run, and own their folder, as Debian's `postgres`. */
function account(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (kind: '-u' | '-g') => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  chownSync(folder, uid, gid)
  return { uid, gid }
}

/** Whether a PostgreSQL is installed here. */
export const hasPostgres = (): boolean => findBinaries() !== undefined

function binaries(): string {
  const found = findBinaries()
  if (found === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return found
}

/** Debian keeps them off the PATH, a folder a version. */
function findBinaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((version) => join(DEBIAN, version, 'bin')), ...(process.env.PATH ?? '').split(':')].find(
    (bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')),
  )
}
