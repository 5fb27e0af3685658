import type { Brand } from '../../kit/brand.ts'
import type { GameId } from '../../protocol/ids.ts'

/** Uint32; the first 32 bits of the ids of its games. */
export type ShardId = Brand<number, 'ShardId'>

/** Who asks to own a shard. `nonce` is fresh randomness of this claim: two claims never share it, epochs after a failover might. */
export interface Claimant {
  /** Node id and boot id: `NODE_ID.BOOT`. */
  readonly owner: string
  readonly nonce: string
  readonly leaseMs: number
}

/** Proof of the right to change a shard: every fenced call carries it. */
export interface Fence {
  readonly epoch: number
  readonly nonce: string
}

/**
 * Why `take` may succeed; see docs/ARCHITECTURE.md, "Shards". `above`: an epoch that the store may have forgotten; the new one is higher, and
 * whoever held one up to it may not reclaim.
 */
export type TakeProof =
  /** The lease ran out by the store's clock. */
  | { readonly type: 'expired'; readonly above?: number }
  /** The living owner hands over: its own fence, the claimant is the new owner, or the same one under a higher epoch. */
  | { readonly type: 'transfer'; readonly fence: Fence; readonly above?: number }
  /** "I held `fence` and my memory is at `seq`": the store went back behind that, or lost the head since run `runId`. */
  | {
      readonly type: 'reclaim'
      readonly fence: Fence
      readonly seq: number
      readonly runId: string
      readonly above?: number
    }

export type TakeAnswer =
  | { readonly type: 'taken'; readonly epoch: number; readonly seq: number; readonly runId: string }
  /** Somebody's lease still holds, for this long by the store's clock. */
  | { readonly type: 'held'; readonly owner: string; readonly forMs: number }
  /** The store failed over since the lease was granted: the living owner comes first, until the new lease-until. */
  | { readonly type: 'grace'; readonly forMs: number }
  | { readonly type: 'missing' }
  /** Deleted shard, or a proof that does not hold. */
  | { readonly type: 'refused' }

export type OpenAnswer =
  | { readonly type: 'opened'; readonly epoch: number; readonly runId: string }
  | { readonly type: 'exists' }

/**
 * One game's newest record. `create`: written only if the id is in neither `rooms` nor `done`. `done`: the record goes to the finished
 * ones; with a `result` it also enters the outbox, exactly once.
 */
export interface Change {
  readonly gameId: GameId
  readonly record: string
  readonly create: boolean
  readonly done: boolean
  readonly result: string | null
}

export type CommitAnswer =
  /** `refused`: creations whose id was taken. A repeat of the last `seq` answers the same. */
  | { readonly type: 'committed'; readonly refused: readonly GameId[] }
  | { readonly type: 'fenced' }
  /** `seq` is neither the next nor the last one: the store stands at `seq`. */
  | { readonly type: 'gap'; readonly seq: number }

export interface Renewal {
  readonly shard: ShardId
  readonly fence: Fence
  /** Newest committed sequence number in the owner's memory. */
  readonly seq: number
}

export type RenewAnswer =
  | { readonly type: 'renewed'; readonly runId: string }
  | { readonly type: 'fenced' }
  /** The store stands behind the owner's memory: reclaim. */
  | { readonly type: 'behind'; readonly seq: number; readonly runId: string }
  | { readonly type: 'missing'; readonly runId: string }
  /** As LedgerUnknown, for this shard alone: others may lie on another primary. */
  | { readonly type: 'unknown' }

/** A game as the store holds it; `void`: it will never exist. */
export type Settled =
  | { readonly type: 'live'; readonly record: string }
  | { readonly type: 'done'; readonly record: string }
  | { readonly type: 'void' }

export interface ShardImage {
  readonly seq: number
  readonly rooms: ReadonlyMap<GameId, string>
  readonly done: ReadonlyMap<GameId, string>
  /** How long ago the newest of `done` ended, in ms by the store's clock; null: none has. */
  readonly doneAgeMs: number | null
}

/** At most so many changes, or record and result bytes, in one commit. */
export const COMMIT_CHANGES_MAX = 512
export const COMMIT_BYTES_MAX = 256 * 1024

/** The outcome of a call is unknown (timeout, OOM, READONLY, LOADING, CLUSTERDOWN, TRYAGAIN, lost connection): repeat the same call. */
export class LedgerUnknown extends Error {
  override readonly name = 'LedgerUnknown'
}

/**
 * Where rooms are durable. Every call either answers, rejects with LedgerUnknown (repeat it unchanged), or rejects with another error
 * (a bug or a foreign store: give the shard up and alert).
 */
export interface ShardLedger {
  /** Creates a shard that never existed, with epoch 1 and seq 0. */
  open(shard: ShardId, claimant: Claimant): Promise<OpenAnswer>
  /** The only other way to own: epoch + 1, the claimant's nonce, a new lease. */
  take(shard: ShardId, proof: TakeProof, claimant: Claimant): Promise<TakeAnswer>
  /** Leases of several shards of one owner at once; answers in the order asked. */
  renew(renewals: readonly Renewal[], leaseMs: number): Promise<readonly RenewAnswer[]>
  /** Ends the own lease at once, so that anybody may take the shard. */
  release(shard: ShardId, fence: Fence): Promise<void>
  commit(shard: ShardId, fence: Fence, seq: number, changes: readonly Change[]): Promise<CommitAnswer>
  /** The game's record; a game that nobody ever created is void from now on: its creation will be refused. */
  settle(gameId: GameId): Promise<Settled>
  /** The game's record, null when there is none; changes nothing. */
  find(gameId: GameId): Promise<Settled | null>
  load(shard: ShardId): Promise<ShardImage>
  /** Deletes a shard without live rooms and undelivered results; a tombstone keeps zombies from reviving it for 24 h. False: refused. */
  remove(shard: ShardId, fence: Fence): Promise<boolean>
  /** Drops finished records (never live ones), some 10 min after their games ended. Unknown ids are skipped. */
  forget(shard: ShardId, fence: Fence, gameIds: readonly GameId[]): Promise<void>
  /** Binds `key` to `gameId` unless it is bound; the gameId that it is bound to, kept 10 min. */
  bind(key: string, gameId: GameId): Promise<GameId>
  /** What `key` is bound to, null when nothing; changes nothing. */
  bound(key: string): Promise<GameId | null>
  /** Replaces a binding whose game is void: compare-and-set. The gameId that holds afterwards. */
  rebind(key: string, voided: GameId, gameId: GameId): Promise<GameId>
}
