import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'oxo-api-'))
const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

/** The URL of a process that says that it is ready. */
async function ready(child: ReturnType<typeof start>): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, port } = JSON.parse(line) as { event: string; port: number }
    if (event === 'api_ready') return `http://127.0.0.1:${port}`
  }
  throw new Error('the api ended before it was ready')
}

async function ended(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { stdout, stderr, code }
}

const post = async (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) })

describe('npm run api', () => {
  test('[accounts] guests stay signed in over a kill and a restart, and SIGTERM ends it cleanly', async () => {
    const first = start({})
    const firstUrl = await ready(first)
    const guest = (await (await post(`${firstUrl}/auth/guest`, {})).json()) as { userId: string; refreshToken: string }
    const jwks = await (await fetch(`${firstUrl}/.well-known/jwks.json`)).text()
    first.kill('SIGKILL')
    await once(first, 'exit')

    const second = start({})
    const url = await ready(second)
    expect(await (await fetch(`${url}/.well-known/jwks.json`)).text()).toBe(jwks)
    const response = await post(`${url}/auth/refresh`, { refreshToken: guest.refreshToken })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ userId: guest.userId })
    second.kill('SIGTERM')
    expect(await once(second, 'exit')).toEqual([0, null])
  })

  test('[accounts] a DATA_DIR that cannot be written is one clear line and exit 1', async () => {
    writeFileSync(join(folder, 'a-file'), '')
    const { stdout, stderr, code } = await ended(start({ DATA_DIR: join(folder, 'a-file') }))
    expect(stderr).toMatch(/^auth keys file .*a-file.*: ENOTDIR.*\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })
})
