import type { QueueMode } from '../../protocol/messages.ts'
import type { Match, TakePairAnswer, Ticket, TicketQueue } from '../ticket-queue.ts'
import { batched } from './batched.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript, type Script } from './script.ts'
import { decodeMatch, decodeTicket, encodeMatch, encodeTicket } from './ticket-rows.ts'
import { type WaitingReply, waitingView } from './waiting-view.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

const lua = (name: string): URL => new URL(`lua/${name}.lua`, import.meta.url)
const script = (name: string): Script => readScript(lua(`queue-${name}`), lua('queue'))
const scripts = {
  enqueue: script('enqueue'),
  cancel: script('cancel'),
  touch: script('touch'),
  waiting: script('waiting'),
  lead: script('lead'),
  takePairs: script('take-pairs'),
  pending: script('pending'),
  placed: script('placed'),
  requeue: script('requeue'),
  expire: script('expire'),
}

/** A ticket that a match took is not let in again by a repeat of its enqueue that comes within this, in ms. */
const TAKEN_KEPT_MS = 60_000
/** Tickets that one script lets in, matches that one takes or forgets: it keeps the store from others for some 1 ms. */
const BATCH = 64
/** Tickets that one script expires. */
const EXPIRE_BATCH = 500

type Look = (mode: QueueMode) => Promise<readonly Ticket[]>

/**
 * Tickets on a Valkey or Redis 7, single or cluster. The keys of a region share a hash tag; each call is one script. That a player has
 * no ticket in another region, which lies in another slot, is the user index's promise. Leases go by the store's clock. A call that
 * rejects may have happened; each may be repeated. Tickets let in, pairs taken and matches forgotten in one turn of the event loop share
 * a script. Calls are O(1) but for `waiting` (what changed since this adapter's last look; at the first one everything, some 5 us a
 * ticket, during half of which the store answers nobody else), `pending` and `expire`. A waiting ticket takes some 600 bytes in the store.
 */
export function valkeyTicketQueue(valkey: Valkey, options: WriteOptions = {}): TicketQueue {
  const write = scriptWriter(valkey, options)
  const looks = new Map<string, Look>()

  function lookOf(region: string): Look {
    const known = looks.get(region)
    if (known) return known
    const view = waitingView()
    let last: Promise<unknown> = Promise.resolve()
    const look: Look = (mode) => {
      // One at a time: each begins where the one before ended.
      const next = last.then(async () => {
        view.apply((await runScript(valkey, scripts.waiting, keysOf(region), view.seen())) as WaitingReply)
        return view.read(mode)
      })
      last = next.catch(() => {})
      return next
    }
    looks.set(region, look)
    return look
  }

  const enqueue = batched(
    BATCH,
    ({ region }: Ticket) => region,
    async (tickets) => {
      const args = tickets.flatMap((ticket) => {
        const { userId, id, mode, rating, absentSinceMs } = ticket
        return [userId, id, mode, rating, absentSinceMs ?? '', encodeTicket(ticket)]
      })
      return ((await write(scripts.enqueue, keysOf(tickets[0]!.region), args)) as number[]).map((letIn) => letIn === 1)
    },
  )
  const takePair = batched(
    BATCH,
    ({ epoch, match: { region } }: { readonly epoch: number; readonly match: Match }) => `${epoch} ${region}`,
    async (pairs) => {
      const [{ epoch, match }] = pairs as [(typeof pairs)[number]]
      const args = pairs.flatMap(({ match: taken }) => {
        const [a, b] = taken.tickets
        return [taken.id, a.userId, a.id, b.userId, b.id, encodeMatch(taken)]
      })
      return (await write(scripts.takePairs, keysOf(match.region), [epoch, TAKEN_KEPT_MS, ...args])) as TakePairAnswer[]
    },
  )
  const placed = batched(
    BATCH,
    ({ region }: { readonly region: string; readonly matchId: string }) => region,
    async (matches) => {
      const ids = matches.map(({ matchId }) => matchId)
      await write(scripts.placed, keysOf(matches[0]!.region), ids)
      return matches.map(() => undefined)
    },
  )

  return {
    enqueue,
    cancel: async (region, userId, ticketId) => (await write(scripts.cancel, keysOf(region), [userId, ticketId])) === 1,
    async find(region, userId) {
      const row = await valkey.hget(`${tagOf(region)}:tickets`, userId)
      return row === null ? null : decodeTicket(row)
    },
    touch: async (region, userId, node, absentSinceMs) =>
      (await write(scripts.touch, keysOf(region), [userId, node, absentSinceMs ?? ''])) === 1,
    waiting: (region, mode) => lookOf(region)(mode),
    async lead(region, leader, leaseMs) {
      return (await write(scripts.lead, keysOf(region), [leader, leaseMs])) as number | null
    },
    takePair: (epoch, match) => takePair({ epoch, match }),
    async pending(region) {
      const rows = (await runScript(valkey, scripts.pending, keysOf(region), [])) as string[]
      const found: { number: number; match: Match }[] = []
      for (let i = 0; i < rows.length; i += 3)
        found.push(decodeMatch(rows[i]!, [decodeTicket(rows[i + 1]!), decodeTicket(rows[i + 2]!)]))
      return found.sort((x, y) => x.number - y.number).map(({ match }) => match)
    },
    placed: (region, matchId) => placed({ region, matchId }),
    async requeue(region, matchId, keep) {
      await write(scripts.requeue, keysOf(region), [matchId, ...keep])
    },
    async expire(region, absentBeforeMs) {
      const expired: Ticket[] = []
      for (;;) {
        const pairs = (await write(scripts.expire, keysOf(region), [absentBeforeMs, EXPIRE_BATCH])) as string[]
        for (let i = 1; i < pairs.length; i += 2) expired.push(decodeTicket(pairs[i]!))
        if (pairs.length < 2 * EXPIRE_BATCH) return expired
      }
    },
  }
}

const tagOf = (region: string): string => `{q:${region}}`

/** In the order of `lua/queue.lua`. */
function keysOf(region: string): readonly string[] {
  const tag = tagOf(region)
  return [
    `${tag}:tickets`,
    `${tag}:casual`,
    `${tag}:ranked`,
    `${tag}:absent`,
    `${tag}:changes`,
    `${tag}:leader`,
    `${tag}:pending`,
    `${tag}:taken`,
  ]
}
