import { describe, expect, test } from 'vitest'
import { decodePlaced, encodeMessage, type PlacedMessage, type PlaceMessage } from '../../ports/placement.ts'
import { decodeRecord } from '../../ports/room-record.ts'
import type { Ticket } from '../../ports/ticket-queue.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { Snapshot } from '../room/hosted.ts'
import type { ShardId } from '../shard/ledger.ts'
import { type BusMessage, decodeBus, encodeBus } from './wire.ts'

const gameId = '0000000a-1111-8222-8333-444455556666' as GameId
const [ana, bo] = ['ana' as UserId, 'bo' as UserId]
const from = 'n1.abc'
const route = { shard: 10, epoch: 2, node: 'n2.def' }
const RECORD =
  '[1,"ranked",[["ana","Ana",1500,null],["bo","Bo",1512,null]],30000,1700000000000,null,2,14,[1200],1700000031200,"active",null,null,null,null,null]'

const snapshot: Snapshot = { gameId, epoch: 2, connected: [true, false], ...read(RECORD) }

function read(record: string) {
  const decoded = decodeRecord(record)
  if (!decoded.ok) throw new Error(decoded.error)
  return decoded.value
}

/** The text of each message as other releases send and read it: a change here needs a new BUS_SCHEMA. */
const GOLDEN: readonly (readonly [BusMessage, string])[] = [
  [
    { type: 'ask', from, id: 1, request: { type: 'move', gameId, userId: ana, ply: 1, cell: 4 } },
    `[1,{"type":"ask","from":"n1.abc","id":1,"request":{"type":"move","gameId":"${gameId}","userId":"ana","ply":1,"cell":4}}]`,
  ],
  [
    { type: 'ask', from, id: 2, request: { type: 'rematch', gameId, userId: ana, lapsed: false } },
    `[1,{"type":"ask","from":"n1.abc","id":2,"request":{"type":"rematch","gameId":"${gameId}","userId":"ana","lapsed":false}}]`,
  ],
  [{ type: 'answer', id: 1, answer: { type: 'ok' } }, '[1,{"type":"answer","id":1,"answer":{"type":"ok"}}]'],
  [
    { type: 'answer', id: 3, answer: { type: 'moved_to', route } },
    '[1,{"type":"answer","id":3,"answer":{"type":"moved_to","route":{"shard":10,"epoch":2,"node":"n2.def"}}}]',
  ],
  [
    { type: 'answer', id: 4, answer: { type: 'snapshot', snapshot } },
    `[1,{"type":"answer","id":4,"answer":{"type":"snapshot","snapshot":["${gameId}",${JSON.stringify(RECORD)},true,false,2]}}]`,
  ],
  [
    {
      type: 'answer',
      id: 5,
      answer: { type: 'refused', refusal: { code: 'STALE', message: 'no', details: { version: 2, board: 81 } } },
    },
    '[1,{"type":"answer","id":5,"answer":{"type":"refused","refusal":{"code":"STALE","message":"no","details":{"version":2,"board":81}}}}]',
  ],
  [
    {
      type: 'event',
      event: { type: 'moved', gameId, version: 2, ply: 0, cell: 4, board: 81, deadline: 1_700_000_031_200 },
    },
    `[1,{"type":"event","event":{"type":"moved","gameId":"${gameId}","version":2,"ply":0,"cell":4,"board":81,"deadline":1700000031200}}]`,
  ],
  [{ type: 'state', snapshot }, `[1,{"type":"state","snapshot":["${gameId}",${JSON.stringify(RECORD)},true,false,2]}]`],
  [
    { type: 'opened', from, route, snapshot },
    `[1,{"type":"opened","from":"n1.abc","route":{"shard":10,"epoch":2,"node":"n2.def"},"snapshot":["${gameId}",${JSON.stringify(RECORD)},true,false,2]}]`,
  ],
  [
    { type: 'presence', from, gameId, userId: bo, connected: false },
    `[1,{"type":"presence","from":"n1.abc","gameId":"${gameId}","userId":"bo","connected":false}]`,
  ],
  [{ type: 'leave', from, gameId }, `[1,{"type":"leave","from":"n1.abc","gameId":"${gameId}"}]`],
  [
    { type: 'refresh', from, games: [{ gameId, version: 3, present: [ana] }] },
    `[1,{"type":"refresh","from":"n1.abc","games":[{"gameId":"${gameId}","version":3,"present":["ana"]}]}]`,
  ],
  [
    { type: 'hand', from, shard: 10 as ShardId, fence: { epoch: 2, nonce: 'ab' } },
    '[1,{"type":"hand","from":"n1.abc","shard":10,"fence":{"epoch":2,"nonce":"ab"}}]',
  ],
  [
    {
      type: 'rated',
      games: [
        [
          gameId,
          [
            [1500, 1516],
            [1500, 1484],
          ],
        ],
      ],
    },
    `[1,{"type":"rated","games":[["${gameId}",[[1500,1516],[1500,1484]]]]}]`,
  ],
  [{ type: 'routes', routes: [route] }, '[1,{"type":"routes","routes":[{"shard":10,"epoch":2,"node":"n2.def"}]}]'],
]

