import type { CancelTimer, Clock } from '../../kit/clock.ts'
import { fraction, type Random } from '../../kit/random.ts'
import type { HostedRoom } from '../room/hosted.ts'
import {
  type Change,
  COMMIT_CHANGES_MAX,
  type CommitAnswer,
  type Fence,
  LedgerUnknown,
  type ShardId,
  type ShardLedger,
} from './ledger.ts'
import { changeOf } from './room-change.ts'

/**
 * `committed`: safe to show. `refused`: the room's creation was refused, it does not exist. `lost`: this server does not own the shard
 * any more; whoever asked must ask the new owner.
 */
export type Outcome = 'committed' | 'refused' | 'lost'
export type Output = (outcome: Outcome) => void

interface Batch {
  readonly seq: number
  readonly rooms: HostedRoom[]
  /** Finished games that are no longer in memory, written again after the store went back. */
  readonly archived: Change[]
  /** In the order computed. */
  readonly outputs: { readonly room: HostedRoom; readonly output: Output }[]
}

/** Between two sendings of one commit with an unknown outcome, in ms: full jitter up to this. */
const RESEND_MAX_MS = 100
/** A commit older than this makes the gate `stuck`: clocks of its games stop. In ms; as RELIABILITY asks of stalls. */
export const STUCK_AFTER_MS = 100

/**
 * `fenced`: another owner exists. `failed`: the store answered what it never should. `handed`: given to another server. `removed`: deleted,
 * as nothing in it is needed.
 */
export type LossReason = 'fenced' | 'failed' | 'handed' | 'removed'

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
  /** Runs what lets everything of one commit out. */
  readonly deliver: (release: () => void) => void
  /** The gate was stuck for so long and is open again. */
  readonly unstuck: (stuckMs: number) => void
  /** The store does not know the fence, or stands elsewhere: another owner exists, or the store went back. The gate waits. */
  readonly doubted: (why: 'fenced' | 'gap') => void
  /** The shard is given up: everything that waited was answered with `lost`. */
  readonly lost: (why: LossReason, error?: unknown) => void
  readonly measured: (changes: number, tookMs: number) => void
}

/**
 * One shard's group commit and output gate. Commands change rooms in memory at once; `touch` puts a changed room into the next commit,
 * and whatever was computed from a room waits in `after` for the commit with the newest change that it saw. One commit is in flight at a
 * time; what arrives meanwhile goes with the next; the first leaves at the end of the event-loop turn.
 */
