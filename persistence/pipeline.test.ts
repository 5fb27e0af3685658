import { expect, test } from 'vitest'
import { FAILURES_MAX } from '../ports/dead-letters.ts'
import { OUTBOX_CLAIM_MS } from '../ports/result-outbox.ts'
import { RecordRejected, StoreUnavailable } from '../ports/store-failure.ts'
import { newGameId } from '../ports/test-finished-games.ts'
import { activeResult, resultText, testPipeline } from './test-pipeline.ts'

const takes = async (): Promise<void> => {}
const never = () => new Promise<void>(() => {})
const sizes = (attempts: readonly { readonly gameIds: readonly string[] }[]) =>
  attempts.map(({ gameIds }) => gameIds.length)

test('[P7] what waits is written in bounded batches, oldest first, and acknowledged only then', async () => {
  const bench = testPipeline(takes, { batch: 40 })
  const games = await bench.fill(100)
  bench.boot().start()
  await bench.clock.advance(1_000)
  expect(sizes(bench.attempts)).toEqual([40, 40, 20])
  expect(bench.attempts.flatMap(({ gameIds }) => gameIds)).toEqual(games.map(({ gameId }) => gameId))
  expect(await bench.lacking()).toBe(0)
  expect(bench.counts.written).toBe(100)
})

test('[P7] a writer that dies before the acknowledgement leaves the games to the next one', async () => {
  let answer: () => void = () => {}
  const bench = testPipeline(() => new Promise<void>((resolve) => (answer = resolve)))
  await bench.fill(2)
  bench.boot().start()
  await bench.clock.advance(1_000)
  expect(bench.attempts).toHaveLength(1)
  expect(await bench.lacking(), 'written or not, nobody said so').toBe(2)
  bench.boot().start() // the first one is never heard of again
  await bench.clock.advance(OUTBOX_CLAIM_MS)
  expect(sizes(bench.attempts)).toContain(2)
  answer()
  await bench.clock.advance(1)
  expect(await bench.lacking()).toBe(0)
})

test('an idle outbox is looked at seldom, a new result is found within 400 ms', async () => {
  const bench = testPipeline(takes)
  bench.boot().start()
  await bench.clock.advance(60_000)
  const [game] = await bench.fill(1)
  const sinceMs = bench.clock.monotonic()
  await bench.clock.advance(400)
  expect(bench.attempts).toHaveLength(1)
  expect(bench.attempts[0]!.gameIds).toEqual([game!.gameId])
  expect(bench.attempts[0]!.atMs - sinceMs).toBeLessThanOrEqual(400)
})

test('a batch that holds a record which is refused is halved until that stands alone; all others arrive', async () => {
  const refused = new Set<string>()
  const bench = testPipeline(async (games) => {
    if (games.some(({ gameId }) => refused.has(gameId))) throw new RecordRejected('over 400 KB')
  })
  const games = await bench.fill(100)
  refused.add(games[37]!.gameId)
  bench.boot().start()
  await bench.clock.advance(500)
  expect(bench.counts.written).toBe(99)
  expect(await bench.lacking()).toBe(1)
  expect(bench.attempts.length, 'some 2 log2(100) calls').toBeLessThan(18)
  expect(await bench.deadLetters.count()).toBe(0)

  await bench.clock.advance(20_000)
  expect(bench.counts.rejected).toBe(FAILURES_MAX)
  expect(await bench.deadLetters.list(9)).toMatchObject([
    { destination: 'games', gameId: games[37]!.gameId, reason: 'over 400 KB', result: resultText(games[37]!) },
  ])
  expect(await bench.lacking()).toBe(0)
})

test('failures of a record are counted across restarts', async () => {
  const bench = testPipeline(async () => {
    throw new RecordRejected('no')
  })
  await bench.fill(1)
  for (let start = 1; start < FAILURES_MAX; start++) {
    const pipeline = bench.boot()
    pipeline.start()
    await bench.clock.advance(200)
    await pipeline.stop()
    expect(bench.counts.rejected).toBe(start)
    expect(bench.counts.deadLettered).toBe(0)
    await bench.clock.advance(OUTBOX_CLAIM_MS)
  }
  bench.boot().start()
  await bench.clock.advance(200)
  expect(bench.counts.deadLettered).toBe(1)
  expect(await bench.lacking()).toBe(0)
})

