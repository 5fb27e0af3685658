import { beforeEach, describe, expect, test } from 'vitest'
import { decide, evolve, openRoom, type RoomCommand } from '../../game/room.ts'
import { seededRandom } from '../../kit/random.ts'
import { type VirtualClock, virtualClock } from '../../kit/virtual-clock.ts'
import { type GameId, gameIdOf, type UserId } from '../../protocol/ids.ts'
import type { HostedRoom } from '../room/hosted.ts'
import { hostRoom } from '../room/storage.ts'
import { type TestLink, testLink } from '../test-process.ts'
import { createGate, type Gate, type Outcome } from './gate.ts'
import { type Change, COMMIT_CHANGES_MAX, type Fence, type ShardId, type ShardLedger } from './ledger.ts'
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts'
import { snapshotStore } from './memory-store.ts'

const shard = 7 as ShardId
const fence: Fence = { epoch: 1, nonce: 'mine' }
const opening = {
  mode: 'casual',
  players: [
    { id: 'ana' as UserId, name: 'Ana', rating: 1500 },
    { id: 'bo' as UserId, name: 'Bo', rating: 1500 },
  ],
  turnMs: 30_000,
} as const

interface Sent {
  readonly seq: number
  readonly changes: readonly Change[]
}

let clock: VirtualClock
let ledger: MemoryLedger
let link: TestLink
let sent: Sent[]
let gate: Gate
let trusted: boolean
let happened: string[]
let stuckMs: number[]
const random = seededRandom(3)

function newGate(behind: ShardLedger): Gate {
  return createGate({
    shard,
    fence,
    seq: 0,
    ledger: behind,
    clock,
    random: seededRandom(1),
    trusted: () => trusted,
    deliver: (release) => release(),
    unstuck: (ms) => stuckMs.push(ms),
    doubted: (why) => happened.push(`doubted ${why}`),
    lost: (why) => happened.push(`lost ${why}`),
    measured: (changes) => happened.push(`committed ${changes}`),
  })
}

beforeEach(async () => {
  clock = virtualClock()
  ledger = memoryLedger(clock)
  link = testLink()
  sent = []
  trusted = true
  happened = []
  stuckMs = []
  await ledger.open(shard, { owner: 'a.1', nonce: fence.nonce, leaseMs: 3_000 })
  const linked = link.through<ShardLedger>(ledger)
  gate = newGate({
    ...linked,
    commit(id, by, seq, changes) {
      sent.push({ seq, changes })
      return linked.commit(id, by, seq, changes)
    },
  })
})

function opened(): HostedRoom {
  const room = openRoom(opening, clock.now())
  const hosted = hostRoom(clock, gate, gameIdOf(shard, random), { room, match: null }, 'nothing', [])
  gate.touch(hosted)
  return hosted
}

function act(hosted: HostedRoom, command: RoomCommand): void {
  const decided = decide(hosted.room, command, clock.now())
  if (!decided.ok) throw new Error(decided.error)
  for (const event of decided.value) hosted.room = evolve(hosted.room, event)
  gate.touch(hosted)
}

const move = (hosted: HostedRoom, cell: number): void => {
  const ply = hosted.room.moves.length
  act(hosted, { type: 'move', seat: ply % 2 === 0 ? 0 : 1, ply, cell })
}

/** Notes under `label` when what was computed from the room is let out. */
const output = (out: string[], hosted: HostedRoom, label: string): void =>
  gate.after(hosted, (outcome: Outcome) => out.push(`${label} ${outcome}`))

const stored = (gameId: GameId) => ledger.store.shards.get(shard)?.rooms.get(gameId)

