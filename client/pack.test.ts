import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packClient } from '../scripts/pack-client.ts'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'

const run = promisify(execFile)
const TSC = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const README = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
const example = /## A whole game in 20 lines\s+```js\n([\s\S]*?)```/.exec(README)?.[1] ?? ''

/** A user's code against the declarations: what must compile, and what must not. */
const CONSUMER = `
import { type ConnectionStatus, connect, createOxo, type GameId, type GameState, type Oxo, OxoError, storageTokens } from 'oxo-client'

export async function play(): Promise<number> {
  const oxo: Oxo = createOxo({ url: 'https://oxo.example', tokenStore: storageTokens(localStorage), webSocket: WebSocket, fetch })
  const off: () => void = oxo.on('connection', (status: ConnectionStatus) => status.state)
  oxo.on('moved', ({ gameId, cell }) => void oxo.game(gameId).get()?.cells[cell])
  off()
  const gameId: GameId = await oxo.find('bot', { level: 3 })
  const queued: GameId | null = await oxo.find('casual')
  const state: GameState = await oxo.move(queued ?? gameId, 4)
  // @ts-expect-error no such mode
  await oxo.find('solitaire')
  // @ts-expect-error no such event
  oxo.on('nothing', () => {})
  // @ts-expect-error views are read-only
  state.version = 1
  try {
    await (await connect({ url: 'http://oxo.example' })).say(gameId, 1)
  } catch (error) {
    if (error instanceof OxoError && error.code === 'RATE_LIMITED') return Number(error.details.retryAfterMs)
  }
  return (state.deadline ?? 0) - oxo.serverNow()
}
`
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['consumer.ts'],
}

describe('the packed client', () => {
  let folder: string
  let server: TestServer

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oxo-client-'))
    const { tarball } = packClient(join(folder, 'dist'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', private: true }))
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: folder })
    server = await startTestServer()
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('installs in an empty project without a registry, and brings nothing else', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: folder })
    expect(stdout.trim().split('\n').slice(1)).toEqual([join(folder, 'node_modules', 'oxo-client')])
  })

  test("has declarations that a strict project without Node's types compiles against", async () => {
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    const { stdout } = await run(process.execPath, [TSC, '-p', folder]).catch((error: { stdout: string }) => error)
    expect(stdout).toBe('')
  })

  test("plays a whole game against a bot by the README's example of about 20 lines", async () => {
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(22)
    writeFileSync(join(folder, 'example.mjs'), example)
    const { stdout } = await run(process.execPath, ['example.mjs', server.url], { cwd: folder, timeout: 20_000 })
    const lines = stdout.trim().split('\n')
    expect(lines.at(-1)).toMatch(/^(a draw|I win|I lose)$/)
    expect(lines.filter((line) => /^I play [0-8]$/.test(line)).length).toBeGreaterThanOrEqual(3)
  })
})
