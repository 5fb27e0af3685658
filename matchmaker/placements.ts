import type { CancelTimer, Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Placement } from '../ports/placement.ts'
import type { Match, TicketQueue } from '../ports/ticket-queue.ts'
import type { Counts } from './counts.ts'

/** A match without a verdict is placed again after this long, in ms. */
export const REPLACE_AFTER_MS = 2_000
/**
 * A match that is older is given up, and its players wait anew, in ms: half of the time for which servers remember what was created for it
 * (decision 6). Placed later, two whose game is long over would find themselves in another one.
 */
export const GIVEN_UP_AFTER_MS = 300_000
/** Matches under way at once; beyond, tickets stay in the queue. More than a second's pairs wait for no server. */
export const PLACING_MAX = 16_384

export interface PlacementsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly tickets: TicketQueue
  readonly region: string
  readonly counts: Counts
  readonly place: (match: Match) => Promise<Placement>
}

export interface Placements {
  /** Sees to it that the match gets its room or its tickets wait again, however often it takes. */
  add(match: Match): void
  /** Takes on what the store has pending and nobody here cares for: left by a leader that died, or by a lost reply. */
  adopt(): Promise<void>
  /** How many more may be added. */
  free(): number
  /** Forgets all: whoever leads next finds them pending. */
  abandon(): void
  /** Resolves when none is under way. */
  idle(): Promise<void>
}

interface Placing {
  readonly match: Match
  attempts: number
  /** Known, and being written to the store. */
  verdict: Exclude<Placement, { type: 'unknown' }> | null
  cancel: CancelTimer
}

/** Brings pending matches to their rooms. */
export function createPlacements(options: PlacementsOptions): Placements {
  const { clock, log, tickets, region, counts, place } = options
  const placing = new Map<string, Placing>()
  /** Matches that ended while the store lists the pending ones: the list may still name them. */
  let endedMeanwhile: Set<string> | null = null
  let whenIdle: (() => void)[] = []

  const isCurrent = (one: Placing): boolean => placing.get(one.match.id) === one

  function resized(): void {
    counts.placing = placing.size
    if (placing.size > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  function drive(one: Placing): void {
    one.cancel = clock.after(REPLACE_AFTER_MS, () => drive(one))
    void (one.verdict === null ? ask(one) : conclude(one, one.verdict))
  }

  async function ask(one: Placing): Promise<void> {
    one.attempts += 1
    const attempt = one.attempts
    if (attempt > 1) counts.replaced += 1
    const answer = await place(one.match).catch((error): Placement => {
      log.warn('match_place_failed', { match: one.match.id, attempt, error: String(error) })
      return { type: 'unknown' }
    })
    if (!isCurrent(one) || one.verdict !== null || answer.type === 'unknown') return
    // A later attempt may have opened the room meanwhile: its answer counts.
    if (answer.type === 'refused' && attempt !== one.attempts) return
    one.verdict = answer
    await conclude(one, answer)
  }

  async function conclude(one: Placing, verdict: NonNullable<Placing['verdict']>): Promise<void> {
    const { id } = one.match
    try {
      if (verdict.type === 'placed') await tickets.placed(region, id)
      else await tickets.requeue(region, id, verdict.keep)
    } catch (error) {
      // The timer tries again; both calls may be repeated.
      counts.storeErrors += 1
      log.warn('match_verdict_failed', { match: id, verdict: verdict.type, error: String(error) })
      return
    }
    if (!isCurrent(one)) return
    one.cancel()
    placing.delete(id)
    endedMeanwhile?.add(id)
    counts[verdict.type] += 1
    resized()
  }

  function add(match: Match): void {
    if (placing.has(match.id)) return
    const tooLate = clock.now() - match.pairedAtMs >= GIVEN_UP_AFTER_MS
    const verdict = tooLate ? ({ type: 'refused', keep: [] } as const) : null
    const one: Placing = { match, attempts: 0, verdict, cancel: () => {} }
    placing.set(match.id, one)
    resized()
    drive(one)
  }

  return {
    add,
    async adopt() {
      const ended = new Set<string>()
      endedMeanwhile = ended
      try {
        for (const match of await tickets.pending(region)) {
          if (placing.size < PLACING_MAX && !ended.has(match.id)) add(match)
        }
      } finally {
        endedMeanwhile = null
      }
    },
    free: () => PLACING_MAX - placing.size,
    abandon() {
      for (const one of placing.values()) one.cancel()
      placing.clear()
      resized()
    },
    idle: () => (placing.size === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}
