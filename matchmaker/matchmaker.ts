import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Match, Ticket, TicketQueue } from '../ports/ticket-queue.ts'
import type { UserId } from '../protocol/ids.ts'

type Placement = { readonly type: 'placed' } | { readonly type: 'refused'; readonly keep: readonly UserId[] } | { readonly type: 'unknown' }

export function createMatchmaker(o: { clock: Clock; random: Random; log: Log; tickets: TicketQueue; region: string; leader: string; place: (m: Match) => Promise<Placement>; expired: (t: Ticket) => unknown }) {
  let cancel: CancelTimer = () => {}
  let busy = false
  async function round() {
    if (busy) return
    busy = true
    try {
      const epoch = await o.tickets.lead(o.region, o.leader, 3000)
      if (epoch === null) return
      for (const mode of ['casual', 'ranked'] as const) {
        const w = (await o.tickets.waiting(o.region, mode)).filter((t) => t.absentSinceMs === null)
        for (let i = 0; i + 1 < w.length; i += 2) {
          const m: Match = { id: Buffer.from(o.random.bytes(12)).toString('hex'), mode, region: o.region, tickets: [w[i]!, w[i + 1]!], reason: { waitedMs: [0, 0], width: null, distance: 0 }, pairedAtMs: o.clock.now() }
          if ((await o.tickets.takePair(epoch, m)) !== 'taken') continue
          const p = await o.place(m)
          if (p.type === 'placed') await o.tickets.placed(o.region, m.id)
          else if (p.type === 'refused') await o.tickets.requeue(o.region, m.id, p.keep)
        }
      }
    } finally { busy = false }
  }
  return { start: () => { cancel = every(o.clock, 50, () => void round()) }, stop: () => cancel() }
}
