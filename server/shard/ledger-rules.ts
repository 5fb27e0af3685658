import type { GameId } from '../../protocol/ids.ts'
import type { Fence, ShardId } from './ledger.ts'

/** After a failover of the store the living owner comes first: for a lease and this long, ms. */
export const GRACE_MS = 1_000
/** How long a deleted shard's tombstone keeps zombies from reviving it, ms. */
export const TOMBSTONE_MS = 24 * 3_600_000
/** How long a binding is kept, ms. */
export const BIND_MS = 600_000
/**
 * Epochs skipped by a takeover that follows a failover. The store may have forgotten claims; whoever held one of them and wakes up later
 * must not look newer than the claim that was granted after the grace.
 */
export const EPOCHS_AFTER_GRACE = 1_000

/** The shard that a game belongs to: the first 32 bits of its id. */
export const shardOf = (gameId: GameId): ShardId => Number.parseInt(gameId.slice(0, 8), 16) as ShardId

/** What decides whether a former owner's memory is ahead of the store. */
export interface Standing {
  readonly epoch: number
  readonly nonce: string
  readonly seq: number
  /** Holders of epochs up to this one may not reclaim: the head's epoch, or the one that the last reclaim proved. */
  readonly floor: number
}

/** Does the store stand behind somebody who held `fence` with memory at `seq`? */
export const storeIsBehind = (head: Standing, fence: Fence, seq: number): boolean =>
  head.epoch === fence.epoch && head.nonce === fence.nonce ? head.seq < seq : fence.epoch > head.floor