describe('group commit', () => {
  test('[P1] nothing leaves before the store has it; then everything of the turn leaves', async () => {
    const out: string[] = []
    link.set('held')
    const [a, b] = [opened(), opened()]
    output(out, a, 'a')
    output(out, b, 'b')
    await clock.advance(10)
    expect([out, sent.map(({ seq, changes }) => [seq, changes.length])]).toEqual([[], [[1, 2]]])
    link.set('open')
    await clock.settle()
    expect(out).toEqual(['a committed', 'b committed'])
    expect(stored(a.gameId)).toBeDefined()
  })

  test('[P1] one commit is in flight; what arrives meanwhile goes with the next', async () => {
    const out: string[] = []
    link.set('held')
    const room = opened()
    output(out, room, 'opened')
    await clock.settle()
    move(room, 4)
    output(out, room, 'moved')
    move(room, 0)
    await clock.advance(50)
    expect(sent.map(({ seq }) => seq)).toEqual([1])
    link.set('open')
    await clock.settle()
    expect(sent.map(({ seq, changes }) => [seq, changes.length, changes[0]!.create])).toEqual([
      [1, 1, true],
      [2, 1, false],
    ])
    expect(out).toEqual(['opened committed', 'moved committed'])
  })

  test('[P1] at most 512 changes go with one commit', async () => {
    const out: string[] = []
    for (let n = 0; n < 2 * COMMIT_CHANGES_MAX + 1; n++) output(out, opened(), `${n}`)
    expect(gate.waiting()).toBe(2 * COMMIT_CHANGES_MAX + 1)
    await clock.settle()
    expect(sent.map(({ changes }) => changes.length)).toEqual([COMMIT_CHANGES_MAX, COMMIT_CHANGES_MAX, 1])
    expect(out).toEqual(Array.from({ length: 2 * COMMIT_CHANGES_MAX + 1 }, (_, n) => `${n} committed`))
    expect([gate.idle(), gate.waiting(), gate.seq()]).toEqual([true, 0, 3])
  })

  test('[P1] an output waits behind the newest change that it saw, and outputs keep their order', async () => {
    const out: string[] = []
    const [a, b] = [opened(), opened()]
    await clock.settle()
    link.set('held')
    move(a, 4)
    output(out, a, 'a moved')
    await clock.settle()
    output(out, b, 'b read') // nothing of b is on its way
    output(out, a, 'a read') // saw the move in flight
    move(a, 0)
    output(out, a, 'a moved again')
    output(out, a, 'a read again')
    expect(out).toEqual(['b read committed'])
    link.set('open')
    await clock.settle()
    expect(out.slice(1)).toEqual(
      ['a moved', 'a read', 'a moved again', 'a read again'].map((text) => `${text} committed`),
    )
  })

  test('[P8] a creation whose id is taken is refused alone', async () => {
    const out: string[] = []
    const [none, fine] = [opened(), opened()]
    await ledger.settle(none.gameId) // void from now on
    output(out, none, 'none')
    output(out, fine, 'fine')
    await clock.settle()
    expect(out).toEqual(['none refused', 'fine committed'])
  })

  test('[P4] what changed of a room since is not written when its creation is refused', async () => {
    const out: string[] = []
    link.set('held')
    const hosted = opened()
    output(out, hosted, 'opening')
    await clock.advance(1)
    move(hosted, 4)
    output(out, hosted, 'move')
    expect(await ledger.settle(hosted.gameId)).toEqual({ type: 'void' })
    link.set('open')
    await clock.settle()
    expect(out).toEqual(['opening refused', 'move refused'])
    move(hosted, 0)
    output(out, hosted, 'another')
    await clock.settle()
    expect([out.at(-1), stored(hosted.gameId)]).toEqual(['another refused', undefined])
  })

  test('[P7] a finished game enters the outbox once, whatever changes after its end', async () => {
    const room = opened()
    act(room, { type: 'resign', seat: 0 })
    await clock.settle()
    act(room, { type: 'rematch', seat: 1 })
    await clock.settle()
    expect(sent.map(({ changes }) => changes[0]!.result !== null)).toEqual([true, false])
    expect(ledger.results(shard).map(({ gameId }) => gameId)).toEqual([room.gameId])
  })

  test('[P7] a result says nothing of an offer that came in the same commit', async () => {
    const room = opened()
    act(room, { type: 'resign', seat: 0 })
    act(room, { type: 'rematch', seat: 1 })
    await clock.settle()
    const { record, result } = sent[0]!.changes[0]!
    expect([record.endsWith(',null]'), result?.endsWith(',null]')]).toEqual([false, true])
  })
})

