import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface TestServer {
  readonly url: string
  readonly adminUrl: string
  readonly pid: number
  /** Everything that the process logged so far. */
  readonly lines: readonly string[]
  /** Ends it as an operator would, and removes its data. Answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const READY_WITHIN_MS = 20_000

/** Limits that a whole test suite from one address needs. */
const ROOMY = { MAX_SOCKETS_PER_ADDRESS: '20000', RATE_LIMIT_ANONYMOUS: '1000000', RATE_LIMIT_SIGNED_IN: '1000000' }

/** Starts everything in one process, on free loopback ports with data of its own. */
export async function startTestServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'oxo-test-'))
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      ...ROOMY,
      PORT: '0',
      ADMIN_PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      NODE_ID: 'test',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const { port, adminPort } = await ready(child, lines)
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    pid: child.pid!,
    lines,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const code = await ended
      await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

function ready(child: ChildProcess, lines: string[]): Promise<{ port: number; adminPort: number }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready: ${lines.slice(-5).join('\n')}`)), READY_WITHIN_MS)
    child.once('exit', (code) => reject(new Error(`exited with ${code}: ${lines.slice(-5).join('\n')}`)))
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (!line.includes('"server_ready"')) return
        clearTimeout(timer)
        resolve(JSON.parse(line) as { port: number; adminPort: number })
      })
    }
  })
}
