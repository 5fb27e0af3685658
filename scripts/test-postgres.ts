import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A real PostgreSQL on a free loopback port, in a folder of its own. Ends with `stop`, at the latest with this process. */
export interface TestPostgres {
  /** Of an empty database, for a user that may do everything. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Starts anew on the same port and folder after `kill`. */
  start(): Promise<void>
  /** Ends the server (default SIGQUIT: at once, as `pg_ctl stop -m immediate`); resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'
const READY = 'database system is ready to accept connections'
const START_TRIES = 3
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
    spawn(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'oxo', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
      options,
    ),
  )
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const parameters = [`port=${port}`, ...PLAIN, ...QUICK, ...settings].flatMap((setting) => ['-c', setting])
    const launch = () => launched(spawn(join(bin, 'postgres'), ['-D', data, ...parameters], options))
    try {
      return testPostgres(port, folder, launch, await launch())
    } catch (error) {
      if (tries === START_TRIES) throw error // the port was free a moment ago: somebody was faster
    }
  }
}

function testPostgres(
  port: number,
  folder: string,
  launch: () => Promise<ChildProcess>,
  first: ChildProcess,
): TestPostgres {
  let server = first
  const kill = async (signal: NodeJS.Signals = 'SIGQUIT') => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    await gone
  }
  const atExit = () => server.kill('SIGQUIT')
  process.once('exit', atExit)
  return {
    url: `postgres://oxo@127.0.0.1:${port}/postgres`,
    port,
    get pid() {
      return server.pid!
    },
    async start() {
      server = await launch()
    },
    kill,
    async stop() {
      process.off('exit', atExit)
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function launched(server: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const said = saying(server, (text) => text.includes(READY) && resolve(server))
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said()}`)))
  })
}

function initialised(initdb: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said = saying(initdb)
    initdb.once('error', reject)
    initdb.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}: ${said()}`))))
  })
}

/** The beginning of what a process says on standard error. All of it is read, so that the process never waits. */
function saying(process: ChildProcess, heard: (text: string) => void = () => {}): () => string {
  let output = ''
  process.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (output.length > 10_000) return
    output += text
    heard(output)
  })
  return () => output.slice(-500)
}

/** The programs refuse root: then they run, and own their folder, as Debian's `postgres`. */
function account(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (kind: '-u' | '-g') => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  chownSync(folder, uid, gid)
  return { uid, gid }
}

/** Debian keeps them off the PATH, a folder a version. */
/** Whether a PostgreSQL is installed here. */
export const hasPostgres = (): boolean => findBinaries() !== undefined

function binaries(): string {
  const found = findBinaries()
  if (found === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return found
}

function findBinaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((version) => join(DEBIAN, version, 'bin')), ...(process.env.PATH ?? '').split(':')].find(
    (bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')),
  )
}
