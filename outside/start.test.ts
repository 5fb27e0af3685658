import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from '../scripts/test-server.ts'

/** Starts that cannot succeed: one clear line on stderr, exit code 1. */

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
/** A start that hangs is ended then, and its exit code tells. */
const ENDS_WITHIN_MS = 30_000
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'oxo-outside-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

interface Start {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function start(env: Readonly<Record<string, string>>): Promise<Start> {
  const own = await mkdtemp(join(dataDir, 'start-'))
  const base = { PORT: '0', ADMIN_PORT: '0', HOST: '127.0.0.1', DATA_DIR: own }
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...base, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ENDS_WITHIN_MS,
    killSignal: 'SIGKILL',
  })
  try {
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    // A start that should have failed: end it, and let the exit code tell.
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('server_ready') && child.kill('SIGKILL'))
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    return { code, stdout, stderr }
  } finally {
    child.kill('SIGKILL')
  }
}

/** Exit code 1 and one line that names each of `names`. */
function expectOneLine({ code, stderr, stdout }: Start, ...names: readonly string[]): void {
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }, stderr).toEqual({
    code: 1,
    stdout: '',
    lines: 1,
  })
  for (const name of names) expect(stderr).toContain(name)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
}

test('[start] a busy port', async () => {
  const busy = createServer()
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
  const port = String((busy.address() as AddressInfo).port)
  try {
    const [players, operators] = await Promise.all([start({ PORT: port }), start({ ADMIN_PORT: port })])
    expectOneLine(players, 'PORT', port)
    expectOneLine(operators, 'ADMIN_PORT', port)
  } finally {
    busy.close()
  }
})

test('[start] a DATA_DIR that cannot be made or written', async () => {
  const file = join(dataDir, 'file')
  await writeFile(file, '')
  // Of the system's own file systems, since root may write everywhere else.
  const starts = await Promise.all(
    [file, join(file, 'below'), '/sys/oxo', '/sys/kernel', '/proc/oxo', '/proc/oxo/below', '/proc'].map(
      async (bad) => ({
        bad,
        ended: await start({ DATA_DIR: bad }),
      }),
    ),
  )
  for (const { bad, ended } of starts) expectOneLine(ended, bad)
})

test('[start] a DATA_DIR that another process has', async () => {
  const own = await mkdtemp(join(dataDir, 'held-'))
  const holder = await startTestServer({ DATA_DIR: own })
  try {
    expectOneLine(await start({ DATA_DIR: own }), own)
  } finally {
    await holder.stop()
  }
})

test('[start] keys that are none', async () => {
  const keys = join(dataDir, 'broken-keys.json')
  await writeFile(keys, '{"keys":[{"kty":"OKP"}]}')
  expectOneLine(await start({ AUTH_KEYS_FILE: keys }), keys)
})

test('[start] a bad variable, each of several, and an unknown one that starts with OXO_', async () => {
  const starts = await Promise.all([
    start({ PORT: 'http' }),
    start({ PORT: '65536', TURN_SECONDS: '0', LOG_LEVEL: 'loud' }),
    start({ OXO_TURN_SECONDS: '5' }),
  ])
  expectOneLine(starts[0]!, 'PORT')
  expectOneLine(starts[1]!, 'PORT', 'TURN_SECONDS', 'LOG_LEVEL')
  expectOneLine(starts[2]!, 'OXO_TURN_SECONDS')
})
