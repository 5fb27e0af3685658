import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { end, type Launched, launch } from './processes.ts'
import { hasPostgres, startPostgres, type TestPostgres } from './test-postgres.ts'
import { startRedis, type TestRedis } from './test-redis.ts'

export interface ClusterOptions {
  readonly servers: number
  /** Passed on to every process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where Valkey is; default: `VALKEY_URL`, else a Valkey or Redis of PATH is started. */
  readonly valkeyUrl?: string
  /** Where statistics are; default: `DATABASE_URL`, else a PostgreSQL of this machine is started, else one inside `persistence`. */
  readonly databaseUrl?: string
  /** Where finished games are; default: `DYNAMODB_ENDPOINT`, else a DynamoDB is started. */
  readonly dynamodbEndpoint?: string
  /** Every line that a process prints. */
  readonly line?: (name: string, line: string) => void
  /** A process ended that nobody asked to. */
  readonly died?: (name: string, how: number | NodeJS.Signals | null) => void
}

export interface ServerProcess {
  readonly nodeId: string
  readonly pid: number
  readonly url: string
  readonly adminUrl: string
}

/** What `npm run cluster` prints when everything is ready. */
export interface ClusterView {
  readonly servers: readonly ServerProcess[]
  readonly matchmaker: readonly { readonly pid: number }[]
  readonly persistence: readonly { readonly pid: number }[]
  readonly api: readonly { readonly pid: number; readonly url: string }[]
  readonly valkeyUrl: string
  readonly databaseUrl: string | null
  readonly dynamodbEndpoint: string
}

const LOOPBACK = '127.0.0.1'
type Role = 'server' | 'matchmaker' | 'persistence' | 'api'

/** All processes on this machine, against one Valkey, one PostgreSQL and one DynamoDB. */
export async function startCluster(options: ClusterOptions) {
  const dataDir = await mkdtemp(join(tmpdir(), 'oxo-cluster-'))
  const { store, postgres, dynamo, valkeyUrl, databaseUrl, dynamodbEndpoint } = await startStores(options, dataDir)
  const forwardSecret = randomBytes(24).toString('base64url')
  const running = new Map<string, { readonly role: Role; readonly launched: Launched }>()
  let stopping = false
  let nextServer = 1

  async function start(
    role: Role,
    name: string,
    env: Readonly<Record<string, string>>,
    entry = `${role}/main.ts`,
  ): Promise<Launched> {
    const launched = await launch({
      entry,
      readyEvent: `${role}_ready`,
      env: {
        PORT: '0',
        ADMIN_PORT: '0',
        HOST: LOOPBACK,
        NODE_ID: name,
        VALKEY_URL: valkeyUrl,
        DATA_DIR: dataDir,
        FORWARD_SECRET: forwardSecret,
        DYNAMODB_ENDPOINT: dynamodbEndpoint,
        ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
        ...options.env,
        ...env,
      },
      line: (line) => options.line?.(name, line),
    })
    running.set(name, { role, launched })
    void launched.ended.then((how) => {
      if (running.get(name)?.launched !== launched) return
      running.delete(name)
      if (!stopping) options.died?.(name, how)
    })
    return launched
  }

  const url = (port: unknown) => `http://${LOOPBACK}:${port}`
  let apiUrl = ''

  /** One more server; its name is new unless given. */
  const addServer = async (
    name = `server-${nextServer++}`,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> => {
    const { pid, ready } = await start('server', name, { API_URL: apiUrl, ...env })
    return { nodeId: name, pid, url: url(ready.port), adminUrl: url(ready.adminPort) }
  }

  const of = (role: Role) => [...running].filter(([, process]) => process.role === role)
  const view = (): ClusterView => ({
    servers: of('server').map(([nodeId, { launched }]) => ({
      nodeId,
      pid: launched.pid,
      url: url(launched.ready.port),
      adminUrl: url(launched.ready.adminPort),
    })),
    matchmaker: of('matchmaker').map(([, { launched }]) => ({ pid: launched.pid })),
    persistence: of('persistence').map(([, { launched }]) => ({ pid: launched.pid })),
    api: of('api').map(([, { launched }]) => ({ pid: launched.pid, url: url(launched.ready.port) })),
    valkeyUrl,
    databaseUrl,
    dynamodbEndpoint,
  })

  const api = await start('api', 'api-1', {})
  apiUrl = url(api.ready.port)
  await Promise.all([start('matchmaker', 'matchmaker-1', {}), start('persistence', 'persistence-1', {})])
  for (let n = 0; n < options.servers; n++) await addServer()

  return {
    view,
    store,
    postgres,
    dataDir,
    addServer,
    start,
    /** Ends one process and forgets it; `died` is not told. */
    async end(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
      const process = running.get(name)
      if (process === undefined) return
      running.delete(name)
      await end(process.launched, signal)
    },
    async stop(): Promise<void> {
      stopping = true
      const servers = of('server').map(([, { launched }]) => end(launched))
      await Promise.all(servers)
      await Promise.all([...running.values()].map(({ launched }) => end(launched)))
      await Promise.all([store?.stop(), postgres?.stop(), dynamo && end(dynamo)])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
export type LocalCluster = Awaited<ReturnType<typeof startCluster>>

interface Stores {
  readonly store: TestRedis | null
  readonly postgres: TestPostgres | null
  readonly dynamo: Launched | null
  readonly valkeyUrl: string
  readonly databaseUrl: string | null
  readonly dynamodbEndpoint: string
}

/** What was not given is started. */
async function startStores(options: ClusterOptions, dataDir: string): Promise<Stores> {
  const given = {
    valkeyUrl: options.valkeyUrl ?? process.env.VALKEY_URL,
    databaseUrl: options.databaseUrl ?? process.env.DATABASE_URL,
    dynamodbEndpoint: options.dynamodbEndpoint ?? process.env.DYNAMODB_ENDPOINT,
  }
  const [store, postgres, dynamo] = await Promise.all([
    given.valkeyUrl ? null : startRedis(['--appendonly', 'yes', '--appendfsync', 'always']),
    given.databaseUrl || !hasPostgres() ? null : startPostgres(['synchronous_commit=on', 'fsync=on']),
    given.dynamodbEndpoint
      ? null
      : launch({ entry: 'scripts/local-dynamo.ts', readyEvent: 'dynamo_ready', env: { DATA_DIR: dataDir } }),
  ])
  return {
    store,
    postgres,
    dynamo,
    valkeyUrl: given.valkeyUrl || store!.url,
    databaseUrl: given.databaseUrl || postgres?.url || null,
    dynamodbEndpoint: given.dynamodbEndpoint || String(dynamo!.ready.endpoint),
  }
}
