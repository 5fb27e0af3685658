import { mkdir } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { Signer } from '@aws-sdk/rds-signer'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { err, ok, type Result } from '../../kit/result.ts'
import { lockFile } from '../file/folder-lock.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './tables.ts'

export interface PostgresOptions {
  /** Null: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null
  /** Sign in with a token of AWS IAM for the URL's user, in `awsRegion`, instead of a password. */
  readonly databaseIam: boolean
  readonly awsRegion: string | null
  readonly dataDir: string
  /** False: somebody else runs the migrations (`npm run migrate`). */
  readonly databaseMigrate: boolean
  /** Shown in `pg_stat_activity`. */
  readonly name: string
  /** A connection that broke while nobody used it: the pool replaces it. */
  readonly onIdleError?: (error: Error) => void
}

/** A PostgreSQL, real or embedded, whose connections are made when needed: it may be down when this process starts. */
export interface Database {
  readonly db: Kysely<Tables>
  /** Resolves when the schema is that of this release; brings it there first. To be awaited before the first query; free once it has resolved. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Connections of one process. A server takes a few hundred in all. */
const CONNECTIONS_MAX = 8
const CONNECT_TIMEOUT_MS = 3_000
/** What one statement of ours may take, ms: the largest batch takes some 100 ms. */
const STATEMENT_TIMEOUT_MS = 5_000
const LOCK_TIMEOUT_MS = 3_000
/** What migrations and other batch jobs may take, ms. */
export const JOB_TIMEOUT_MS = 600_000
/** The server ends a statement at its time limit; if nothing at all comes by then, the connection is dead. */
const SILENCE_MARGIN_MS = 5_000
const IDLE_MS = 5_000

/** Asks nobody yet. The error is one line for the operator. */
export function openPostgres(options: PostgresOptions): Result<Database, string> {
  const { databaseUrl, databaseIam, awsRegion } = options
  if (databaseUrl === null) return ok(embedded(join(options.dataDir, 'postgres'), options.databaseMigrate))
  if (databaseIam && awsRegion === null) return err('DATABASE_IAM needs AWS_REGION')
  const db = kysely(remotePool(options, databaseUrl, STATEMENT_TIMEOUT_MS))
  return ok(
    database(db, options.databaseMigrate, async () => {
      const job = kysely(remotePool(options, databaseUrl, JOB_TIMEOUT_MS))
      try {
        await migrate(job)
      } finally {
        await job.destroy()
      }
    }),
  )
}

/** Begins at the first query, some seconds, and takes hundreds of MB: who never asks does not pay. One process a folder. */
function embedded(folder: string, doMigrate: boolean): Database {
  let pglite: PGlite | null = null
  let unlock = async (): Promise<void> => {}
  const db = kysely(async () => {
    await mkdir(folder, { recursive: true })
    unlock = await lockFile(`${folder}.lock`)
    pglite = await PGlite.create(folder).catch(async (error: Error) => {
      await unlock()
      throw error
    })
    return embeddedPool(pglite)
  })
  return database(
    db,
    doMigrate,
    () => migrate(db),
    async () => {
      await pglite?.close()
      await unlock()
    },
  )
}

/** On a PGlite that the caller made and closes. */
export function embeddedDatabase(pglite: PGlite, doMigrate: boolean): Database {
  const db = kysely(embeddedPool(pglite))
  return database(db, doMigrate, () => migrate(db))
}

function database(
  db: Kysely<Tables>,
  doMigrate: boolean,
  bringUp: () => Promise<unknown>,
  closed = async (): Promise<void> => {},
): Database {
  let upToDate: Promise<unknown> | null = doMigrate ? null : Promise.resolve()
  return {
    db,
    async ready() {
      upToDate ??= bringUp().catch((error: unknown) => {
        upToDate = null // down: the next call tries again
        throw error
      })
      await upToDate
    },
    async close() {
      await db.destroy()
      await closed()
    },
  }
}

/** One session: PostgreSQL in this process has no more. */
const embeddedPool = (pglite: PGlite): pg.Pool =>
  new pg.Pool({ ...createPgConfig(pglite), max: 1, idleTimeoutMillis: 0, types })

const kysely = (pool: pg.Pool | (() => Promise<pg.Pool>)): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

function remotePool(options: PostgresOptions, databaseUrl: string, statementTimeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    ...addressOf(databaseUrl),
    ...credentials(options, databaseUrl),
    application_name: options.name,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: statementTimeoutMs,
    lock_timeout: Math.min(LOCK_TIMEOUT_MS, statementTimeoutMs),
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    stream: () => mortalSocket(statementTimeoutMs + SILENCE_MARGIN_MS),
    types,
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  return pool
}

/** What the URL says of the address. Parameters of it are not read: none of them can turn verification off. */
function addressOf(databaseUrl: string) {
  const { hostname, port, pathname } = new URL(databaseUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  return {
    host,
    port: port === '' ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    ssl: isLoopback(host) ? false : { rejectUnauthorized: true },
  }
}

function credentials({ databaseIam, awsRegion }: PostgresOptions, databaseUrl: string) {
  const { host, port } = addressOf(databaseUrl)
  const { username, password } = new URL(databaseUrl)
  const user = decodeURIComponent(username)
  if (!databaseIam) return { user, password: decodeURIComponent(password) }
  const signer = new Signer({ hostname: host, port, username: user, region: awsRegion! })
  // Asked for each new connection: a token is good for 15 min.
  return { user, password: () => signer.getAuthToken() }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** A peer that is gone without a word would keep a statement waiting for a quarter of an hour. */
function mortalSocket(silenceMs: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => socket.destroy(new Error(`silent for ${silenceMs} ms`)))
}

/** Counts and sums of ours fit in 53 bits. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}
