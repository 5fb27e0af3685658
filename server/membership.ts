import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { NodeName } from '../ports/bus.ts'
import type { NodeRecord, NodeRegistry, Route } from '../ports/node-registry.ts'

/** Between two heartbeats, and two looks at those of others, in ms. */
const BEAT_MS = 250
/** A server that said nothing for so long is suspected dead, in ms; its leases decide whether it is. */
const TTL_MS = 1_500

export interface MembershipOptions {
  readonly clock: Clock
  readonly log: Log
  readonly node: NodeName
  readonly registry: NodeRegistry
  readonly self: () => NodeRecord
  /** The routes of this server's own shards: said again with every heartbeat, because a store may forget. */
  readonly mine: () => readonly Route[]
  readonly learned: (routes: readonly Route[]) => void
  readonly gone: (node: NodeName) => void
}

/** Who else is there, and what each holds, as far as the registry knows. */
export function createMembership(options: MembershipOptions) {
  const { clock, log, node, registry } = options
  let nodes = new Map<NodeName, NodeRecord>()
  let routes: readonly Route[] = []
  let cancel: CancelTimer = () => {}
  let beating = false
  let heardMs = clock.monotonic()

  async function beat(): Promise<void> {
    if (beating) return
    beating = true
    try {
      await registry.heartbeat(options.self(), TTL_MS)
      await registry.publish(options.mine())
      const [records, known] = [await registry.nodes(), await registry.routes()]
      const before = nodes
      nodes = new Map(records.map((record) => [record.node, record]))
      for (const name of before.keys()) if (!nodes.has(name)) options.gone(name)
      routes = known
      options.learned(known)
      heardMs = clock.monotonic()
    } catch (error) {
      log.warn('heartbeat_failed', { error })
    } finally {
      beating = false
    }
  }

  return {
    async start(): Promise<void> {
      await beat()
      cancel = every(clock, BEAT_MS, () => void beat())
    },
    async stop(): Promise<void> {
      cancel()
      await registry.leave(node).catch(() => {})
    },
    isAlive: (name: NodeName): boolean => nodes.has(name),
    routes: () => routes,
    /** The other servers that live. */
    peers: (): readonly NodeName[] => [...nodes.keys()].filter((name) => name !== node),
    records: () => [...nodes.values()],
    /** Players on all servers. */
    online: () => [...nodes.values()].reduce((sum, { players }) => sum + players, 0),
    /** How long the registry has not been heard, in ms. */
    silentMs: () => clock.monotonic() - heardMs,
  }
}
export type Membership = ReturnType<typeof createMembership>
