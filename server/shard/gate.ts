import { assert } from '../../kit/assert.ts'
import type { CancelTimer, Clock } from '../../kit/clock.ts'
import { fraction, type Random } from '../../kit/random.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { HostedRoom } from '../room/hosted.ts'
import { encodeRecord } from '../room/record.ts'
import {
  type Change,
  COMMIT_CHANGES_MAX,
  type CommitAnswer,
  type Fence,
  LedgerUnknown,
  type ShardId,
  type ShardLedger,
} from './ledger.ts'

/**
 * `committed`: safe to show. `refused`: the room's creation was refused, it does not exist. `lost`: this server does not own the shard
 * any more; whoever asked must ask the new owner.
 */
export type Outcome = 'committed' | 'refused' | 'lost'
export type Output = (outcome: Outcome) => void

interface Batch {
  readonly seq: number
  readonly rooms: HostedRoom[]
  /** In the order computed; a room of null means that no room's creation can refuse it. */
  readonly outputs: { readonly room: HostedRoom; readonly output: Output }[]
}

/** Between two sendings of one commit with an unknown outcome, in ms: full jitter up to this. */
const RESEND_MAX_MS = 100
/** A commit older than this makes the gate `stuck`: clocks of its games stop. In ms; as RELIABILITY asks of stalls. */
export const STUCK_AFTER_MS = 100

export interface GateOptions {
  readonly shard: ShardId
  readonly fence: Fence
  /** Newest sequence number in the store. */
  readonly seq: number
  readonly ledger: ShardLedger
  readonly clock: Clock
  readonly random: Random
  /** The lease is trusted at this moment; compared at each use. */
  readonly trusted: () => boolean
  /** Everything of one commit has been let out. */
  readonly delivered: () => void
  /** The gate was stuck for so long and is open again. */
  readonly unstuck: (stuckMs: number) => void
  /** Another owner exists, or the store answered what it never should: the shard is given up. */
  readonly lost: (why: 'fenced' | 'gap' | 'failed', error?: unknown) => void
  readonly measured: (changes: number, tookMs: number) => void
}

/**
 * One shard's group commit and output gate. Commands change rooms in memory at once; `touch` puts a changed room into the next commit,
 * and whatever was computed from a room waits in `after` for the commit with the newest change that it saw. One commit is in flight at a
 * time; what arrives meanwhile goes with the next; the first leaves at the end of the event-loop turn.
 */
export function createGate(options: GateOptions) {
  const { shard, fence, ledger, clock, random } = options
  let committedSeq = options.seq
  let inFlight: Batch | null = null
  let inFlightSinceMs = 0
  let gathering: Batch = emptyBatch(committedSeq + 1)
  const sealed: Batch[] = []
  let scheduled = false
  let closed = false
  let cancelResend: CancelTimer = () => {}

  function touch(room: HostedRoom): void {
    if (room.dirtySeq === gathering.seq) return
    if (gathering.rooms.length >= COMMIT_CHANGES_MAX) {
      sealed.push(gathering)
      gathering = emptyBatch(gathering.seq + 1)
    }
    room.dirtySeq = gathering.seq
    gathering.rooms.push(room)
    schedule()
  }

  function after(room: HostedRoom, output: Output): void {
    if (closed) return output('lost')
    if (room.dirtySeq <= committedSeq && options.trusted()) return output('committed')
    const batch = batchOf(room.dirtySeq)
    batch.outputs.push({ room, output })
    schedule()
  }

  function batchOf(seq: number): Batch {
    if (inFlight !== null && seq <= inFlight.seq) return inFlight
    return sealed.find((batch) => seq <= batch.seq) ?? gathering
  }

  function schedule(): void {
    if (scheduled || inFlight !== null || closed) return
    scheduled = true
    clock.endOfTurn(() => {
      scheduled = false
      sendNext()
    })
  }

  function sendNext(): void {
    if (closed || inFlight !== null) return
    const batch = sealed.shift() ?? gathering
    if (batch === gathering) {
      if (batch.rooms.length === 0 && batch.outputs.length === 0) return
      gathering = emptyBatch(batch.seq + 1)
    }
    inFlight = batch
    inFlightSinceMs = clock.monotonic()
    send(batch, batch.rooms.map(changeOf))
  }

  function send(batch: Batch, changes: readonly Change[]): void {
    ledger.commit(shard, fence, batch.seq, changes).then(
      (answer) => answered(batch, changes, answer),
      (error: unknown) => {
        if (closed) return
        if (!(error instanceof LedgerUnknown)) return close('failed', error)
        cancelResend = clock.after(1 + fraction(random) * RESEND_MAX_MS, () => send(batch, changes))
      },
    )
  }

  function answered(batch: Batch, changes: readonly Change[], answer: CommitAnswer): void {
    if (closed) return
    if (answer.type !== 'committed') return close(answer.type)
    if (!options.trusted()) {
      cancelResend = clock.after(RESEND_MAX_MS, () => answered(batch, changes, answer))
      return
    }
    assert(batch === inFlight, 'one commit in flight')
    committedSeq = batch.seq
    inFlight = null
    const tookMs = clock.monotonic() - inFlightSinceMs
    options.measured(changes.length, tookMs)
    release(batch, answer.refused)
    options.delivered()
    if (tookMs >= STUCK_AFTER_MS) options.unstuck(tookMs)
    sendNext()
  }

  function close(why: 'fenced' | 'gap' | 'failed', error?: unknown): void {
    if (closed) return
    closed = true
    cancelResend()
    const waiting = [...(inFlight === null ? [] : [inFlight]), ...sealed, gathering]
    for (const batch of waiting) for (const { output } of batch.outputs) output('lost')
    options.delivered()
    options.lost(why, error)
  }

  return {
    shard,
    fence,
    touch,
    after,
    /** Newest committed sequence number. */
    seq: () => committedSeq,
    /** How long the commit in flight has been on its way, in ms; 0: none is. */
    stuckMs: () => (inFlight === null ? 0 : clock.monotonic() - inFlightSinceMs),
    waiting: () =>
      (inFlight?.outputs.length ?? 0) + gathering.outputs.length + sealed.reduce((n, b) => n + b.outputs.length, 0),
    idle: () =>
      inFlight === null && sealed.length === 0 && gathering.rooms.length === 0 && gathering.outputs.length === 0,
    trusted: () => !closed && options.trusted(),
    close: () => close('fenced'),
  }
}
export type Gate = ReturnType<typeof createGate>

const emptyBatch = (seq: number): Batch => ({ seq, rooms: [], outputs: [] })

function release(batch: Batch, refused: readonly GameId[]): void {
  if (refused.length === 0) {
    for (const { output } of batch.outputs) output('committed')
    return
  }
  const none = new Set<GameId>(refused)
  for (const { room, output } of batch.outputs) output(none.has(room.gameId) ? 'refused' : 'committed')
}

/** The room's newest record; notes what the store will then hold, so that a result enters the outbox once. */
function changeOf(hosted: HostedRoom): Change {
  const record = encodeRecord(hosted.head, hosted.room)
  const done = hosted.room.status !== 'active'
  const change = {
    gameId: hosted.gameId,
    record,
    create: hosted.stored === 'nothing',
    done,
    result: done && hosted.stored !== 'done' ? record : null,
  }
  hosted.stored = done ? 'done' : 'live'
  return change
}
