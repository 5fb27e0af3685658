import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../scripts/test-server.ts'
import { fetchJson } from './rest.ts'

const VERIFY = fileURLToPath(new URL('../scripts/verify.ts', import.meta.url))
/** Results wait for the databases to open when the process has just begun. */
const STORED_WITHIN_MS = 20_000

interface Guest {
  readonly userId: string
  readonly accessToken: string
}
interface Ply {
  readonly cell: number
  readonly atMs: number
  readonly hash: string
}
interface FinishedGame {
  readonly gameId: string
  readonly status: string
  readonly board: readonly (readonly (string | null)[])[]
  readonly moves: readonly { readonly position: readonly [number, number] }[]
  readonly record: { readonly plies: readonly Ply[] } | null
  readonly signature: object | null
}

let server: TestServer
const folder = mkdtempSync(join(tmpdir(), 'oxo-records-'))
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

const rest = async <T>(method: string, path: string, token?: string, body?: object): Promise<T> => {
  const request = { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) }
  return (await fetchJson(server.url, method, path, request)).body as T
}

/** A guest's game against a bot, played to its end. */
async function finished(guest: Guest): Promise<string> {
  let game = await rest<FinishedGame>('POST', '/games', guest.accessToken, { mode: 'bot' })
  while (game.status === 'active') {
    const cell = game.board.flat().indexOf(null)
    const position = [Math.floor(cell / 3), cell % 3]
    game = await rest('PUT', `/games/${game.gameId}/moves`, guest.accessToken, { position })
  }
  return game.gameId
}

async function storedGame(gameId: string): Promise<FinishedGame> {
  const read = () => rest<FinishedGame>('GET', `/games/${gameId}`)
  await expect.poll(async () => (await read()).record, { timeout: STORED_WITHIN_MS }).not.toBeNull()
  return read()
}

/** What `npm run verify` prints of a document, and its exit code. */
function verify(document: unknown): Promise<{ line: string; exitCode: number }> {
  const path = join(folder, 'record.json')
  writeFileSync(path, JSON.stringify(document))
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [VERIFY, path, '--url', server.url], (_, stdout) =>
      resolve({ line: stdout, exitCode: child.exitCode ?? -1 }),
    )
  })
}

test('[P7] a finished game is served with a signed record that verifies, and a changed one names the ply', async () => {
  const guest = await rest<Guest>('POST', '/auth/guest')
  const gameId = await finished(guest)
  const game = await storedGame(gameId)
  const { record, signature } = game
  const plies = record!.plies
  expect(plies.map(({ cell }) => cell)).toEqual(game.moves.map(({ position: [row, column] }) => 3 * row + column))
  expect(JSON.stringify(record)).toContain(guest.userId)
  expect(await verify(game)).toEqual({ line: expect.stringMatching(/^GENUINE .+\n$/), exitCode: 0 })
  expect((await verify({ record, signature })).exitCode).toBe(0)

  const last = plies.length - 1
  for (const [ply, changed] of [
    [0, { ...plies[0]!, cell: (plies[0]!.cell + 1) % 9 }],
    [1, { ...plies[1]!, atMs: plies[1]!.atMs - 1 }],
    [last, { ...plies[last]!, hash: plies[0]!.hash }],
  ] as const) {
    const { line, exitCode } = await verify({ record: { ...record, plies: plies.with(ply, changed) }, signature })
    expect([line, exitCode]).toEqual([expect.stringMatching(`^TAMPERED .+: ply ${ply}: .+\\n$`), 1])
  }
})

test('[history] a finished game is in the history of its player, newest first, and a page leads to the next', async () => {
  interface Page {
    readonly games: readonly { readonly gameId: string }[]
    readonly cursor: string | null
  }
  const guest = await rest<Guest>('POST', '/auth/guest')
  const path = `/users/${guest.userId}/games`
  expect(await rest('GET', path)).toEqual({ games: [], cursor: null })
  const first = await finished(guest)
  const second = await finished(guest)
  const read = async () => (await rest<Page>('GET', path)).games.map(({ gameId }) => gameId)
  await expect.poll(read, { timeout: STORED_WITHIN_MS }).toEqual([second, first])
  const { games, cursor } = await rest<Page>('GET', `${path}?limit=1`)
  expect(games.map(({ gameId }) => gameId)).toEqual([second])
  const older = await rest<Page>('GET', `${path}?limit=1&cursor=${cursor}`)
  expect([older.games.map(({ gameId }) => gameId), older.cursor]).toEqual([[first], null])
})