const ticket = (id: string, userId: UserId): Ticket => ({
  id,
  userId,
  name: userId,
  mode: 'casual',
  region: 'eu',
  rating: 1500,
  blocked: [],
  lastOpponent: null,
  enqueuedAtMs: 1_700_000_000_000,
  node: from,
  absentSinceMs: null,
})
const TICKET_A =
  '{"id":"t1","userId":"ana","name":"ana","mode":"casual","region":"eu","rating":1500,"blocked":[],"lastOpponent":null,"enqueuedAtMs":1700000000000,"node":"n1.abc","absentSinceMs":null}'
const TICKET_B = TICKET_A.replace('"t1"', '"t2"').replaceAll('"ana"', '"bo"')
const place: PlaceMessage = {
  type: 'place',
  from: 'm1',
  id: 9,
  match: {
    id: 'm-1',
    mode: 'casual',
    region: 'eu',
    tickets: [ticket('t1', ana), ticket('t2', bo)],
    reason: { waitedMs: [10, 20], width: 50, distance: 0 },
    pairedAtMs: 1_700_000_000_100,
  },
}
const PLACE = `[1,{"type":"place","from":"m1","id":9,"match":{"id":"m-1","mode":"casual","region":"eu","tickets":[${TICKET_A},${TICKET_B}],"reason":{"waitedMs":[10,20],"width":50,"distance":0},"pairedAtMs":1700000000100}}]`

describe('messages between servers', () => {
  for (const [message, text] of GOLDEN) {
    test(`[BUS 1] ${message.type} has its bytes, and is read back`, () => {
      expect(encodeBus(message)).toBe(text)
      expect(decodeBus(text)).toEqual({ ok: true, value: message })
    })
  }

  test('[BUS 1] what the matchmaker asks is read by servers, what they answer by the matchmaker', () => {
    expect(encodeMessage(place)).toBe(PLACE)
    expect(decodeBus(PLACE)).toEqual({ ok: true, value: place })
    const placed: PlacedMessage = { type: 'placed', id: 9, placement: { type: 'refused', keep: [bo] } }
    const text = '[1,{"type":"placed","id":9,"placement":{"type":"refused","keep":["bo"]}}]'
    expect(encodeMessage(placed)).toBe(text)
    expect(decodePlaced(text)).toEqual(placed)
  })

  test('[P8] what a foreign or newer process sent is refused, not half read', () => {
    const foreign = ['', 'nonsense', '{}', '[]', '[1]', '[1,{}]', '[1,{"type":7}]', '[2,{"type":"leave"}]', 'null']
    for (const text of foreign) expect(decodeBus(text).ok).toBe(false)
    for (const text of [...foreign, '[1,{"type":"place"}]']) expect(decodePlaced(text)).toBeNull()
    const torn = `[1,{"type":"state","snapshot":["${gameId}","[9]",true,false]}]`
    expect(decodeBus(torn)).toEqual({ ok: false, error: 'not a room record of schema 1' })
    expect(decodeBus('[1,{"type":"state","snapshot":7}]').ok).toBe(false)
  })
})

test('[skew] a snapshot of a release without epochs is older than any', () => {
  const text = `[1,{"type":"state","snapshot":["${gameId}",${JSON.stringify(RECORD)},true,false]}]`
  expect(decodeBus(text)).toEqual({ ok: true, value: { type: 'state', snapshot: { ...snapshot, epoch: 0 } } })
})
