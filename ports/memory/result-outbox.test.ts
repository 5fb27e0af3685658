import { expect, test } from 'vitest'
import type { Clock } from '../../kit/clock.ts'
import { OUTBOX_DESTINATIONS, resultOutboxContract } from '../result-outbox.contract.ts'
import { OUTBOX_CLAIM_MS } from '../result-outbox.ts'
import { memoryResultOutbox, outboxGroups, type ResultSource } from './result-outbox.ts'

function handClock() {
  let nowMs = 0
  const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, after: () => () => {}, endOfTurn() {} }
  return { clock, pass: (ms: number) => (nowMs += ms) }
}

function someResults() {
  const shards = new Map<number, { id: string; gameId: string; result: string }[]>()
  let lastId = 0
  let run = 1
  const source: ResultSource = {
    runId: () => `run-${run}`,
    shards: () => shards.keys(),
    results: (shard) => shards.get(shard) ?? [],
    async deliver(shard, ids) {
      shards.set(
        shard,
        (shards.get(shard) ?? []).filter(({ id }) => !ids.includes(id)),
      )
    },
  }
  const add = (shard: number, gameId: string, result: string) => {
    shards.set(shard, [...(shards.get(shard) ?? []), { id: `${++lastId}`, gameId, result }])
  }
  return { source, add, failOver: () => (run += 1) }
}

resultOutboxContract('memory', async () => {
  const { source, add } = someResults()
  const { clock } = handClock()
  const groups = outboxGroups(OUTBOX_DESTINATIONS)
  return {
    outbox: (_reader, shards, claimMs) =>
      memoryResultOutbox({ ...source, shards: () => shards }, clock, groups, claimMs),
    add: async (shard, gameId, result) => add(shard, gameId, result),
    waiting: async (shard) => source.results(shard).map(({ gameId }) => gameId),
    close: async () => {},
  }
})

test('memory: [O2] a reader holds what it read until it is due', async () => {
  const { source, add } = someResults()
  const { clock, pass } = handClock()
  const outbox = memoryResultOutbox(source, clock, outboxGroups(['games']))
  add(1, 'g1', 'r')
  expect(await outbox.read('games', 9)).toHaveLength(1)
  pass(OUTBOX_CLAIM_MS - 1)
  expect(await outbox.read('games', 9)).toEqual([])
  pass(1)
  expect(await outbox.read('games', 9)).toHaveLength(1)
})

test('memory: [O4] [P7] after a failover everything that waits comes again, also what one destination had', async () => {
  const { source, add, failOver } = someResults()
  const outbox = memoryResultOutbox(source, handClock().clock, outboxGroups(OUTBOX_DESTINATIONS))
  add(1, 'g1', 'r')
  const before = await outbox.read('games', 9)
  await outbox.ack('games', before)
  failOver()
  const again = await outbox.read('games', 9)
  expect(again).toEqual([{ ...before[0], runId: 'run-2' }])
})

test('memory: [O5] the oldest entry ages while it waits', async () => {
  const { source, add } = someResults()
  const { clock, pass } = handClock()
  const outbox = memoryResultOutbox(source, clock, outboxGroups(['games']))
  add(1, 'g1', 'r')
  expect(await outbox.backlog()).toEqual([{ destination: 'games', count: 1, oldestMs: 0 }])
  pass(5_000)
  add(1, 'g2', 'r')
  expect(await outbox.backlog()).toEqual([{ destination: 'games', count: 2, oldestMs: 5_000 }])
})
