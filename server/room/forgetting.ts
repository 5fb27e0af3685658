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

/** Games of one gate that ended within one sweep, and leave together. Two lists: a busy server keeps a million games. */
interface Kept {
  /** All of them had ended by then, monotonic ms. */
  readonly untilMs: number
  readonly gameIds: GameId[]
  /** By game, its result: the same bytes whenever it is sent; or its record. */
  readonly texts: string[]
  readonly resultOf: (text: string) => string
}

/** Keeps results of finished games for as long as the store may still lose them; then lets their records leave the store. */
export function createForgetting(clock: Clock, ledger: ShardLedger) {
  /** Oldest first. */
  const keptOf = new Map<Gate, Kept[]>()
  let cancel: CancelTimer = () => {}

  function listOf(gate: Gate): Kept[] {
    const list = keptOf.get(gate) ?? []
    keptOf.set(gate, list)
    return list
  }

  function sweep(): void {
    const before = clock.monotonic() - KEEP_MS
    for (const [gate, list] of keptOf) {
      while (list.length > 0 && list[0]!.untilMs <= before) forget(gate, list.shift()!)
      if (list.length === 0) keptOf.delete(gate)
    }
  }

  function forget(gate: Gate, due: Kept): void {
    for (let at = 0; at < due.gameIds.length; at += BATCH) {
      const gameIds = due.gameIds.slice(at, at + BATCH)
      const texts = due.texts.slice(at, at + BATCH)
      // Not now: the same batch again with the next sweep.
      ledger.forget(gate.shard, gate.fence, gameIds).catch(() => {
        listOf(gate).unshift({ ...due, gameIds, texts })
      })
    }
  }

  return {
    /** It has ended. */
    add: (hosted: HostedRoom) => {
      const list = listOf(hosted.gate)
      const nowMs = clock.monotonic()
      let last = list.at(-1)
      if (last === undefined || nowMs >= last.untilMs) {
        last = { untilMs: nowMs + SWEEP_MS, gameIds: [], texts: [], resultOf: asItIs }
        list.push(last)
      }
      last.gameIds.push(hosted.gameId)
      last.texts.push(hosted.result ?? resultOf(hosted))
    },
    /** Records that another owner wrote, at least `ageMs` ago. One that cannot be read is kept as it is. */
    addStored: (gate: Gate, records: ReadonlyMap<GameId, string>, ageMs: number) => {
      if (records.size === 0) return
      const [gameIds, texts] = [[...records.keys()], [...records.values()]]
      listOf(gate).push({ untilMs: clock.monotonic() - ageMs, gameIds, texts, resultOf: resultOfRecord })
    },
    /** All finished games of a gate that the store should still hold, as changes that write them again. */
    archive: (gate: Gate): Change[] =>
      (keptOf.get(gate) ?? []).flatMap(({ gameIds, texts, resultOf }) =>
        gameIds.map((gameId, at): Change => {
          const result = resultOf(texts[at]!)
          return { gameId, record: result, create: false, done: true, result }
        }),
      ),
    /** Gates with finished games that the store still holds. */
    gates: (): ReadonlySet<Gate> => new Set(keptOf.keys()),
    /** The gate's shard is somebody else's now. */
    drop: (gate: Gate): void => void keptOf.delete(gate),
    start: () => {
      cancel = every(clock, SWEEP_MS, sweep)
    },
    stop: () => cancel(),
  }
}
export type Forgetting = ReturnType<typeof createForgetting>

const asItIs = (result: string): string => result

function resultOfRecord(record: string): string {
  const decoded = decodeRecord(record)
  if (!decoded.ok) return record
  const { room, match } = decoded.value
  return resultOf({ head: recordHead(room, match), room })
}
