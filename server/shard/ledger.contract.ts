import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GameId } from '../../protocol/ids.ts'
import type { Change, Claimant, Fence, ShardId, ShardLedger, TakeProof } from './ledger.ts'
import { COMMIT_CHANGES_MAX, LedgerUnknown } from './ledger.ts'
import { EPOCHS_AFTER_GRACE, GRACE_MS } from './ledger-rules.ts'

/*
 * The rules of every ledger. Leases here are either long or over at once, so that no clock needs to pass.
 * [L1] open creates a shard once          [L2] commits are fenced by epoch and nonce     [L3] seq: next, last or gap
 * [L4] an id is created at most once      [L5] a game finishes once, with one result     [L6] take needs a proof
 * [L7] leases: renew, release, clamp      [L8] after a failover the living owner is first [L9] settle and find
 * [L10] bindings                          [L11] remove leaves a tombstone                [L12] forget
 */

export interface LedgerBench {
  readonly ledger: ShardLedger
  /** Undelivered results, oldest first. */
  results(shard: ShardId): Promise<readonly { readonly gameId: GameId; readonly result: string }[]>
  /** Remembers the shard as it is now; the function returned puts it back, as a failover to a lagging replica does. */
  snapshot(shard: ShardId): Promise<() => Promise<void>>
  /** Loses the shard and everything of it, as an empty restart does. */
  lose(shard: ShardId): Promise<void>
  close(): Promise<void>
}

const LONG_MS = 60_000
const OTHER_RUN = 'a-run-before'
let lastShard = 0
let lastNonce = 0

const newShard = () => (++lastShard * 0x10001) as ShardId
const gameOf = (shard: ShardId, n: number) =>
  `${shard.toString(16).padStart(8, '0')}-0000-8000-8000-${n.toString(16).padStart(12, '0')}` as GameId
const claim = (owner = 'a.1', leaseMs = LONG_MS): Claimant => ({ owner, nonce: `nonce-${++lastNonce}`, leaseMs })
const live = (gameId: GameId, record: string): Change => ({ gameId, record, create: false, done: false, result: null })
const created = (gameId: GameId, record: string): Change => ({ ...live(gameId, record), create: true })
const finished = (gameId: GameId, record: string, result: string | null = `result of ${record}`): Change => ({
  ...live(gameId, record),
  done: true,
  result,
})
const expired: TakeProof = { type: 'expired' }