describe('when the outcome is unknown', () => {
  test('[P1] the same number is sent again with the same changes, until it is answered', async () => {
    const out: string[] = []
    const room = opened()
    await clock.settle()
    link.set('deaf')
    move(room, 4)
    output(out, room, 'moved')
    await clock.settle()
    move(room, 0) // not part of what is in doubt
    await clock.advance(400)
    const tries = sent.filter(({ seq }) => seq === 2)
    expect(tries.length).toBeGreaterThan(2)
    for (const { changes } of tries) expect(changes).toEqual(tries[0]!.changes)
    expect([out, sent.at(-1)!.seq]).toEqual([[], 2])
    link.set('open')
    await clock.advance(101)
    expect([out, gate.seq()]).toEqual([['moved committed'], 3])
  })

  test('[P6] games get the time back for which the gate was stuck', async () => {
    const room = opened()
    await clock.settle()
    link.set('held')
    move(room, 4)
    await clock.advance(99)
    expect(gate.stuckMs()).toBe(99)
    link.set('open')
    await clock.settle()
    expect([stuckMs, gate.stuckMs()]).toEqual([[], 0])
    link.set('held')
    move(room, 0)
    await clock.advance(100)
    link.set('open')
    await clock.settle()
    expect(stuckMs).toEqual([100])
  })

  test('[P2] any other error gives the shard up', async () => {
    const out: string[] = []
    gate = newGate({ ...ledger, commit: () => Promise.reject(new Error('WRONGTYPE')) })
    output(out, opened(), 'opened')
    await clock.settle()
    expect([out, happened]).toEqual([['opened lost'], ['lost failed']])
  })
})

describe('when somebody else may own the shard', () => {
  test('[P2] fenced: nothing more is sent, nothing is let out, and the owner looks for the reason', async () => {
    const out: string[] = []
    const room = opened()
    await clock.settle()
    await ledger.take(shard, { type: 'transfer', fence }, { owner: 'b.1', nonce: 'theirs', leaseMs: 3_000 })
    move(room, 4)
    output(out, room, 'moved')
    await clock.settle()
    move(room, 0)
    output(out, room, 'read')
    await clock.advance(1_000)
    expect([out, happened, sent.length]).toEqual([[], ['committed 1', 'doubted fenced'], 2])
    gate.close('fenced')
    expect(out).toEqual(['moved lost', 'read lost'])
    output(out, room, 'late')
    expect([out.at(-1), happened.at(-1)]).toEqual(['late lost', 'lost fenced'])
  })

  test('[P2] a store that stands elsewhere is doubted too', async () => {
    await ledger.commit(shard, fence, 1, [])
    await ledger.commit(shard, fence, 2, [])
    opened()
    await clock.settle()
    expect(happened).toEqual(['doubted gap'])
  })

  test('[P2] closing twice tells once, and an answer after it changes nothing', async () => {
    const out: string[] = []
    link.set('held')
    output(out, opened(), 'opened')
    await clock.settle()
    gate.close('handed')
    gate.close('fenced')
    link.set('open')
    await clock.advance(500)
    expect([out, happened]).toEqual([['opened lost'], ['lost handed']])
  })

  test('[P2] with an untrusted lease answers wait, also those of committed rooms, until it is trusted again', async () => {
    const out: string[] = []
    const room = opened()
    await clock.settle()
    move(room, 4)
    output(out, room, 'moved')
    trusted = false
    await clock.advance(250)
    expect([out, gate.trusted()]).toEqual([[], false])
    trusted = true
    await clock.advance(101)
    expect(out).toEqual(['moved committed'])
    trusted = false
    output(out, room, 'read')
    await clock.advance(50)
    expect(out).toHaveLength(1)
    trusted = true
    await clock.advance(101)
    expect(out).toEqual(['moved committed', 'read committed'])
  })
})

test('[P1] a commit on its way keeps the rooms as they were when it left, though nobody reads them until it arrives', async () => {
  const room = opened()
  await clock.settle()
  const before = snapshotStore(ledger.store)
  link.set('held')
  move(room, 4)
  await clock.settle()
  move(room, 0)
  expect(sent.at(-1)?.changes.map(({ record }) => record.includes(',14,'))).toEqual([true])
  link.set('open')
  await clock.settle()
  expect(stored(room.gameId)).toContain(',140,')
  expect(before.shards.get(shard)?.rooms.get(room.gameId)).toContain(',1,[],')
})