test('a bug of ours counts as the record’s failure: it stops nothing else', async () => {
  const bench = testPipeline(async (games) => {
    if (games.some(({ room }) => room.mode === 'ranked')) throw new TypeError('undefined is not a function')
  })
  await bench.fill(1, { mode: 'ranked' })
  await bench.fill(9)
  bench.boot().start()
  await bench.clock.advance(30_000)
  expect(bench.counts.written).toBe(9)
  expect(bench.counts.deadLettered).toBe(1)
})

test('what nobody can read is kept for a human with its reason, and nothing else stops', async () => {
  const bench = testPipeline(takes)
  const now = bench.clock.now()
  const [good] = await bench.fill(1)
  const record = resultText(good!)
  const other = JSON.parse(record) as unknown[]
  const bad: readonly (readonly [name: string, result: string, reason: RegExp])[] = [
    ['corrupt', '{"half', /not JSON/],
    ['foreign', '{"colour":"red"}', /not a room record/],
    ['later schema', JSON.stringify([99, ...other.slice(1)]), /not a room record of schema/],
    ['wrong fields', JSON.stringify([other[0], 'casual', null, ...other.slice(3)]), /not a room record/],
    ['not over', activeResult(now), /not over/],
  ]
  for (const [, result] of bad) bench.add(8, newGameId(), result)
  await bench.fill(1, { createdAtMs: now + 3_600_000 })
  await bench.fill(1)
  bench.boot().start()
  await bench.clock.advance(1_000)
  expect(bench.counts.written).toBe(2)
  const reasons = (await bench.deadLetters.list(9)).map(({ reason }) => reason)
  expect(reasons).toHaveLength(6)
  for (const [, , reason] of bad) expect(reasons.some((given) => reason.test(given))).toBe(true)
  expect(reasons).toContain('the game ends in the future')
  expect(await bench.lacking()).toBe(0)
})

test('a letter that finds no room is not lost: its record stays in the outbox, others go on', async () => {
  const bench = testPipeline(takes, { lettersMax: 1 })
  bench.add(8, newGameId(), 'a')
  bench.add(8, newGameId(), 'b')
  await bench.fill(5)
  bench.boot().start()
  await bench.clock.advance(1_000)
  expect(bench.counts.written).toBe(5)
  expect(await bench.lacking()).toBe(1)
})

test('[P7] a game that waits twice is written once, and both entries leave', async () => {
  const bench = testPipeline(takes)
  const [game] = await bench.fill(1)
  bench.add(9, game!.gameId, resultText(game!))
  bench.boot().start()
  await bench.clock.advance(500)
  expect(sizes(bench.attempts)).toEqual([1])
  expect(await bench.lacking()).toBe(0)
})

test('a store that never answers is given up after 10 s; with one batch in hand, and the same games again', async () => {
  const bench = testPipeline(never, { batch: 10, lanes: 2 })
  await bench.fill(100)
  bench.boot().start()
  await bench.clock.advance(9_999)
  expect(bench.attempts).toHaveLength(2)
  await bench.clock.advance(300_000)
  const games = new Set(bench.attempts.flatMap(({ gameIds }) => gameIds))
  expect(games.size, 'two batches wait in memory, not the whole backlog').toBe(20)
  expect(bench.counts.rejected, 'it is not the records’ fault').toBe(0)
})

test('at the end calls under way are waited for, waits are not, and nothing new is read', async () => {
  let down = true
  const bench = testPipeline(async () => {
    if (down) throw new StoreUnavailable('refused')
  })
  await bench.fill(3)
  const pipeline = bench.boot()
  pipeline.start()
  await bench.clock.advance(5_000)
  expect(pipeline.down()).toBe(true)
  let ended = false
  void pipeline.stop().then(() => (ended = true))
  await bench.clock.settle()
  expect(ended).toBe(true)
  down = false
  await bench.clock.advance(60_000)
  expect(await bench.lacking(), 'unacknowledged: the next reader has them').toBe(3)
})