export function ledgerContract(name: string, newBench: () => Promise<LedgerBench>): void {
  let bench: LedgerBench
  let ledger: ShardLedger
  beforeAll(async () => {
    bench = await newBench()
    ledger = bench.ledger
  })
  afterAll(async () => {
    await bench?.close()
  })

  /** A fresh shard that the answered claimant owns. */
  async function opened(claimant = claim()) {
    const shard = newShard()
    const answer = await ledger.open(shard, claimant)
    if (answer.type !== 'opened') throw new Error('shard ids of this suite are used once')
    return { shard, fence: { epoch: answer.epoch, nonce: claimant.nonce }, runId: answer.runId, game: gameOf(shard, 1) }
  }
  async function taken(shard: ShardId, proof: TakeProof, claimant = claim('b.1')) {
    const answer = await ledger.take(shard, proof, claimant)
    if (answer.type !== 'taken') throw new Error(`not taken: ${JSON.stringify(answer)}`)
    return { ...answer, fence: { epoch: answer.epoch, nonce: claimant.nonce } }
  }

  test(`${name}: [L1] a fresh shard opens with epoch 1, empty, at seq 0`, async () => {
    const shard = newShard()
    const answer = await ledger.open(shard, claim())
    expect(answer).toEqual({ type: 'opened', epoch: 1, runId: expect.stringMatching(/.+/) })
    expect(await ledger.load(shard)).toEqual({ seq: 0, rooms: new Map(), done: new Map(), doneAgeMs: null })
  })

  test(`${name}: [L1] open refuses any existing head, but a repeat by the same claim is answered again`, async () => {
    const first = claim()
    const { shard, runId } = await opened(first)
    expect(await ledger.open(shard, claim())).toEqual({ type: 'exists' })
    expect(await ledger.open(shard, first)).toEqual({ type: 'opened', epoch: 1, runId })
    await taken(shard, { type: 'transfer', fence: { epoch: 1, nonce: first.nonce } })
    expect(await ledger.open(shard, first)).toEqual({ type: 'exists' })
  })

  test(`${name}: [L2] [P2] a commit with a wrong epoch or a wrong nonce is fenced and changes nothing`, async () => {
    const { shard, fence, game } = await opened()
    const change = [created(game, 'x')]
    expect(await ledger.commit(shard, { ...fence, epoch: 2 }, 1, change)).toEqual({ type: 'fenced' })
    expect(await ledger.commit(shard, { ...fence, epoch: 0 }, 1, change)).toEqual({ type: 'fenced' })
    expect(await ledger.commit(shard, { ...fence, nonce: 'else' }, 1, change)).toEqual({ type: 'fenced' })
    expect(await ledger.load(shard)).toEqual({ seq: 0, rooms: new Map(), done: new Map(), doneAgeMs: null })
  })

  test(`${name}: [L6] a take by expiry is above every epoch that the claimant has heard of`, async () => {
    const { shard } = await opened(claim('a.1', 0))
    expect(await ledger.take(shard, { type: 'expired', above: 70 }, claim('b.1', 0))).toMatchObject({ epoch: 71 })
    expect(await ledger.take(shard, { type: 'expired', above: 5 }, claim('c.1', 0))).toMatchObject({ epoch: 72 })
  })

  test(`${name}: [L12] a shard tells how long ago its newest end was, whoever owns it; other commits do not count`, async () => {
    const { shard, fence, game } = await opened()
    await ledger.commit(shard, fence, 1, [created(game, 'x')])
    expect((await ledger.load(shard)).doneAgeMs).toBeNull()
    await ledger.commit(shard, fence, 2, [finished(game, 'y')])
    const next = await taken(shard, { type: 'transfer', fence })
    await ledger.forget(shard, next.fence, [game])
    const { doneAgeMs } = await ledger.load(shard)
    expect(doneAgeMs).toBeGreaterThanOrEqual(0)
    expect(doneAgeMs).toBeLessThan(20_000)
  })

  test(`${name}: [L2] [P2] a missing head fences`, async () => {
    expect(await ledger.commit(newShard(), { epoch: 0, nonce: '' }, 1, [])).toEqual({ type: 'fenced' })
  })

  test(`${name}: [L2] [P2] once the shard is taken, the old owner's commit is fenced`, async () => {
    const { shard, fence, game } = await opened()
    const next = await taken(shard, { type: 'transfer', fence })
    expect(await ledger.commit(shard, fence, 1, [created(game, 'old')])).toEqual({ type: 'fenced' })
    expect(await ledger.commit(shard, next.fence, 1, [created(game, 'new')])).toEqual({
      type: 'committed',
      refused: [],
    })
    expect(await ledger.find(game)).toEqual({ type: 'live', record: 'new' })
  })

  test(`${name}: [L3] [P1] what was committed is loaded, whole and in its newest form`, async () => {
    const { shard, fence } = await opened()
    const [a, b, c] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    await ledger.commit(shard, fence, 1, [created(a, 'a1'), created(b, 'b1'), created(c, 'c1 ☃ "quoted" \n')])
    await ledger.commit(shard, fence, 2, [live(a, 'a2'), finished(b, 'b2')])
    expect(await ledger.load(shard)).toEqual({
      seq: 2,
      rooms: new Map([
        [a, 'a2'],
        [c, 'c1 ☃ "quoted" \n'],
      ]),
      done: new Map([[b, 'b2']]),
      doneAgeMs: expect.any(Number),
    })
  })

  test(`${name}: [L3] a repeat of the last seq answers the same, with the same refused ids, and applies nothing`, async () => {
    const { shard, fence, game } = await opened()
    const other = gameOf(shard, 2)
    await ledger.commit(shard, fence, 1, [created(game, 'one')])
    const again = [created(game, 'two'), created(other, 'other')]
    expect(await ledger.commit(shard, fence, 2, again)).toEqual({ type: 'committed', refused: [game] })
    expect(await ledger.commit(shard, fence, 2, again)).toEqual({ type: 'committed', refused: [game] })
    expect(await ledger.commit(shard, fence, 3, [live(other, 'other 2')])).toEqual({ type: 'committed', refused: [] })
    expect(await ledger.commit(shard, fence, 3, [live(other, 'else')])).toEqual({ type: 'committed', refused: [] })
    expect(await ledger.find(other)).toEqual({ type: 'live', record: 'other 2' })
  })

  test(`${name}: [L3] any other seq is a gap that names where the store stands`, async () => {
    const { shard, fence, game } = await opened()
    expect(await ledger.commit(shard, fence, 2, [created(game, 'x')])).toEqual({ type: 'gap', seq: 0 })
    for (const seq of [1, 2, 3]) await ledger.commit(shard, fence, seq, [])
    expect(await ledger.commit(shard, fence, 2, [created(game, 'x')])).toEqual({ type: 'gap', seq: 3 })
    expect(await ledger.find(game)).toBeNull()
  })

  test(`${name}: [L3] a batch of the greatest size is one commit; a greater one is our bug`, async () => {
    const { shard, fence } = await opened()
    const batch = Array.from({ length: COMMIT_CHANGES_MAX }, (_, n) => created(gameOf(shard, n), `record ${n}`))
    expect(await ledger.commit(shard, fence, 1, batch)).toEqual({ type: 'committed', refused: [] })
    const updates = batch.map(({ gameId }) => live(gameId, 'newer'))
    expect(await ledger.commit(shard, fence, 2, updates)).toEqual({ type: 'committed', refused: [] })
    expect(new Set((await ledger.load(shard)).rooms.values())).toEqual(new Set(['newer']))
    await expect(ledger.commit(shard, fence, 3, [...batch, created(gameOf(shard, 9_999), 'x')])).rejects.toThrow(
      'assert',
    )
  })

  test(`${name}: [L4] an id that is live, done or void is not created again`, async () => {
    const { shard, fence } = await opened()
    const [a, b, c] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    await ledger.commit(shard, fence, 1, [created(a, 'live'), { ...finished(b, 'done'), create: true }])
    expect(await ledger.settle(c)).toEqual({ type: 'void' })
    const again = [created(a, 'x'), created(b, 'x'), { ...finished(c, 'x'), create: true }]
    expect(await ledger.commit(shard, fence, 2, again)).toEqual({ type: 'committed', refused: [a, b, c] })
    expect(await ledger.find(a)).toEqual({ type: 'live', record: 'live' })
    expect(await ledger.find(b)).toEqual({ type: 'done', record: 'done' })
    expect(await ledger.find(c)).toEqual({ type: 'void' })
    expect(await bench.results(shard)).toEqual([{ gameId: b, result: 'result of done' }])
  })

  test(`${name}: [L5] a finished game leaves the rooms and its result enters the outbox exactly once`, async () => {
    const { shard, fence, game } = await opened()
    await ledger.commit(shard, fence, 1, [created(game, 'live')])
    await ledger.commit(shard, fence, 2, [finished(game, 'won', 'the result')])
    await ledger.commit(shard, fence, 2, [finished(game, 'won', 'the result')])
    await ledger.commit(shard, fence, 3, [finished(game, 'won, rematch offered', 'the result')])
    expect(await bench.results(shard)).toEqual([{ gameId: game, result: 'the result' }])
    expect(await ledger.find(game)).toEqual({ type: 'done', record: 'won, rematch offered' })
    expect((await ledger.load(shard)).rooms.size).toBe(0)
  })

  test(`${name}: [L5] results keep the order of their batch; a game without result brings none`, async () => {
    const { shard, fence } = await opened()
    const games = [5, 3, 4].map((n) => gameOf(shard, n))
    await ledger.commit(shard, fence, 1, [
      finished(gameOf(shard, 1), 'annulled', null),
      ...games.map((id) => finished(id, id)),
    ])
    expect((await bench.results(shard)).map(({ gameId }) => gameId)).toEqual(games)
  })

  test(`${name}: [L5] a late change of a finished game is dropped, one of a void game revives it`, async () => {
    const { shard, fence } = await opened()
    const [ended, forgotten, lost] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    await ledger.commit(shard, fence, 1, [finished(ended, 'ended')])
    await ledger.settle(forgotten)
    await ledger.settle(lost)
    await ledger.commit(shard, fence, 2, [
      live(ended, 'late'),
      live(forgotten, 'acknowledged'),
      finished(lost, 'won', 'r'),
    ])
    expect(await ledger.find(ended)).toEqual({ type: 'done', record: 'ended' })
    expect(await ledger.find(forgotten)).toEqual({ type: 'live', record: 'acknowledged' })
    expect(await bench.results(shard)).toContainEqual({ gameId: lost, result: 'r' })
    expect((await ledger.load(shard)).done.has(forgotten)).toBe(false)
  })

  test(`${name}: [L6] while a lease holds, nobody takes by expiry`, async () => {
    const { shard } = await opened(claim('a.1'))
    const answer = await ledger.take(shard, expired, claim('b.1'))
    expect(answer).toEqual({ type: 'held', owner: 'a.1', forMs: expect.any(Number) })
    if (answer.type === 'held') expect(answer.forMs).toBeGreaterThan(LONG_MS / 2)
    if (answer.type === 'held') expect(answer.forMs).toBeLessThanOrEqual(LONG_MS)
  })

  test(`${name}: [L6] an expired lease is taken with the next epoch, at the committed seq`, async () => {
    const { shard, fence, runId } = await opened(claim('a.1', 0))
    await ledger.commit(shard, fence, 1, [])
    const claimant = claim('b.1')
    const answer = { type: 'taken', epoch: 2, seq: 1, runId } as const
    expect(await ledger.take(shard, expired, claimant)).toEqual(answer)
    expect(await ledger.take(shard, expired, claimant), 'a repeat by the same claim').toEqual(answer)
    expect(await ledger.take(shard, expired, claim('c.1'))).toMatchObject({ type: 'held', owner: 'b.1' })
  })

  test(`${name}: [L6] a transfer needs the owner's own fence`, async () => {
    const { shard, fence } = await opened()
    const wrong = [
      { ...fence, epoch: 2 },
      { ...fence, nonce: 'else' },
    ]
    for (const fence of wrong)
      expect(await ledger.take(shard, { type: 'transfer', fence }, claim())).toEqual({ type: 'refused' })
    expect(await ledger.take(shard, { type: 'transfer', fence }, claim())).toMatchObject({ type: 'taken', epoch: 2 })
    expect(await ledger.take(shard, { type: 'transfer', fence }, claim())).toEqual({ type: 'refused' })
  })

  test(`${name}: [L6] nobody takes a shard that has no head`, async () => {
    const fence = { epoch: 1, nonce: 'x' }
    expect(await ledger.take(newShard(), expired, claim())).toEqual({ type: 'missing' })
    expect(await ledger.take(newShard(), { type: 'transfer', fence }, claim())).toEqual({ type: 'missing' })
  })

  test(`${name}: [L6] a reclaim is refused while the store is not behind`, async () => {
    const { shard, fence, runId } = await opened()
    await ledger.commit(shard, fence, 1, [])
    const reclaim = (epoch: number, nonce: string, seq: number) =>
      ledger.take(shard, { type: 'reclaim', fence: { epoch, nonce }, seq, runId }, claim())
    expect(await reclaim(1, fence.nonce, 1)).toEqual({ type: 'refused' })
    expect(await reclaim(1, 'else', 9)).toEqual({ type: 'refused' })
    expect(await reclaim(0, fence.nonce, 9)).toEqual({ type: 'refused' })
  })

  test(`${name}: [L7] renew answers in the order asked: renewed, fenced, behind, missing`, async () => {
    const [a, b, c] = [await opened(), await opened(), await opened()]
    await ledger.commit(a.shard, a.fence, 1, [])
    const answers = await ledger.renew(
      [
        { shard: a.shard, fence: a.fence, seq: 0 },
        { shard: b.shard, fence: { ...b.fence, nonce: 'else' }, seq: 0 },
        { shard: c.shard, fence: c.fence, seq: 3 },
        { shard: newShard(), fence: a.fence, seq: 0 },
        { shard: a.shard, fence: a.fence, seq: 1 },
      ],
      LONG_MS,
    )
    expect(answers).toEqual([
      { type: 'renewed', runId: a.runId },
      { type: 'fenced' },
      { type: 'behind', seq: 0, runId: c.runId },
      { type: 'missing', runId: expect.stringMatching(/.+/) },
      { type: 'renewed', runId: a.runId },
    ])
    expect(await ledger.renew([], LONG_MS)).toEqual([])
  })

  test(`${name}: [L7] a renewed lease holds, a released one is anybody's; only the owner releases`, async () => {
    const { shard, fence } = await opened(claim('a.1', 0))
    await ledger.renew([{ shard, fence, seq: 0 }], LONG_MS)
    await ledger.release(shard, { ...fence, nonce: 'else' })
    expect(await ledger.take(shard, expired, claim('b.1'))).toMatchObject({ type: 'held', owner: 'a.1' })
    await ledger.release(shard, fence)
    expect(await ledger.take(shard, expired, claim('b.1'))).toMatchObject({ type: 'taken', epoch: 2 })
  })

  test(`${name}: [L7] a lease-until beyond now + lease is clamped: the store's clock went back`, async () => {
    const { shard } = await opened(claim('a.1', 1_000 * LONG_MS))
    const ask = async (leaseMs: number) => {
      const answer = await ledger.take(shard, expired, claim('b.1', leaseMs))
      return answer.type === 'held' ? answer.forMs : answer.type
    }
    expect(await ask(LONG_MS)).toBeLessThanOrEqual(LONG_MS)
    expect(await ask(1_000 * LONG_MS), 'the clamp was written').toBeLessThanOrEqual(LONG_MS)
  })

  test(`${name}: [L8] [P1] after a failover a take by expiry waits for the living owner, who renews and stays`, async () => {
    const { shard, fence } = await opened(claim('a.1', 0))
    const goBack = await bench.snapshot(shard)
    await goBack()
    const answer = await ledger.take(shard, expired, claim('b.1', LONG_MS))
    expect(answer).toMatchObject({ type: 'grace' })
    if (answer.type === 'grace') expect(answer.forMs).toBe(LONG_MS + GRACE_MS)
    expect(await ledger.take(shard, expired, claim('b.1', LONG_MS)), 'still').toMatchObject({ type: 'grace' })
    expect(await ledger.renew([{ shard, fence, seq: 0 }], LONG_MS)).toMatchObject([{ type: 'renewed' }])
    expect(await ledger.take(shard, expired, claim('b.1', LONG_MS))).toMatchObject({ type: 'held', owner: 'a.1' })
  })

  test(`${name}: [L8] [P1] the owner of a claim that the store forgot reclaims, above every epoch seen`, async () => {
    const { shard, fence, game } = await opened()
    const goBack = await bench.snapshot(shard)
    const b = await taken(shard, { type: 'transfer', fence })
    const c = await taken(shard, { type: 'transfer', fence: b.fence })
    await ledger.commit(shard, c.fence, 1, [created(game, 'acknowledged')])
    await goBack()
    expect(await ledger.renew([{ shard, fence: c.fence, seq: 1 }], LONG_MS)).toMatchObject([{ type: 'behind', seq: 0 }])
    const proof: TakeProof = { type: 'reclaim', fence: c.fence, seq: 1, runId: c.runId }
    const claimant = claim('c.1')
    expect(await ledger.take(shard, proof, claimant)).toMatchObject({ type: 'taken', epoch: 4, seq: 0 })
    expect(await ledger.take(shard, proof, claimant), 'repeated').toMatchObject({ type: 'taken', epoch: 4, seq: 0 })
    expect(await ledger.commit(shard, fence, 1, [])).toEqual({ type: 'fenced' })
    const mine = { epoch: 4, nonce: claimant.nonce }
    expect(await ledger.commit(shard, mine, 1, [live(game, 'acknowledged')])).toMatchObject({ type: 'committed' })
  })

  test(`${name}: [L8] [P1] an owner whose last commits the store forgot reclaims at the store's seq`, async () => {
    const { shard, fence, runId } = await opened()
    await ledger.commit(shard, fence, 1, [])
    const goBack = await bench.snapshot(shard)
    await ledger.commit(shard, fence, 2, [])
    await ledger.commit(shard, fence, 3, [])
    await goBack()
    expect(await ledger.commit(shard, fence, 4, [])).toEqual({ type: 'gap', seq: 1 })
    const answer = await ledger.take(shard, { type: 'reclaim', fence, seq: 3, runId }, claim('a.1'))
    expect(answer).toMatchObject({ type: 'taken', epoch: 2, seq: 1 })
  })

  test(`${name}: [L8] [P2] after the grace a taker's epoch is above every forgotten claim: no second history`, async () => {
    const { shard, fence } = await opened()
    const goBack = await bench.snapshot(shard)
    const lost = await taken(shard, { type: 'transfer', fence })
    await goBack()
    const asked = claim('c.1', -GRACE_MS)
    expect(await ledger.take(shard, expired, asked), 'a grace that is over at once').toMatchObject({ type: 'grace' })
    const answer = await ledger.take(shard, expired, asked)
    expect(answer).toMatchObject({ type: 'taken', epoch: 1 + EPOCHS_AFTER_GRACE })
    const proof: TakeProof = { type: 'reclaim', fence: lost.fence, seq: 9, runId: OTHER_RUN }
    expect(await ledger.take(shard, proof, claim('b.1'))).toEqual({ type: 'refused' })
  })

  test(`${name}: [L8] [P2] whoever goes on after a failover may say above which forgotten claims`, async () => {
    const { shard, fence } = await opened()
    const risen = await taken(shard, { type: 'transfer', fence, above: 7 })
    expect(risen.fence.epoch).toBe(8)
    const reclaim = (fence: Fence, above: number) =>
      ledger.take(shard, { type: 'reclaim', fence, seq: 5, runId: OTHER_RUN, above }, claim())
    expect(await reclaim({ epoch: 8, nonce: 'forgotten' }, 0), 'the same epoch by another claim').toEqual({
      type: 'refused',
    })
    await bench.lose(shard)
    expect(await reclaim({ epoch: 8, nonce: 'any' }, 20)).toMatchObject({ type: 'taken', epoch: 21 })
    expect(await reclaim({ epoch: 20, nonce: 'forgotten' }, 0)).toEqual({ type: 'refused' })
    expect(await reclaim({ epoch: 21, nonce: 'newer' }, 30)).toMatchObject({ type: 'taken', epoch: 31 })
  })

  test(`${name}: [L8] [P1] after an empty restart the last owner puts the shard back, over an older one that was faster`, async () => {
    const { shard, fence } = await opened()
    const b = await taken(shard, { type: 'transfer', fence })
    await bench.lose(shard)
    const reclaim = (fence: typeof b.fence, runId: string) =>
      ledger.take(shard, { type: 'reclaim', fence, seq: 5, runId }, claim())
    expect(await reclaim(b.fence, b.runId), 'the store did not restart').toEqual({ type: 'refused' })
    expect(await reclaim(fence, OTHER_RUN)).toMatchObject({ type: 'taken', epoch: 2, seq: 0 })
    expect(await ledger.renew([{ shard, fence: b.fence, seq: 5 }], LONG_MS)).toMatchObject([{ type: 'behind' }])
    expect(await reclaim(b.fence, OTHER_RUN)).toMatchObject({ type: 'taken', epoch: 3, seq: 0 })
    expect(await reclaim(fence, OTHER_RUN)).toEqual({ type: 'refused' })
  })

  test(`${name}: [L9] settle answers the record; nobody's game is void from then on`, async () => {
    const { shard, fence } = await opened()
    const [a, b, c] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    await ledger.commit(shard, fence, 1, [created(a, 'live'), finished(b, 'done')])
    expect(await ledger.settle(a)).toEqual({ type: 'live', record: 'live' })
    expect(await ledger.settle(b)).toEqual({ type: 'done', record: 'done' })
    expect(await ledger.find(c)).toBeNull()
    expect(await ledger.settle(c)).toEqual({ type: 'void' })
    expect(await ledger.find(c)).toEqual({ type: 'void' })
    expect((await ledger.load(shard)).done, 'a void is no record').toEqual(new Map([[b, 'done']]))
  })

  test(`${name}: [L9] a shard that does not exist holds only voids, and gains no keys by being asked`, async () => {
    const shard = newShard()
    expect(await ledger.settle(gameOf(shard, 1))).toEqual({ type: 'void' })
    expect(await ledger.find(gameOf(shard, 1))).toBeNull()
    expect((await ledger.load(shard)).done.size).toBe(0)
  })

  test(`${name}: [L9] [P1] nothing is declared void while a failover leaves open what the owner had committed`, async () => {
    const { shard, fence, game } = await opened(claim('a.1', 0))
    const goBack = await bench.snapshot(shard)
    await ledger.commit(shard, fence, 1, [created(game, 'acknowledged')])
    await goBack()
    await expect(ledger.settle(game)).rejects.toBeInstanceOf(LedgerUnknown)
    await ledger.take(shard, expired, claim('b.1'))
    await expect(ledger.settle(game), 'in the grace').rejects.toBeInstanceOf(LedgerUnknown)
    await ledger.renew([{ shard, fence, seq: 0 }], LONG_MS)
    expect(await ledger.settle(game)).toEqual({ type: 'void' })
  })

  test(`${name}: [L10] [P4] a key is bound once; only a void game's binding is replaced, by one asker`, async () => {
    const shard = newShard()
    const key = `match-${shard}`
    const [a, b, c] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    expect(await ledger.bind(key, a)).toBe(a)
    expect(await ledger.bind(key, b)).toBe(a)
    expect(await ledger.rebind(key, a, b)).toBe(b)
    expect(await ledger.rebind(key, a, c), 'somebody was faster').toBe(b)
    expect(await ledger.rebind(key, a, b), 'repeated').toBe(b)
    expect(await ledger.bind(key, c)).toBe(b)
    expect([await ledger.bound(key), await ledger.bound(`${key}-never`)]).toEqual([b, null])
    expect(await ledger.rebind(`${key}-gone`, a, b), 'the old binding has ended').toBe(b)
  })

  test(`${name}: [L11] a shard with live rooms or undelivered results is not removed, nor by a stranger`, async () => {
    const [a, b] = [await opened(), await opened()]
    await ledger.commit(a.shard, a.fence, 1, [created(a.game, 'live')])
    await ledger.commit(b.shard, b.fence, 1, [finished(b.game, 'done')])
    expect(await ledger.remove(a.shard, a.fence)).toBe(false)
    expect(await ledger.remove(b.shard, b.fence)).toBe(false)
    await ledger.commit(a.shard, a.fence, 2, [finished(a.game, 'done', null)])
    expect(await ledger.remove(a.shard, { ...a.fence, nonce: 'else' })).toBe(false)
    expect(await ledger.remove(newShard(), a.fence)).toBe(false)
    expect(await ledger.find(a.game)).toEqual({ type: 'done', record: 'done' })
    expect(await ledger.remove(a.shard, a.fence)).toBe(true)
  })

  test(`${name}: [L11] [P2] no zombie revives a removed shard`, async () => {
    const claimant = claim()
    const { shard, fence, game } = await opened(claimant)
    await ledger.commit(shard, fence, 1, [finished(game, 'done', null)])
    expect(await ledger.remove(shard, fence)).toBe(true)
    expect(await ledger.remove(shard, fence), 'repeated').toBe(true)
    expect(await ledger.open(shard, claimant)).toEqual({ type: 'exists' })
    expect(await ledger.commit(shard, fence, 2, [])).toEqual({ type: 'fenced' })
    expect(await ledger.renew([{ shard, fence, seq: 9 }], LONG_MS)).toEqual([{ type: 'fenced' }])
    const proofs: TakeProof[] = [
      expired,
      { type: 'transfer', fence },
      { type: 'reclaim', fence, seq: 9, runId: OTHER_RUN },
    ]
    for (const proof of proofs) expect(await ledger.take(shard, proof, claim())).toEqual({ type: 'refused' })
    expect(await ledger.take(shard, expired, claimant)).toEqual({ type: 'refused' })
    expect(await ledger.find(game)).toBeNull()
    expect(await ledger.settle(game)).toEqual({ type: 'void' })
    expect(await ledger.load(shard)).toMatchObject({ rooms: new Map(), done: new Map() })
  })

  test(`${name}: [L12] the owner alone forgets finished games, never live ones`, async () => {
    const { shard, fence } = await opened()
    const [a, b, c] = [gameOf(shard, 1), gameOf(shard, 2), gameOf(shard, 3)]
    await ledger.commit(shard, fence, 1, [finished(a, 'a'), finished(b, 'b'), created(c, 'c')])
    await ledger.forget(shard, { ...fence, nonce: 'else' }, [a])
    expect(await ledger.find(a)).toEqual({ type: 'done', record: 'a' })
    await ledger.forget(shard, fence, [a, c, gameOf(shard, 4)])
    await ledger.forget(shard, fence, [])
    expect(await ledger.load(shard)).toMatchObject({
      seq: 1,
      rooms: new Map([[c, 'c']]),
      done: new Map([[b, 'b']]),
    })
    expect(await bench.results(shard), 'what was not delivered stays').toHaveLength(2)
  })
}
