import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { postgresStatsStore } from '../../ports/postgres/stats-store.ts'
import { testDatabase } from '../../ports/postgres/test-database.ts'
import { testGame, testGameId } from '../../ports/test-games.ts'

const store = testDatabase('server')
const folder = mkdtempSync(join(tmpdir(), 'oxo-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** `npm run audit` on the database of these tests and an embedded store of games without any. */
async function audit(...args: readonly string[]) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url)), ...args], {
    env: { DATABASE_URL: store.server().url, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { code, stderr, lines: lines.map((line) => JSON.parse(line) as { readonly difference?: string }) }
}

test('[audit] differences are a line each and exit 1; --repair mends them; then it is exit 0', async () => {
  await postgresStatsStore(store.database()).apply([testGame(1)])
  const before = await audit()
  expect(before.code).toBe(1)
  expect(before.lines[0]).toEqual({ difference: 'not_stored', gameId: testGameId(1), appliedSeq: 1 })
  expect(before.lines.at(-1)).toEqual({ games: 1, players: 0, differences: before.lines.length - 1, repaired: false })

  const repaired = await audit('--repair')
  expect(repaired.code).toBe(0)
  expect(repaired.lines.at(-1)).toMatchObject({ differences: before.lines.length - 1, repaired: true })
  expect(await audit()).toEqual({
    code: 0,
    stderr: '',
    lines: [{ games: 0, players: 0, differences: 0, repaired: false }],
  })
})

test('[audit] no answer is exit 2, with the reason in one line', async () => {
  for (const args of [['--mend'], ['--settle', 'long']]) {
    const { code, stderr, lines } = await audit(...args)
    expect({ code, lines }).toEqual({ code: 2, lines: [] })
    expect(stderr).toMatch(/^.+\n$/)
  }
})
