import { Cluster, Redis } from 'ioredis'
import { fraction, systemRandom } from '../../kit/random.ts'
import { type ConnectOptions, nodeOptions, type Valkey } from './connect.ts'

/** A channel whose slot moves on while it is looked for is given up after so many nodes. */
const REDIRECTIONS_MAX = 4

interface Address {
  readonly host: string
  readonly port: number
}

/**
 * A connection of its own that hears `channel`: on the single store at `url`, or on the primary that has the channel in the cluster that
 * `valkey` leads to. It never heals: it ends with the first trouble, and whoever wants to hear on opens another one. (Clients of clusters
 * that move subscriptions by themselves lose or double them around a failover.) @throws Error when it cannot be subscribed
 */
export async function subscribe(url: string, valkey: Valkey, channel: string, options: ConnectOptions): Promise<Redis> {
  const sharded = valkey instanceof Cluster
  let address = sharded ? anyPrimary(valkey) : null
  for (let redirections = 0; ; redirections++) {
    const redis = new Redis({
      ...nodeOptions(url, options),
      ...address,
      lazyConnect: true,
      retryStrategy: () => null,
    })
    redis.on('error', options.onError ?? (() => {}))
    try {
      await redis.connect()
      await (sharded ? redis.ssubscribe(channel) : redis.subscribe(channel))
      return redis
    } catch (error) {
      redis.disconnect()
      address = movedTo(error, address)
      if (address === null || redirections >= REDIRECTIONS_MAX) throw error
    }
  }
}

/** Each of them knows who has the channel. Null: none is known, and the first address must do. */
function anyPrimary(cluster: Cluster): Address | null {
  const nodes = cluster.nodes('master')
  const { host, port } = nodes[Math.floor(fraction(systemRandom) * nodes.length)]?.options ?? {}
  return host === undefined || port === undefined ? null : { host, port }
}

/** `MOVED 1234 HOST:PORT`; without a host it is the one that answered. */
function movedTo(error: unknown, from: Address | null): Address | null {
  const moved = error instanceof Error ? /^MOVED \d+ (.*):(\d+)$/.exec(error.message) : null
  if (moved === null) return null
  const host = moved[1] || from?.host
  return host === undefined ? null : { host, port: Number(moved[2]) }
}
