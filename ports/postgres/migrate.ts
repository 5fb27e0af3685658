import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'
import type { Tables } from './tables.ts'

/**
 * Brings the schema up to this release and names what was done. Safe to repeat and to run in several processes at once: the others wait for
 * the first one's lock. A schema that is ahead, as a newer release leaves it during a deploy, is left alone.
 */
export async function migrate(db: Kysely<Tables>): Promise<readonly string[]> {
  const done = await executed(db)
  if (Object.keys(migrations).every((name) => done.has(name))) return []
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return results.map(({ migrationName }) => migrationName)
}

async function executed(db: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass('kysely_migration') is not null as found`.execute(db)
  if (!tables[0]!.found) return new Set()
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return new Set(rows.map(({ name }) => name))
}
