import { assert } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'

/** How long the store keeps a shard for its owner without a word, in ms, by the store's clock. */
export const LEASE_MS = 3_000
/** Between two renewals, in ms. */
export const RENEW_EVERY_MS = 500
/** The owner trusts its lease so much less than the store does, in ms: clocks run at slightly different speeds, and answers travel. */
export const LEASE_MARGIN_MS = 200
assert(LEASE_MS > 4 * RENEW_EVERY_MS, 'three lost renewals must not end a lease')

/** The owner's own view of its lease, on the monotonic clock: it fences itself before anybody else may own the shard. */
export function createLease(clock: Clock) {
  let trustedUntilMs = 0
  return {
    /** A grant or renewal that was sent at `sentAtMs` (monotonic) succeeded. */
    renewed(sentAtMs: number): void {
      trustedUntilMs = Math.max(trustedUntilMs, sentAtMs + LEASE_MS - LEASE_MARGIN_MS)
    },
    end(): void {
      trustedUntilMs = Math.min(trustedUntilMs, clock.monotonic())
    },
    /** How long it has not been trusted, in ms. */
    lapsedMs: (): number => Math.max(0, clock.monotonic() - trustedUntilMs),
    trusted: (): boolean => clock.monotonic() < trustedUntilMs,
  }
}
export type Lease = ReturnType<typeof createLease>
