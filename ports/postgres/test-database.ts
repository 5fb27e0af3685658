import { PGlite } from '@electric-sql/pglite'
import { sql } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../scripts/test-postgres.ts'
import { type Database, embeddedDatabase, openPostgres } from './open.ts'

export interface TestDatabase {
  /** Migrated, shared by the tests of a file. */
  database(): Database
  /** The same, with nothing in it. */
  emptied(): Promise<Database>
  server(): TestPostgres
}

/** For the tests of this file: the embedded PostgreSQL, in memory, or Debian's. */
export function testDatabase(kind: 'embedded' | 'server'): TestDatabase {
  let server: TestPostgres | undefined
  let pglite: PGlite | undefined
  let database: Database | undefined
  beforeAll(async () => {
    if (kind === 'embedded') {
      pglite = await PGlite.create()
      database = embeddedDatabase(pglite)
    }
    if (kind === 'server') {
      server = await startPostgres()
      database = openTestServer(server.url)
    }
    await database!.ready()
  })
  afterAll(async () => {
    await database?.close()
    await pglite?.close()
    await server?.stop()
  })
  return {
    database: () => database!,
    async emptied() {
      await sql`truncate users, user_stats, game_results, api_keys restart identity cascade`.execute(database!.db)
      return database!
    },
    server: () => server!,
  }
}

export function openTestServer(databaseUrl: string): Database {
  const opened = openPostgres({
    ...{ databaseUrl, databaseIam: false, awsRegion: null, dataDir: '', databaseMigrate: true, name: 'test' },
  })
  if (!opened.ok) throw new Error(opened.error)
  return opened.value
}
