import { expect, test } from 'vitest'
import type { Clock } from '../../kit/clock.ts'
import type { GameId } from '../../protocol/ids.ts'
import { ledgerContract } from './ledger.contract.ts'
import type { ShardId } from './ledger.ts'
import { BIND_MS, GRACE_MS, TOMBSTONE_MS } from './ledger-rules.ts'
import { memoryLedger } from './memory-ledger.ts'
import { memoryStore, restoreStore, snapshotStore, wipeStore } from './memory-store.ts'
import { memoryBench } from './test-memory-bench.ts'

const LEASE_MS = 3_000
const shard = 7 as ShardId
const game = '00000007-0000-8000-8000-000000000001' as GameId
const a = { owner: 'a.1', nonce: 'a', leaseMs: LEASE_MS }
const b = { owner: 'b.1', nonce: 'b', leaseMs: LEASE_MS }
const fence = { epoch: 1, nonce: 'a' }

/** A clock that stands still until it is told otherwise; the ledger sets no timers. */
function handClock() {
  let nowMs = 1_000_000
  const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, after: () => () => {}, endOfTurn() {} }
  return { clock, pass: (ms: number) => (nowMs += ms) }
}

ledgerContract('memory', async () => memoryBench(memoryLedger(handClock().clock)))

test('memory: [L7] a lease ends at its millisecond, not before', async () => {
  const { clock, pass } = handClock()
  const ledger = memoryLedger(clock)
  await ledger.open(shard, a)
  pass(LEASE_MS - 1)
  expect(await ledger.take(shard, { type: 'expired' }, b)).toEqual({ type: 'held', owner: 'a.1', forMs: 1 })
  pass(1)
  expect(await ledger.take(shard, { type: 'expired' }, b)).toMatchObject({ type: 'taken', epoch: 2 })
})

test('memory: [L3] a repeated commit is a write of its own, which a durability wait covers; a refused one is none', async () => {
  const { clock } = handClock()
  const ledger = memoryLedger(clock)
  await ledger.open(shard, a)
  const writes: number[] = []
  for (const seq of [1, 1, 5]) {
    await ledger.commit(shard, fence, seq, [])
    writes.push(ledger.store.writes)
  }
  await ledger.commit(shard, { epoch: 1, nonce: 'another' }, 2, [])
  expect([...writes, ledger.store.writes]).toEqual([1, 2, 2, 2])
})

test('memory: [L8] the grace ends after a lease and a second', async () => {
  const { clock, pass } = handClock()
  const store = memoryStore()
  const ledger = memoryLedger(clock, { store })
  await ledger.open(shard, a)
  restoreStore(store, snapshotStore(store), 'run-2')
  pass(10 * LEASE_MS)
  expect(await ledger.take(shard, { type: 'expired' }, b)).toEqual({ type: 'grace', forMs: LEASE_MS + GRACE_MS })
  pass(LEASE_MS + GRACE_MS - 1)
  expect(await ledger.take(shard, { type: 'expired' }, b)).toEqual({ type: 'grace', forMs: 1 })
  pass(1)
  expect(await ledger.take(shard, { type: 'expired' }, b)).toMatchObject({ type: 'taken', runId: 'run-2' })
})

test('memory: [L10] a binding ends after its hour and leaves no memory behind', async () => {
  const { clock, pass } = handClock()
  const ledger = memoryLedger(clock)
  await ledger.bind('key', game)
  pass(BIND_MS - 1)
  expect(await ledger.bind('key', 'another' as GameId)).toBe(game)
  pass(1)
  expect(await ledger.bound('key')).toBeNull()
  expect(await ledger.bind('other key', game)).toBe(game)
  expect([...ledger.store.binds.keys()]).toEqual(['other key'])
})

test('memory: [L11] a tombstone ends after a day, and with it the shard', async () => {
  const { clock, pass } = handClock()
  const ledger = memoryLedger(clock)
  await ledger.open(shard, a)
  await ledger.remove(shard, fence)
  pass(TOMBSTONE_MS - 1)
  expect(await ledger.open(shard, b)).toEqual({ type: 'exists' })
  pass(1)
  expect(await ledger.renew([{ shard, fence, seq: 0 }], LEASE_MS)).toMatchObject([{ type: 'missing' }])
  expect(ledger.store.shards.size).toBe(0)
})

test('memory: nodes share a store; a snapshot is not touched by later commits; an empty restart loses all', async () => {
  const { clock } = handClock()
  const store = memoryStore('run-1')
  const [one, two] = [memoryLedger(clock, { store }), memoryLedger(clock, { store })]
  await one.open(shard, a)
  await one.commit(shard, fence, 1, [{ gameId: game, record: 'old', create: true, done: false, result: null }])
  const lagging = snapshotStore(store)
  await one.commit(shard, fence, 2, [{ gameId: game, record: 'new', create: false, done: true, result: 'r' }])
  expect(await two.find(game)).toEqual({ type: 'done', record: 'new' })
  expect(two.results(shard)).toMatchObject([{ gameId: game, result: 'r' }])
  restoreStore(store, lagging, 'run-2')
  expect(await two.find(game)).toEqual({ type: 'live', record: 'old' })
  expect(two.results(shard)).toEqual([])
  expect(await two.renew([{ shard, fence, seq: 2 }], LEASE_MS)).toEqual([{ type: 'behind', seq: 1, runId: 'run-2' }])
  wipeStore(store, 'run-3')
  expect(await two.renew([{ shard, fence, seq: 2 }], LEASE_MS)).toEqual([{ type: 'missing', runId: 'run-3' }])
})
