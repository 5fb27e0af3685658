import type { NodeName } from '../../ports/bus.ts'
import type { Subscriber } from '../room/hosted.ts'
import type { BusMessage } from './wire.ts'

/** Gateways of other servers, as subscribers of the rooms here: one copy of each event a server, fanned out there. */
export function createRemoteGateways(send: (to: NodeName, message: BusMessage) => void) {
  const gateways = new Map<NodeName, Subscriber>()

  return {
    of(node: NodeName): Subscriber {
      const known = gateways.get(node)
      if (known) return known
      const gateway: Subscriber = {
        node,
        event: (event) => send(node, { type: 'event', event }),
        state: (snapshot) => send(node, { type: 'state', snapshot }),
      }
      gateways.set(node, gateway)
      return gateway
    },
    /** The node is dead: nothing is sent there any more. */
    forget: (node: NodeName): Subscriber | null => {
      const gateway = gateways.get(node) ?? null
      gateways.delete(node)
      return gateway
    },
    nodes: () => [...gateways.keys()],
  }
}
export type RemoteGateways = ReturnType<typeof createRemoteGateways>
