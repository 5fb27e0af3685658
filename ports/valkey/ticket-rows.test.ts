import { expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { matchOf, ticketOf } from '../ticket-queue.contract.ts'
import { decodeMatch, decodeTicket, encodeMatch, encodeTicket } from './ticket-rows.ts'

const ticket = ticketOf('ana', {
  name: 'Two\nLines ✗',
  rating: 1_520.5,
  blocked: ['zoe' as UserId],
  lastOpponent: 'zoe' as UserId,
  absentSinceMs: 1_700_000_000_005,
})

test('[skew] a ticket of schema 1 is written and read as this, for as long as one of them is stored', () => {
  const golden =
    't-ana\nranked\n1520.5\n1700000000005\nn1.boot1\n{"v":1,"userId":"ana","name":"Two\\nLines ✗","region":"local","blocked":["zoe"],"lastOpponent":"zoe","enqueuedAtMs":1700000000000}'
  expect(encodeTicket(ticket)).toBe(golden)
  expect(decodeTicket(golden)).toEqual(ticket)
  expect(decodeTicket(encodeTicket({ ...ticket, absentSinceMs: null })).absentSinceMs).toBeNull()
})

test('[skew] a match of schema 1, likewise', () => {
  const golden =
    '{"v":1,"id":"m-ana-bo","mode":"ranked","region":"local","reason":{"waitedMs":[10,20],"width":50,"distance":20.5},"pairedAtMs":1700000000100}'
  const match = matchOf(ticket, ticketOf('bo'))
  expect(encodeMatch(match)).toBe(golden)
  expect(decodeMatch(`7\nana\nbo\n${golden}`, match.tickets)).toEqual({ number: 7, match })
})

test('[skew] fields that another version lacks or adds do no harm', () => {
  const bare = decodeTicket('t\ncasual\n1500\n\nn\n{"v":2,"userId":"ana","hat":"red"}')
  expect(bare).toEqual({
    ...ticketOf('ana', { id: 't', mode: 'casual', name: '', region: '', node: 'n' }),
    enqueuedAtMs: 0,
  })
})
