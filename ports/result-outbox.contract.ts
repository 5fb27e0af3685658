import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OutboxEntry, ResultOutbox } from './result-outbox.ts'

/*
 * [O1] each destination reads everything, at its own pace   [O2] what one reader holds, no other gets before it is due
 * [O3] what every destination has leaves the outbox         [O4] acks of another run are ignored
 * [O5] the backlog of each destination is known
 */

export const OUTBOX_DESTINATIONS = ['games', 'statistics'] as const

export interface OutboxBench {
  /** An outbox of `OUTBOX_DESTINATIONS` over `shards`, as `reader` sees it. */
  outbox(reader: string, shards: readonly number[], claimMs: number): ResultOutbox
  /** Appends a finished game to the shard's results. */
  add(shard: number, gameId: string, result: string): Promise<void>
  /** Game ids that wait in the shard. */
  waiting(shard: number): Promise<readonly string[]>
  close(): Promise<void>
}

const LONG_MS = 600_000
const games = (entries: readonly OutboxEntry[]) => entries.map(({ gameId }) => gameId)
let lastShard = 500

export function resultOutboxContract(name: string, newBench: () => Promise<OutboxBench>): void {
  let bench: OutboxBench
  beforeAll(async () => {
    bench = await newBench()
  })
  afterAll(async () => {
    await bench?.close()
  })

  async function filled(...gameIds: string[]) {
    const shard = ++lastShard
    for (const gameId of gameIds) await bench.add(shard, gameId, `result of ${gameId}`)
    return { shard, outbox: bench.outbox('a', [shard], LONG_MS) }
  }

  test(`${name}: [O1] [P7] every destination reads every result, whole and oldest first, at most so many at once`, async () => {
    const { shard, outbox } = await filled('g1', 'g2', 'g3')
    const first = await outbox.read('games', 2)
    expect(first).toMatchObject([
      { shard, gameId: 'g1', result: 'result of g1' },
      { shard, gameId: 'g2', result: 'result of g2' },
    ])
    expect(games(await outbox.read('games', 2))).toEqual(['g3'])
    expect(await outbox.read('games', 2)).toEqual([])
    expect(games(await outbox.read('statistics', 9))).toEqual(['g1', 'g2', 'g3'])
  })

  test(`${name}: [O1] no shard and an empty shard have nothing to read`, async () => {
    const { shard } = await filled()
    expect(await bench.outbox('a', [], LONG_MS).read('games', 5)).toEqual([])
    expect(await bench.outbox('a', [shard], LONG_MS).read('games', 5)).toEqual([])
  })

  test(`${name}: [O1] several shards are read together, and none is left out when few are asked for`, async () => {
    const shards = [(await filled('a1', 'a2')).shard, (await filled('b1')).shard, (await filled('c1')).shard]
    const outbox = bench.outbox('a', shards, LONG_MS)
    const read: string[] = []
    for (let tries = 0; tries < 12; tries++) {
      const some = games(await outbox.read('games', 2))
      expect(some.length).toBeLessThanOrEqual(2)
      read.push(...some)
    }
    expect(read.sort()).toEqual(['a1', 'a2', 'b1', 'c1'])
  })

  test(`${name}: [O2] [P7] entries of a reader that never acknowledged come again, the acknowledged ones do not`, async () => {
    const { shard } = await filled('g1', 'g2', 'g3')
    const impatient = bench.outbox('a', [shard], 0)
    const [first] = await impatient.read('games', 2)
    await impatient.ack('games', [first!])
    await impatient.ack('games', [])
    expect(games(await impatient.read('games', 9))).toEqual(['g2', 'g3'])
    expect(games(await impatient.read('games', 9))).toEqual(['g2', 'g3'])
  })

  test(`${name}: [O2] two readers never hold the same entry, and what a dead one held is the other's when it is due`, async () => {
    const { shard, outbox } = await filled('g1', 'g2', 'g3')
    await outbox.read('games', 2)
    const patient = bench.outbox('b', [shard], LONG_MS)
    const impatient = bench.outbox('b', [shard], 0)
    expect(games(await patient.read('games', 9))).toEqual(['g3'])
    expect(games(await patient.read('games', 9))).toEqual([])
    expect(games(await impatient.read('games', 9))).toEqual(['g1', 'g2', 'g3'])
  })

  test(`${name}: [O1] [O3] acknowledgements of many shards at once`, async () => {
    const shards = await Promise.all(Array.from({ length: 70 }, async (_, n) => (await filled(`m${n}`)).shard))
    const outbox = bench.outbox('a', shards, LONG_MS)
    for (const destination of OUTBOX_DESTINATIONS) {
      const entries = await outbox.read(destination, 500)
      expect(entries).toHaveLength(70)
      await outbox.ack(destination, entries)
    }
    for (const shard of shards) expect(await bench.waiting(shard)).toEqual([])
  })

  test(`${name}: [O5] the backlog of each destination counts what it has not acknowledged`, async () => {
    const { shard, outbox } = await filled('g1', 'g2', 'g3')
    const counts = async () => (await outbox.backlog()).map(({ destination, count }) => [destination, count])
    expect(await counts()).toEqual([
      ['games', 3],
      ['statistics', 3],
    ])
    const [first, second] = await outbox.read('games', 2)
    await outbox.ack('games', [first!])
    expect(await counts()).toEqual([
      ['games', 2],
      ['statistics', 3],
    ])
    await outbox.ack('games', [second!, ...(await outbox.read('games', 9))])
    await outbox.ack('statistics', await outbox.read('statistics', 9))
    expect(await outbox.backlog()).toEqual([
      { destination: 'games', count: 0, oldestMs: 0 },
      { destination: 'statistics', count: 0, oldestMs: 0 },
    ])
    expect(await bench.waiting(shard)).toEqual([])
  })

  test(`${name}: [O3] only what every destination has leaves the outbox`, async () => {
    const { shard, outbox } = await filled('g1', 'g2', 'g3')
    const atGames = await outbox.read('games', 9)
    await outbox.ack('games', atGames)
    expect(await bench.waiting(shard), 'statistics has read nothing').toEqual(['g1', 'g2', 'g3'])
    const atStatistics = await outbox.read('statistics', 9)
    await outbox.ack('statistics', atStatistics.slice(0, 2))
    expect(await bench.waiting(shard)).toEqual(['g3'])
    await outbox.ack('statistics', atStatistics.slice(2))
    expect(await bench.waiting(shard)).toEqual([])
    await outbox.ack('statistics', atStatistics)
    await bench.add(shard, 'g4', 'later')
    expect(games(await outbox.read('games', 9))).toEqual(['g4'])
    expect(games(await outbox.read('statistics', 9))).toEqual(['g4'])
  })

  test(`${name}: [O4] [P7] an acknowledgement of entries read under another run of the store is ignored`, async () => {
    const { shard, outbox } = await filled('g1')
    for (const destination of OUTBOX_DESTINATIONS) {
      const entries = await outbox.read(destination, 9)
      await outbox.ack(
        destination,
        entries.map((entry) => ({ ...entry, runId: 'a-run-before' })),
      )
    }
    expect(await bench.waiting(shard)).toEqual(['g1'])
    for (const destination of OUTBOX_DESTINATIONS) {
      expect(games(await bench.outbox('b', [shard], 0).read(destination, 9))).toEqual(['g1'])
    }
  })
}
