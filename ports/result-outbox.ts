/** A finished game's result that waits in its shard's outbox. Opaque here; idempotent by game id where it arrives. */
export interface OutboxEntry {
  /** The shard (uint32) in whose outbox it waits, and its place there. */
  readonly shard: number
  readonly id: string
  /** The run of the store under which it was read: after a failover the same id may be another entry. */
  readonly runId: string
  readonly gameId: string
  readonly result: string
}

/** What one destination has not acknowledged. */
export interface Backlog {
  readonly destination: string
  readonly count: number
  /** For how long the oldest of them has waited, ms; 0: none waits. */
  readonly oldestMs: number
}

/**
 * The results of all shards, read by several destinations, each at its own pace: a stopped one holds up nobody else. At least once: an
 * entry comes again until its destination acknowledged it, so destinations are idempotent by game id.
 */
export interface ResultOutbox {
  /**
   * At most `count` results that `destination` has not acknowledged, oldest first in each shard; those whose reader died come first. What
   * was read is not read again by anyone of the same destination for `OUTBOX_CLAIM_MS`.
   */
  read(destination: string, count: number): Promise<readonly OutboxEntry[]>
  /** These are safe at `destination`. What every destination has leaves the outbox. Entries of another run are ignored: they come again. */
  ack(destination: string, entries: readonly OutboxEntry[]): Promise<void>
  /** What waits for each destination. Forgets readers that are long gone and hold nothing. */
  backlog(): Promise<readonly Backlog[]>
}

/** A reader that died has held its entries for so long before another one gets them, ms. */
export const OUTBOX_CLAIM_MS = 30_000
/** A reader that asked for nothing for so long is gone, ms. */
export const READER_GONE_MS = 600_000
