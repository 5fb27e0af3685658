import { assert } from '../kit/assert.ts'
import type { CancelTimer, Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { TicketQueue } from '../ports/ticket-queue.ts'
import type { Counts } from './counts.ts'

/** How long a leader leads without a word, in ms; so long at most nobody pairs after it died. */
export const LEASE_MS = 3_000
/** Between renewals, and between a standby's tries, in ms. */
export const LEASE_RENEW_MS = 500
/** A leader stops this long before the store would let another lead, in ms: no two pair at once without need. */
const LEASE_MARGIN_MS = 200
assert(LEASE_MS - LEASE_MARGIN_MS > 3 * LEASE_RENEW_MS, 'two failed renewals must not end a lease')

export interface LeaseOptions {
  readonly clock: Clock
  readonly log: Log
  readonly tickets: TicketQueue
  readonly region: string
  readonly leader: string
  readonly counts: Counts
  /** Leads now, under a new epoch: what an earlier leader left is open. */
  readonly won: () => void
  /** Leads no longer: another one takes care of everything. */
  readonly lost: () => void
}

export interface Lease {
  start(): void
  /** The epoch to pair under; null: does not lead. */
  epoch(): number | null
  /** A store has refused the epoch. */
  fenced(): void
  /** Ends the tries and, if leading, the lease at once, so that a standby need not wait for its end. */
  release(): Promise<void>
}

/** Leads a region whenever nobody else does. */
export function createLease(options: LeaseOptions): Lease {
  const { clock, log, tickets, region, leader, counts } = options
  let held: { readonly epoch: number; readonly untilMs: number } | null = null
  let stopped = false
  let cancel: CancelTimer = () => {}

  function hold(epoch: number | null, sentMs: number): void {
    const before = held
    if (before !== null && before.epoch !== epoch) {
      held = null
      counts.leading = false
      log.info('matchmaker_lead_lost', { region, epoch: before.epoch })
      options.lost()
    }
    if (epoch === null) return
    held = { epoch, untilMs: sentMs + LEASE_MS - LEASE_MARGIN_MS }
    counts.leading = true
    if (before?.epoch === epoch) return
    log.info('matchmaker_leads', { region, epoch })
    options.won()
  }

  async function renew(): Promise<void> {
    const sentMs = clock.monotonic()
    try {
      const epoch = await tickets.lead(region, leader, LEASE_MS)
      counts.leaseHeardMs = clock.monotonic()
      if (!stopped) hold(epoch, sentMs)
    } catch (error) {
      counts.storeErrors += 1
      log.warn('matchmaker_renewal_failed', { region, error: String(error) })
      current()
    }
    if (!stopped) cancel = clock.after(LEASE_RENEW_MS, () => void renew())
  }

  /** The lease, unless it has run out meanwhile. */
  function current(): number | null {
    if (held !== null && clock.monotonic() >= held.untilMs) hold(null, 0)
    return held?.epoch ?? null
  }

  return {
    start: () => void renew(),
    epoch: current,
    fenced: () => hold(null, 0),
    async release() {
      stopped = true
      cancel()
      if (current() === null) return
      hold(null, 0)
      try {
        await tickets.lead(region, leader, 1)
      } catch (error) {
        log.warn('matchmaker_release_failed', { region, error: String(error) })
      }
    },
  }
}
