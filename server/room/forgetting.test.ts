import { expect, test } from 'vitest'
import { type Opening, openRoom } from '../../game/room.ts'
import { virtualClock } from '../../kit/virtual-clock.ts'
import { encodeRecord, recordHead } from '../../ports/room-record.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { Gate } from '../shard/gate.ts'
import type { ShardLedger } from '../shard/ledger.ts'
import { createForgetting } from './forgetting.ts'
import type { HostedRoom } from './hosted.ts'

const KEEP_MS = 660_000
const player = (id: string) => ({ id: id as UserId, name: id, rating: null })
const opening: Opening = { mode: 'casual', players: [player('ana'), player('bo')], turnMs: 30_000 }
const over = { ...openRoom(opening, 1_000), status: 'forfeited', reason: 'resign', winner: 1 } as const
const gateOf = (shard: number) => ({ shard, fence: { epoch: 1, nonce: 'n' } }) as unknown as Gate
const ended = (gate: Gate, gameId: string) => ({ gate, gameId, result: `result of ${gameId}` }) as unknown as HostedRoom

function setUp() {
  const clock = virtualClock()
  const forgotten: string[] = []
  const store = { down: false }
  const forget: ShardLedger['forget'] = async (shard, _, gameIds) => {
    if (store.down) throw new Error('down')
    forgotten.push(...gameIds.map((gameId) => `${shard} ${gameId}`))
  }
  const forgetting = createForgetting(clock, { forget } as ShardLedger)
  forgetting.start()
  return { clock, forgotten, store, forgetting }
}

test('[P4] a finished game leaves the store 11 minutes after its end, not before, whatever ended around it', async () => {
  const { clock, forgotten, forgetting } = setUp()
  const gate = gateOf(1)
  forgetting.add(ended(gate, 'a'))
  await clock.advance(900)
  forgetting.add(ended(gate, 'b'))
  await clock.advance(200)
  forgetting.add(ended(gate, 'c'))
  await clock.advance(KEEP_MS - 300)
  expect(forgotten).toEqual([])
  await clock.advance(2_100)
  expect(forgotten).toEqual(['1 a', '1 b'])
  expect(forgetting.gates()).toEqual(new Set([gate]))
  await clock.advance(1_000)
  expect(forgotten).toEqual(['1 a', '1 b', '1 c'])
  expect(forgetting.gates()).toEqual(new Set())
})

test('[P4] what the store could not be told is told again, and until then counts as held', async () => {
  const { clock, forgotten, store, forgetting } = setUp()
  const gate = gateOf(1)
  forgetting.add(ended(gate, 'a'))
  store.down = true
  await clock.advance(KEEP_MS + 5_000)
  expect(forgotten).toEqual([])
  expect(forgetting.archive(gate)).toMatchObject([{ gameId: 'a', result: 'result of a' }])
  store.down = false
  await clock.advance(1_000)
  expect(forgotten).toEqual(['1 a'])
})

test('[P3] a store that went back is given the same results again; those that another owner wrote without what came after the end', () => {
  const { forgetting } = setUp()
  const [gate, other] = [gateOf(1), gateOf(2)]
  const record = (room: typeof over | (typeof over & { offer: { seat: 0; untilMs: number } })) =>
    encodeRecord(recordHead(room, null), '', room)
  const offered = record({ ...over, offer: { seat: 0, untilMs: 9_000 } })
  forgetting.addStored(gate, new Map([['a' as GameId, offered]]), 5_000)
  forgetting.add(ended(gate, 'b'))
  forgetting.add(ended(other, 'c'))
  expect(forgetting.archive(gate)).toEqual([
    { gameId: 'a', record: record(over), create: false, done: true, result: record(over) },
    { gameId: 'b', record: 'result of b', create: false, done: true, result: 'result of b' },
  ])
  forgetting.drop(gate)
  expect(forgetting.archive(gate)).toEqual([])
  expect(forgetting.gates()).toEqual(new Set([other]))
})
