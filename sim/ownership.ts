import type { VirtualClock } from '../kit/virtual-clock.ts'
import { LEASE_MS } from '../server/shard/lease.ts'
import type { Node } from './node.ts'

/** P2: no two servers that are awake trust in the same shard. */
export function createOwnership(
  clock: VirtualClock,
  nodes: () => readonly Node[],
  violation: (promise: string, text: string) => void,
) {
  let leasesHoldFromMs = 0

  return {
    check(): void {
      const owners = new Map<number, string>()
      for (const { process, server, state } of nodes()) {
        if (state === 'dead' || process.paused()) continue
        for (const gate of server.parts.shards.all()) {
          if (!gate.trusted()) continue
          const other = owners.get(gate.shard)
          if (other !== undefined && clock.monotonic() >= leasesHoldFromMs) {
            violation('P2', `shard ${gate.shard} is trusted on ${other} and ${process.name}`)
          }
          owners.set(gate.shard, process.name)
        }
      }
    },
    /**
     * The store's clock went forward: leases are over for it that their owners trust in until they are. Whoever takes such a shard has fenced
     * the owner, which may not know it yet and can change nothing.
     */
    leasesCut(): void {
      leasesHoldFromMs = clock.monotonic() + LEASE_MS
    },
  }
}
