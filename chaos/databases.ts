import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openGameStore } from '../ports/dynamodb/open.ts'
import type { StoredGame } from '../ports/game-store.ts'
import { end, launch } from '../scripts/processes.ts'
import { startPostgres } from '../scripts/test-postgres.ts'

/** A PostgreSQL that keeps what it has answered, and a DynamoDB: where the writers of a run write. */
export async function startDatabases() {
  const dir = mkdtempSync(join(tmpdir(), 'oxo-chaos-databases-'))
  const [postgres, dynamo] = await Promise.all([
    startPostgres(['fsync=on', 'synchronous_commit=on', 'full_page_writes=on']),
    launch({ entry: 'scripts/local-dynamo.ts', readyEvent: 'dynamo_ready', env: { DATA_DIR: dir } }),
  ])
  const dynamodbEndpoint = String(dynamo.ready.endpoint)
  return {
    postgres,
    databaseUrl: postgres.url,
    dynamodbEndpoint,
    /** Every stored game. */
    async games(): Promise<StoredGame[]> {
      const store = openGameStore({ dynamodbEndpoint, awsRegion: null })!
      const found: StoredGame[] = []
      for await (const game of store.all()) found.push(game)
      store.close()
      return found
    },
    /** `npm run audit`: how many differences, and the first lines that it printed. */
    audit: () =>
      new Promise<{ readonly differences: number; readonly lines: readonly string[] }>((resolve) => {
        const entry = fileURLToPath(new URL('../persistence/audit/main.ts', import.meta.url))
        const env = { ...process.env, DATABASE_URL: postgres.url, DYNAMODB_ENDPOINT: dynamodbEndpoint, DATA_DIR: dir }
        execFile(process.execPath, [entry], { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
          const lines = `${stdout}${stderr}`.trim().split('\n')
          const differences = /"differences":(\d+)/.exec(lines.at(-1) ?? '')?.[1]
          resolve({
            differences: differences === undefined ? 1 : Number(differences),
            lines: error ? lines.slice(0, 5) : [],
          })
        })
      }),
    async stop(): Promise<void> {
      await Promise.all([postgres.stop(), end(dynamo)])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
export type Databases = Awaited<ReturnType<typeof startDatabases>>
