import type { Clock } from '../../kit/clock.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Subscriber } from '../room/hosted.ts'
import type { BusMessage } from './wire.ts'

/** A server that the registry does not list and that has not been heard for so long is dead, in ms: two refreshes of its games. */
export const UNHEARD_MS = 10_000

/** Gateways of other servers, as subscribers of the rooms here: one copy of each event a server, fanned out there. */
export function createRemoteGateways(clock: Clock, send: (to: NodeName, message: BusMessage) => void) {
  const gateways = new Map<NodeName, { readonly gateway: Subscriber; heardMs: number }>()

  return {
    /** The one that a message came from. */
    of(node: NodeName): Subscriber {
      const heardMs = clock.monotonic()
      const known = gateways.get(node)
      if (known) {
        known.heardMs = heardMs
        return known.gateway
      }
      const gateway: Subscriber = {
        node,
        event: (event) => send(node, { type: 'event', event }),
        state: (snapshot) => send(node, { type: 'state', snapshot }),
      }
      gateways.set(node, { gateway, heardMs })
      return gateway
    },
    /** The node is dead: nothing is sent there any more. */
    forget: (node: NodeName): Subscriber | null => {
      const gateway = gateways.get(node)?.gateway ?? null
      gateways.delete(node)
      return gateway
    },
    /** Those that died while the registry did not list them, as when they were cut off from it before. */
    silent: (living: ReadonlySet<NodeName>): readonly NodeName[] =>
      [...gateways].flatMap(([node, { heardMs }]) =>
        living.has(node) || clock.monotonic() - heardMs < UNHEARD_MS ? [] : [node],
      ),
  }
}
export type RemoteGateways = ReturnType<typeof createRemoteGateways>
