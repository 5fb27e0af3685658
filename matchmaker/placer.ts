import type { CancelTimer, Clock } from '../kit/clock.ts'
import type { Bus, NodeName } from '../ports/bus.ts'
import type { NodeRecord } from '../ports/node-registry.ts'
import { decodePlaced, encodeMessage, type Placement } from '../ports/placement.ts'
import type { Match } from '../ports/ticket-queue.ts'

/** A server that has not answered for so long is taken for dead: the match may go elsewhere, in ms. */
const ANSWER_WITHIN_MS = 1_500

/** Asks servers over the bus to open rooms: the less loaded of the two players' servers, or any that takes rooms. */
export function createPlacer(clock: Clock, self: NodeName, bus: Bus, servers: () => readonly NodeRecord[]) {
  const waiting = new Map<number, { readonly resolve: (placement: Placement) => void; readonly cancel: CancelTimer }>()
  let lastId = 0

  function settle(id: number, placement: Placement): void {
    const entry = waiting.get(id)
    if (entry === undefined) return
    waiting.delete(id)
    entry.cancel()
    entry.resolve(placement)
  }

  return {
    start: (): Promise<void> =>
      bus.subscribe(self, (text) => {
        const message = decodePlaced(text)
        if (message !== null) settle(message.id, message.placement)
      }),
    place(match: Match): Promise<Placement> {
      const target = targetOf(match, servers())
      if (target === null) return Promise.resolve({ type: 'unknown' })
      const id = ++lastId
      return new Promise((resolve) => {
        waiting.set(id, { resolve, cancel: clock.after(ANSWER_WITHIN_MS, () => settle(id, { type: 'unknown' })) })
        bus.send(target, encodeMessage({ type: 'place', from: self, id, match }))
      })
    },
  }
}

/** Null: no server takes rooms. */
export function targetOf(match: Match, servers: readonly NodeRecord[]): NodeName | null {
  const open = servers.filter(({ draining }) => !draining)
  const theirs = open.filter(({ node }) => match.tickets.some((ticket) => ticket.node === node))
  const [least] = (theirs.length > 0 ? theirs : open).toSorted(
    (a, b) => a.rooms - b.rooms || (a.node < b.node ? -1 : 1),
  )
  return least?.node ?? null
}
