import { assert } from '../kit/assert.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Result } from '../kit/result.ts'
import { type DeadLetters, FAILURES_MAX } from '../ports/dead-letters.ts'
import { type FinishedGame, finishedGame } from '../ports/finished-game.ts'
import { OUTBOX_CLAIM_MS, type OutboxEntry, type ResultOutbox } from '../ports/result-outbox.ts'
import { RecordRejected, StoreUnavailable } from '../ports/store-failure.ts'
import type { GameId } from '../protocol/ids.ts'
import { type DestinationCounts, observe } from './counts.ts'
import type { Destination } from './destination.ts'
import { backOffMs, createGuard } from './guard.ts'
import type { Pauses } from './pauses.ts'

/** A record that failed alone is tried again after so long, doubled each time, ms. */
const RECORD_RETRY_MS = 1_000
/** Records that wait for such a try at once; more of them come again when their claim ends. */
const RECORD_RETRIES_MAX = 1_000
assert(RECORD_RETRY_MS * (2 ** (FAILURES_MAX - 1) - 1) < OUTBOX_CLAIM_MS, 'a failing record stays with its reader')

export interface DeliveryOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly outbox: Pick<ResultOutbox, 'ack'>
  readonly deadLetters: DeadLetters
  readonly destination: Destination
  readonly counts: DestinationCounts
  readonly pauses: Pauses
  readonly breakerOpenMs?: number
}

/** One game and the entries that hold it: after a failover a game may wait twice. */
interface Parcel {
  readonly game: FinishedGame
  readonly entries: readonly OutboxEntry[]
}

/** Brings batches of results to one destination: each is written and acknowledged, kept for a human, or comes again. Never throws. */
export function createDelivery(options: DeliveryOptions) {
  const { clock, random, log, outbox, deadLetters, destination, counts, pauses } = options
  const { name } = destination
  const retries = new Set<Promise<void>>()

  const guard = createGuard({
    ...options,
    failed(error) {
      counts.unavailable += 1
      log.warn('destination_unavailable', { destination: name, why: error.message })
    },
  })

  async function write(parcels: readonly Parcel[]): Promise<void> {
    const games = parcels.map(({ game }) => game)
    const startMs = clock.monotonic()
    try {
      await destination.write(games, guard.call)
    } finally {
      counts.breaker = guard.phase()
    }
    observe(counts.batchMs, clock.monotonic() - startMs)
    counts.written += games.length
  }

  /** They are safe. An acknowledgement that fails does no harm: the entries come again, and the destination knows their games. */
  async function acknowledge(entries: readonly OutboxEntry[]): Promise<void> {
    await outbox.ack(name, entries).catch((error: unknown) => log.warn('results_not_acknowledged', { error }))
  }

  /** Until the destination takes them, or the process ends. A batch that holds a record which it refuses is halved until that stands alone. */
  async function place(batch: readonly Parcel[]): Promise<void> {
    const work: (readonly Parcel[])[] = batch.length > 0 ? [batch] : []
    for (let misses = 0; work.length > 0; ) {
      const parcels = work.pop()!
      try {
        await write(parcels)
        misses = 0
        await acknowledge(parcels.flatMap(({ entries }) => entries))
      } catch (error) {
        if (error instanceof StoreUnavailable) {
          work.push(parcels)
          await pauses.pause(Math.max(guard.waitMs() ?? 0, backOffMs(random, ++misses)))
          if (pauses.ended()) return
        } else if (parcels.length > 1) {
          const middle = parcels.length >>> 1
          work.push(parcels.slice(middle), parcels.slice(0, middle))
        } else await rejected(parcels[0]!, error)
      }
    }
  }

  async function rejected({ game, entries }: Parcel, error: unknown): Promise<void> {
    const { gameId } = game
    const reason = error instanceof Error ? error.message : String(error)
    if (!(error instanceof RecordRejected)) log.error('destination_failed', { destination: name, gameId, error })
    counts.rejected += 1
    const [entry] = entries
    try {
      const failures = await deadLetters.failed({ destination: name, gameId, result: entry!.result })
      if (failures >= FAILURES_MAX) return await bury(entries, reason)
      log.warn('record_rejected', { destination: name, gameId, reason, failures })
      if (retries.size >= RECORD_RETRIES_MAX) return
      const retry = pauses
        .pause(RECORD_RETRY_MS * 2 ** (failures - 1))
        .then(() => (pauses.ended() ? undefined : place([{ game, entries }])))
        .finally(() => retries.delete(retry))
      retries.add(retry)
    } catch (failure) {
      log.warn('record_not_counted', { destination: name, gameId, error: failure })
    }
  }

  /** A human looks at them. When they cannot be kept they come again. */
  async function bury(entries: readonly OutboxEntry[], reason: string): Promise<void> {
    const [entry] = entries
    const { gameId, result } = entry!
    try {
      const kept = await deadLetters.bury({ destination: name, gameId, result, reason, atMs: clock.now() })
      if (!kept) return log.error('dead_letters_full', { destination: name, gameId, reason })
      counts.deadLettered += 1
      log.error('result_dead_lettered', { destination: name, gameId, reason })
      await acknowledge(entries)
    } catch (error) {
      log.warn('dead_letter_not_kept', { destination: name, gameId, error })
    }
  }

  return {
    guard,
    /** Tries of single records that are under way. */
    retries: (): Promise<unknown> => Promise.all(retries),
    async deliver(entries: readonly OutboxEntry[]): Promise<void> {
      const parcels = new Map<string, Parcel>()
      const others: OutboxEntry[] = []
      for (const entry of entries) {
        const known = parcels.get(entry.gameId)
        if (known !== undefined && known.entries[0]!.result !== entry.result) {
          others.push(entry)
          continue
        }
        const read = known === undefined ? readGame(entry, clock.now()) : null
        if (read !== null && !read.ok) {
          counts.unreadable += 1
          await bury([entry], read.error)
        } else {
          const game = read === null ? known!.game : read.value
          parcels.set(entry.gameId, { game, entries: [...(known?.entries ?? []), entry] })
        }
      }
      await place([...parcels.values()])
      if (others.length > 0 && !pauses.ended()) await this.deliver(others)
    },
  }
}
export type Delivery = ReturnType<typeof createDelivery>

/** What another release or a stranger wrote may be anything. */
function readGame({ gameId, result }: OutboxEntry, nowMs: number): Result<FinishedGame, string> {
  try {
    return finishedGame(gameId as GameId, result, nowMs)
  } catch (error) {
    return { ok: false, error: `not a room record: ${error instanceof Error ? error.message : error}` }
  }
}