export function createGate(options: GateOptions) {
  const { shard, ledger, clock, random } = options
  let { fence } = options
  let committedSeq = options.seq
  let inFlight: Batch | null = null
  let inFlightSinceMs = 0
  let inFlightChanges: readonly Change[] = []
  let gathering: Batch = emptyBatch(committedSeq + 1)
  const sealed: Batch[] = []
  let scheduled = false
  let closed = false
  let suspended = false
  let cancelResend: CancelTimer = () => {}

  function touch(room: HostedRoom): void {
    if (room.dirtySeq === gathering.seq || room.stored === 'refused') return
    const batch = nextPlace()
    room.dirtySeq = batch.seq
    if (room.stored === 'nothing' && room.createdSeq === 0) room.createdSeq = batch.seq
    batch.rooms.push(room)
    schedule()
  }

  function after(room: HostedRoom, output: Output): void {
    if (closed) return output('lost')
    if (room.stored === 'refused') return output('refused')
    if (room.dirtySeq <= committedSeq && trusted()) return output('committed')
    const batch = batchOf(room.dirtySeq)
    batch.outputs.push({ room, output })
    schedule()
  }

  function batchOf(seq: number): Batch {
    if (inFlight !== null && seq <= inFlight.seq) return inFlight
    return sealed.find((batch) => seq <= batch.seq) ?? gathering
  }

  const trusted = (): boolean => !closed && !suspended && options.trusted()
  const stuckMs = (): number => (inFlight === null ? 0 : clock.monotonic() - inFlightSinceMs)

  function schedule(): void {
    if (scheduled || inFlight !== null || closed || suspended) return
    scheduled = true
    clock.endOfTurn(() => {
      scheduled = false
      sendNext()
    })
  }

  function sendNext(): void {
    if (closed || suspended || inFlight !== null) return
    const batch = sealed.shift() ?? gathering
    if (batch === gathering) {
      if (batch.rooms.length + batch.archived.length + batch.outputs.length === 0) return
      gathering = emptyBatch(batch.seq + 1)
    }
    inFlight = batch
    inFlightSinceMs = clock.monotonic()
    inFlightChanges = [...batch.archived, ...batch.rooms.filter(exists).map(changeOf)]
    send(batch, inFlightChanges)
  }

  function send(batch: Batch, changes: readonly Change[]): void {
    const sentUnder = fence
    const isMeant = () => !closed && batch === inFlight && sentUnder === fence
    ledger.commit(shard, fence, batch.seq, changes).then(
      (answer) => {
        if (isMeant()) answered(batch, changes, answer)
      },
      (error: unknown) => {
        if (!isMeant()) return
        if (!(error instanceof LedgerUnknown)) return close('failed', error)
        cancelResend = clock.after(1 + fraction(random) * RESEND_MAX_MS, () => send(batch, changes))
      },
    )
  }

  function answered(batch: Batch, changes: readonly Change[], answer: CommitAnswer): void {
    if (answer.type !== 'committed') {
      suspended = true
      return options.doubted(answer.type)
    }
    if (!trusted()) {
      cancelResend = clock.after(RESEND_MAX_MS, () => answered(batch, changes, answer))
      return
    }
    committedSeq = batch.seq
    inFlight = null
    const tookMs = clock.monotonic() - inFlightSinceMs
    options.measured(changes.length, tookMs)
    // What changed of them since must not be written either: it would pass for a room that the store forgot.
    if (answer.refused.length > 0)
      for (const room of batch.rooms) if (answer.refused.includes(room.gameId)) room.stored = 'refused'
    options.deliver(() => release(batch))
    if (tookMs >= STUCK_AFTER_MS) options.unstuck(tookMs)
    sendNext()
  }

  /** The same owner goes on under a new fence: the commit in flight is sent again under it, and the answer to the one before means nothing. */
  function resume(next: Fence): void {
    cancelResend()
    fence = next
    suspended = false
    if (inFlight === null) sendNext()
    else if (!closed) send(inFlight, inFlightChanges)
  }

  /** The shard was reclaimed under a new fence from a store that stands at `seq`: everything is written again, then what waited leaves. */
  function restage(next: Fence, seq: number, rooms: readonly HostedRoom[], archive: readonly Change[]): void {
    for (const room of rooms) {
      if (room.createdSeq > committedSeq) room.stored = 'nothing'
      else if (room.dirtySeq > committedSeq) room.stored = 'live'
    }
    const outputs = [...(inFlight === null ? [] : [inFlight]), ...sealed, gathering].flatMap((batch) => batch.outputs)
    const stuckForMs = stuckMs()
    cancelResend()
    fence = next
    committedSeq = seq
    inFlight = null
    suspended = false
    sealed.length = 0
    gathering = emptyBatch(seq + 1)
    for (const change of archive) nextPlace().archived.push(change)
    for (const room of rooms) nextPlace().rooms.push(room)
    for (const room of rooms) {
      room.dirtySeq = gathering.seq
      room.createdSeq = room.stored === 'nothing' ? gathering.seq : 0
    }
    gathering.outputs.push(...outputs)
    if (stuckForMs >= STUCK_AFTER_MS) options.unstuck(stuckForMs)
    sendNext()
  }

  /** The batch that takes one more change. */
  function nextPlace(): Batch {
    if (gathering.rooms.length + gathering.archived.length >= COMMIT_CHANGES_MAX) {
      sealed.push(gathering)
      gathering = emptyBatch(gathering.seq + 1)
    }
    return gathering
  }

  function close(why: LossReason, error?: unknown): void {
    if (closed) return
    closed = true
    cancelResend()
    const waiting = [...(inFlight === null ? [] : [inFlight]), ...sealed, gathering]
    options.deliver(() => {
      for (const batch of waiting) for (const { output } of batch.outputs) output('lost')
    })
    options.lost(why, error)
  }

  return {
    shard,
    get fence(): Fence {
      return fence
    },
    touch,
    after,
    /** Newest committed sequence number. */
    seq: () => committedSeq,
    /** How long the commit in flight has been on its way, in ms; 0: none is. */
    stuckMs,
    waiting: () =>
      (inFlight?.outputs.length ?? 0) + gathering.outputs.length + sealed.reduce((n, b) => n + b.outputs.length, 0),
    idle: () =>
      inFlight === null &&
      sealed.length === 0 &&
      gathering.rooms.length + gathering.archived.length + gathering.outputs.length === 0,
    trusted,
    /** Nothing is let out until `resume`, `restage` or `close`, and no new commit sent. */
    suspend: (): void => {
      suspended = true
    },
    resume,
    restage,
    close,
  }
}
export type Gate = ReturnType<typeof createGate>

const emptyBatch = (seq: number): Batch => ({ seq, rooms: [], archived: [], outputs: [] })

/** False: its creation was refused. */
const exists = (room: HostedRoom): boolean => room.stored !== 'refused'

function release(batch: Batch): void {
  for (const { room, output } of batch.outputs) output(exists(room) ? 'committed' : 'refused')
}