describe('after a reclaim', () => {
  const next: Fence = { epoch: 2, nonce: 'again' }
  const reclaim = (seq: number) =>
    ledger.take(
      shard,
      { type: 'reclaim', fence, seq, runId: 'run-1' },
      { owner: 'a.1', nonce: 'again', leaseMs: 3_000 },
    )

  /** The store forgets the newest commits. */
  function goBack(toSeq: number, without: readonly HostedRoom[]): void {
    const { head, rooms } = ledger.store.shards.get(shard)!
    head.seq = toSeq
    for (const { gameId } of without) rooms.delete(gameId)
  }

  test('[P1] everything is written again, and what waited leaves once and in order', async () => {
    const out: string[] = []
    const [a, b] = [opened(), opened()]
    await clock.settle()
    goBack(0, [a, b])
    move(a, 4)
    output(out, a, 'first')
    await clock.settle()
    output(out, b, 'second')
    move(a, 0)
    output(out, a, 'third')
    expect([out, happened.at(-1)]).toEqual([[], 'doubted gap'])
    await reclaim(1)
    gate.restage(next, 0, [a, b], [])
    await clock.settle()
    expect(out).toEqual(['first committed', 'second committed', 'third committed'])
    expect([gate.fence, gate.seq(), gate.idle()]).toEqual([next, 1, true])
    expect(stored(a.gameId)).toContain(',140,')
    expect(stored(b.gameId)).toBeDefined()
  })

  test('[P1] under a new fence of the same owner the commit in flight is sent again; what the old fence is told does not count', async () => {
    const out: string[] = []
    const room = opened()
    await clock.settle()
    link.set('deaf')
    move(room, 4)
    output(out, room, 'first')
    await clock.settle()
    gate.suspend()
    move(room, 0)
    output(out, room, 'second')
    await ledger.take(shard, { type: 'transfer', fence }, { owner: 'a.1', nonce: 'again', leaseMs: 3_000 })
    link.set('held')
    await clock.advance(200)
    gate.resume(next)
    link.set('open')
    await clock.settle()
    expect(out).toEqual(['first committed', 'second committed'])
    expect([gate.fence, gate.seq(), happened.includes('doubted fenced')]).toEqual([next, 3, false])
    expect(stored(room.gameId)).toContain(',140,')
  })

  test('[P1] what was created but never committed is created again, what was committed is written', async () => {
    const room = opened()
    await clock.settle()
    link.set('held')
    const fresh = opened()
    await clock.settle()
    gate.suspend()
    goBack(0, [room])
    await reclaim(1)
    link.set('open')
    gate.restage(next, 0, [room, fresh], [])
    await clock.settle()
    expect(sent.at(-1)!.changes.map(({ create }) => create)).toEqual([false, true])
  })

  test('[P6] the time for which a commit was stuck before is given back', async () => {
    const room = opened()
    await clock.settle()
    link.set('down')
    move(room, 4)
    await clock.advance(5_000)
    gate.suspend()
    goBack(0, [room])
    await reclaim(1)
    link.set('open')
    gate.restage(next, 0, [room], [])
    await clock.settle()
    expect([stuckMs, stored(room.gameId)]).toEqual([[5_000], expect.stringContaining(',14,')])
  })

  test('[P7] archived results are sent again, byte for byte, and enter the outbox once', async () => {
    const room = opened()
    act(room, { type: 'resign', seat: 1 })
    await clock.settle()
    const before = ledger.results(shard).map(({ result }) => result)
    const archive = [{ gameId: room.gameId, record: room.result!, create: false, done: true, result: room.result }]
    gate.suspend()
    ledger.store.shards.get(shard)!.done.clear()
    ledger.store.shards.get(shard)!.results.length = 0
    goBack(0, [])
    await reclaim(1)
    gate.restage(next, 0, [], [...archive, ...archive])
    await clock.settle()
    expect(ledger.results(shard).map(({ result }) => result)).toEqual(before)
  })
})
