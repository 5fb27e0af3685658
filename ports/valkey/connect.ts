import { Cluster, Redis } from 'ioredis'
import { fraction, systemRandom } from '../../kit/random.ts'

/** A single Valkey or Redis, or a cluster of them. */
export type Valkey = Redis | Cluster

export interface ConnectOptions {
  /** Shown in CLIENT LIST: the process and what this connection is for. */
  readonly name: string
  /** A call unanswered for so long has an unknown outcome, ms. Null for connections whose reads block. */
  readonly commandTimeoutMs?: number | null
  /** Connection trouble after the first success; the connection heals itself. */
  readonly onError?: (error: Error) => void
}

/** Commands wait at most so long, ms: long against a round trip, short against a lease. */
export const COMMAND_TIMEOUT_MS = 1_000
const CONNECT_TIMEOUT_MS = 2_000
const RETRY_MAX_MS = 1_000
const KEEP_ALIVE_MS = 5_000
/** How often a cluster's map is read again, ms: a failover without a single error is seen within this. */
const SLOTS_REFRESH_MS = 1_000
const REDIRECTIONS_MAX = 4

/**
 * Connects to `redis://` or `rediss://[user:password@]host[:port]`, whichever the server says it is: one node, or a cluster found through
 * it. Nothing is queued or repeated behind the caller's back: a call that was answered with an error never runs later on its own accord.
 * @throws Error when the first connection fails, or the store would evict what it was told to keep
 */
export async function connectValkey(url: string, options: ConnectOptions): Promise<Valkey> {
  const node = nodeOptions(url, options)
  const redis = new Redis({ ...node, lazyConnect: true, enableOfflineQueue: false, retryStrategy })
  /** What the closed connection died of says more than that it is closed. */
  let trouble: Error | null = null
  redis.on('error', (error) => {
    trouble = error
    options.onError?.(error)
  })
  try {
    await redis.connect()
    if (!(await redis.info('cluster')).includes('cluster_enabled:1')) {
      await demandNoEviction([redis])
      return redis
    }
  } catch (error) {
    redis.disconnect()
    throw trouble ?? error
  }
  redis.disconnect()
  return connectCluster(node, options)
}

/** Ends a connection; calls in flight fail. */
export const closeValkey = (valkey: Valkey): void => valkey.disconnect()

async function connectCluster(node: ReturnType<typeof nodeOptions>, options: ConnectOptions): Promise<Cluster> {
  const { host, port, ...redisOptions } = node
  const cluster = new Cluster([{ host, port }], {
    redisOptions,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRedirections: REDIRECTIONS_MAX,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    clusterRetryStrategy: retryStrategy,
    clusterNodeRetryStrategy: retryStrategy,
    // Certificates name hosts, not addresses.
    ...(node.tls && { dnsLookup: (address, found) => found(null, address) }),
  })
  cluster.on('error', options.onError ?? ignore)
  cluster.on('node error', options.onError ?? ignore)
  try {
    // Alone it would wait for ever on a cluster that is down: the client tries again without telling whoever asked first.
    await Promise.race([cluster.connect(), closedBeforeReady(cluster)])
    await demandNoEviction(cluster.nodes('master'))
    return cluster
  } catch (error) {
    cluster.disconnect()
    throw error
  }
}

/** How any connection to one node is made. */
export function nodeOptions(url: string, { name, commandTimeoutMs = COMMAND_TIMEOUT_MS }: ConnectOptions) {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { db: Number(pathname.slice(1)) }),
    ...(protocol === 'rediss:' && { tls: { servername: hostname } }),
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    ...(commandTimeoutMs !== null && { commandTimeout: commandTimeoutMs, socketTimeout: 2 * commandTimeoutMs }),
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // The address now leads to a replica: connect anew, to whom it leads after the failover. The command is not repeated.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  }
}

const closedBeforeReady = (cluster: Cluster): Promise<never> =>
  new Promise((_, reject) => {
    cluster.once('close', () => reject(new Error('the cluster is down')))
  })

/** A store that evicts could drop a shard's head: no promise would hold. */
async function demandNoEviction(nodes: readonly Redis[]): Promise<void> {
  for (const node of nodes) {
    const policy = /maxmemory_policy:(\S+)/.exec(await node.info('memory'))?.[1]
    if (policy !== undefined && policy !== 'noeviction') {
      throw new Error(`Valkey evicts (maxmemory-policy is ${policy}): set it to noeviction`)
    }
  }
}

const retryStrategy = (attempt: number): number =>
  Math.round(fraction(systemRandom) * Math.min(RETRY_MAX_MS, 50 * 2 ** Math.min(attempt, 10)))

const ignore = (): void => {}
