import { Socket } from 'node:net'
import pg from 'pg'
import { hearing } from './hearing.ts'
import { types } from './types.ts'

export interface RemoteOptions {
  readonly databaseUrl: string
  /** Sign in with a token of AWS IAM for the URL's user, in `awsRegion`, instead of a password. */
  readonly databaseIam: boolean
  readonly awsRegion: string | null
  /** Shown in `pg_stat_activity`. */
  readonly name: string
  /** A connection broke while nobody waited for an answer on it: the pool makes another one. */
  readonly onIdleError?: (error: Error) => void
}

/** Connections of one process. A server takes a few hundred in all. */
const CONNECTIONS_MAX = 8
const CONNECT_TIMEOUT_MS = 3_000
const LOCK_TIMEOUT_MS = 3_000
/** The server ends a statement at its time limit; if nothing at all comes by then, the connection is dead. */
const SILENCE_MARGIN_MS = 5_000
const IDLE_MS = 5_000

/** Connections to a real server, made when needed. No statement takes longer than `statementTimeoutMs`. */
export function remotePool(options: RemoteOptions, statementTimeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    ...addressOf(options.databaseUrl),
    ...credentials(options),
    application_name: options.name,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    stream: () => mortalSocket(statementTimeoutMs + SILENCE_MARGIN_MS),
    types,
  })
  return hearing(pool, options.onIdleError)
}

/** What the URL says of the address. Its parameters are not read, so that none of them turns verification off. */
export function addressOf(databaseUrl: string) {
  const { hostname, port, pathname } = new URL(databaseUrl)
  const host = hostname.replace(/^\[|\]$/g, '')
  return {
    host,
    port: port === '' ? 5432 : Number(port),
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    ssl: isLoopback(host) ? false : { rejectUnauthorized: true },
  }
}

function credentials({ databaseUrl, databaseIam, awsRegion }: RemoteOptions) {
  const { host, port } = addressOf(databaseUrl)
  const { username, password } = new URL(databaseUrl)
  const user = decodeURIComponent(username)
  if (!databaseIam) return { user, password: decodeURIComponent(password) }
  // Asked for each new connection: a token is good for 15 min.
  const token = async () => {
    const { Signer } = await import('@aws-sdk/rds-signer')
    return new Signer({ hostname: host, port, username: user, region: awsRegion! }).getAuthToken()
  }
  return { user, password: token }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host)

/** A peer that is gone without a word would keep a statement waiting for a quarter of an hour. */
export function mortalSocket(silenceMs: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => socket.destroy(new Error(`silent for ${silenceMs} ms`)))
}
