import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { err, ok, type Result } from '../../kit/result.ts'
import { embeddedPool, openEmbedded } from './embedded-pool.ts'
import { migrate } from './migrate.ts'
import { type RemoteOptions, remotePool } from './remote-pool.ts'
import type { Tables } from './tables.ts'

export interface PostgresOptions extends Omit<RemoteOptions, 'databaseUrl'> {
  /** Null: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** False: somebody else runs the migrations (`npm run migrate`). */
  readonly databaseMigrate: boolean
}

/** A PostgreSQL, real or embedded, whose connections are made when needed: it may be down when this process starts. */
export interface Database {
  readonly db: Kysely<Tables>
  /** Resolves when the schema is that of this release; brings it there first. To be awaited before each query: free once it has resolved. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** What one statement of ours may take, ms: the largest batch takes some 100 ms. */
const STATEMENT_TIMEOUT_MS = 5_000
/** What migrations and other jobs of an operator may take, ms. */
const JOB_TIMEOUT_MS = 600_000

/** Asks nobody yet. `forJobs`: for long work that nobody waits for. The error is one line for the operator. */
export function openPostgres(options: PostgresOptions, forJobs = false): Result<Database, string> {
  const { databaseUrl, databaseMigrate } = options
  if (databaseUrl === null) return ok(embedded(join(options.dataDir, 'postgres'), databaseMigrate))
  if (options.databaseIam && options.awsRegion === null) return err('DATABASE_IAM needs AWS_REGION')
  const remote = { ...options, databaseUrl }
  const db = kysely(async () => remotePool(remote, forJobs ? JOB_TIMEOUT_MS : STATEMENT_TIMEOUT_MS))
  const bringUp = async () => {
    const job = kysely(async () => remotePool(remote, JOB_TIMEOUT_MS))
    await migrate(job).finally(() => job.destroy())
  }
  return ok({ db, ready: databaseMigrate ? once(bringUp) : async () => {}, close: () => db.destroy() })
}

/** On a PGlite that the caller made and closes. */
export function embeddedDatabase(pglite: PGlite): Database {
  const db = kysely(() => embeddedPool(pglite))
  return { db, ready: once(() => migrate(db)), close: () => db.destroy() }
}

function embedded(folder: string, databaseMigrate: boolean): Database {
  let closeFolder = async (): Promise<void> => {}
  const db = kysely(async () => {
    const { pool, close } = await openEmbedded(folder)
    closeFolder = close
    return pool
  })
  return {
    db,
    ready: databaseMigrate ? once(() => migrate(db)) : async () => {},
    async close() {
      await db.destroy()
      await closeFolder()
    },
  }
}

const kysely = (pool: () => Promise<pg.Pool>): Kysely<Tables> => new Kysely({ dialect: new PostgresDialect({ pool }) })

/** Does it once; what failed is tried again by the next call. */
function once(work: () => Promise<unknown>): () => Promise<void> {
  let done: Promise<unknown> | null = null
  return async () => {
    done ??= work().catch((error: unknown) => {
      done = null
      throw error
    })
    await done
  }
}
