import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { end, launch } from './processes.ts'

export interface TestServer {
  readonly url: string
  readonly adminUrl: string
  readonly pid: number
  /** Everything that the process logged so far. */
  readonly lines: readonly string[]
  /** Ends it as an operator would, and removes its data. Answers its exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** Limits that a whole test suite from one address needs. */
const ROOMY = { MAX_SOCKETS_PER_ADDRESS: '20000', RATE_LIMIT_ANONYMOUS: '1000000', RATE_LIMIT_SIGNED_IN: '1000000' }

/** Starts everything in one process, on free loopback ports with data of its own. */
export async function startTestServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'oxo-test-'))
  const lines: string[] = []
  const launched = await launch({
    entry: 'main.ts',
    readyEvent: 'server_ready',
    env: { ...ROOMY, PORT: '0', ADMIN_PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, NODE_ID: 'test', ...env },
    line: (line) => void lines.push(line),
  })
  const { port, adminPort } = launched.ready
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    pid: launched.pid,
    lines,
    async stop(signal) {
      const how = await end(launched, signal)
      await rm(dataDir, { recursive: true, force: true })
      return how
    },
  }
}
