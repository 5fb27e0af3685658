import { assert } from '../../kit/assert.ts'
import type { QueueMode } from '../../protocol/messages.ts'
import type { Match, Ticket } from '../ticket-queue.ts'

/**
 * How tickets and matches lie in the store: what scripts look at in lines of its own, the rest as JSON. Readers take the fields that they
 * know and fill in those that an older version lacked.
 */
const SCHEMA = 1

/** `id \n mode \n rating \n absent since ms, or nothing \n node \n JSON`: what `lua/queue.lua` takes apart. */
export function encodeTicket(ticket: Ticket): string {
  const { id, mode, rating, absentSinceMs, node, userId, name, region, blocked, lastOpponent, enqueuedAtMs } = ticket
  const lines = [id, mode, rating, absentSinceMs ?? '', node]
  assert(!lines.some((line) => String(line).includes('\n')), `a ticket's id or node has a line break: ${lines}`)
  const rest = { v: SCHEMA, userId, name, region, blocked, lastOpponent, enqueuedAtMs }
  return [...lines, JSON.stringify(rest)].join('\n')
}

export function decodeTicket(row: string): Ticket {
  const [id, mode, rating, absentSinceMs, node, rest] = lines(row, 5)
  const fields = JSON.parse(rest!) as Partial<Ticket> & Pick<Ticket, 'userId'>
  return {
    id: id!,
    userId: fields.userId,
    name: fields.name ?? '',
    mode: mode as QueueMode,
    region: fields.region ?? '',
    rating: Number(rating),
    blocked: fields.blocked ?? [],
    lastOpponent: fields.lastOpponent ?? null,
    enqueuedAtMs: fields.enqueuedAtMs ?? 0,
    node: node!,
    absentSinceMs: absentSinceMs === '' ? null : Number(absentSinceMs),
  }
}

/** Of a match all but its tickets, which keep rows of their own. */
export const encodeMatch = ({ id, mode, region, reason, pairedAtMs }: Match): string =>
  JSON.stringify({ v: SCHEMA, id, mode, region, reason, pairedAtMs })

/** `row`: number, two users and the JSON, as `lua/queue-take-pair.lua` writes it. */
export function decodeMatch(row: string, tickets: readonly [Ticket, Ticket]): { number: number; match: Match } {
  const [number, , , rest] = lines(row, 3)
  const { id, mode, region, reason, pairedAtMs } = JSON.parse(rest!) as Match
  return { number: Number(number), match: { id, mode, region, tickets, reason, pairedAtMs } }
}

/** The first `count` lines and the remainder. */
function lines(row: string, count: number): readonly string[] {
  const found: string[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    const end = row.indexOf('\n', at)
    assert(end >= 0, `a row of ${i} lines`)
    found.push(row.slice(at, end))
    at = end + 1
  }
  found.push(row.slice(at))
  return found
}
