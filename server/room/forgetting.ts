import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import { decodeRecord, recordHead, resultOf } from '../../ports/room-record.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { Gate } from '../shard/gate.ts'
import type { Change, ShardLedger } from '../shard/ledger.ts'
import type { HostedRoom } from './hosted.ts'

/** Finished records leave the store after this, in ms: longer than a binding is kept, so that no repeat of its creation finds the game gone. */
const KEEP_MS = 660_000
const SWEEP_MS = 1_000
const BATCH = 512

interface Entry {
  readonly gate: Gate
  readonly gameId: GameId
  /** The same bytes whenever it is sent. */
  readonly result: () => string
  readonly sinceMs: number
}

/** Keeps results of finished games for as long as the store may still lose them; then lets their records leave the store. */
export function createForgetting(clock: Clock, ledger: ShardLedger) {
  let queue: Entry[] = []
  let cancel: CancelTimer = () => {}

  function sweep(): void {
    const before = clock.monotonic() - KEEP_MS
    const due = queue.filter((entry) => entry.sinceMs <= before)
    if (due.length === 0) return
    queue = queue.filter((entry) => entry.sinceMs > before)
    const byGate = Map.groupBy(due, (entry) => entry.gate)
    for (const [gate, entries] of byGate) {
      for (let at = 0; at < entries.length; at += BATCH) {
        const batch = entries.slice(at, at + BATCH)
        // Not now: the same batch again with the next sweep.
        ledger
          .forget(
            gate.shard,
            gate.fence,
            batch.map(({ gameId }) => gameId),
          )
          .catch(() => {
            queue = [...batch, ...queue]
          })
      }
    }
  }

  return {
    /** It has ended. */
    add: (hosted: HostedRoom) => {
      const { gate, gameId } = hosted
      const result = hosted.result ?? resultOf(hosted)
      queue.push({ gate, gameId, result: () => result, sinceMs: clock.monotonic() })
    },
    /** Records that another owner wrote, at least `ageMs` ago. One that cannot be read is kept as it is. */
    addStored: (gate: Gate, records: ReadonlyMap<GameId, string>, ageMs: number) => {
      const sinceMs = clock.monotonic() - ageMs
      for (const [gameId, record] of records)
        queue.push({ gate, gameId, result: () => resultOfRecord(record), sinceMs })
    },
    /** All finished games of a gate that the store should still hold, as changes that write them again. */
    archive: (gate: Gate): Change[] =>
      queue
        .filter((entry) => entry.gate === gate)
        .map(({ gameId, result }) => ({ gameId, record: result(), create: false, done: true, result: result() })),
    /** Gates with finished games that the store still holds. */
    gates: (): ReadonlySet<Gate> => new Set(queue.map(({ gate }) => gate)),
    /** The gate's shard is somebody else's now. */
    drop: (gate: Gate): void => {
      queue = queue.filter((entry) => entry.gate !== gate)
    },
    start: () => {
      cancel = every(clock, SWEEP_MS, sweep)
    },
    stop: () => cancel(),
  }
}
export type Forgetting = ReturnType<typeof createForgetting>

function resultOfRecord(record: string): string {
  const decoded = decodeRecord(record)
  if (!decoded.ok) return record
  const { room, match } = decoded.value
  return resultOf({ head: recordHead(room, match), room })
}
