import type { NodeName } from './bus.ts'

/** A server as its peers and the matchmaker see it. */
export interface NodeRecord {
  readonly node: NodeName
  readonly region: string
  /** Open sockets. */
  readonly players: number
  /** Rooms in memory. */
  readonly rooms: number
  /** Takes no new rooms, shards or sockets. */
  readonly draining: boolean
}

/** Where a shard was last known to be. Routes only grow by epoch. */
export interface Route {
  readonly shard: number
  readonly epoch: number
  readonly node: NodeName
}

/** Who is there and who holds what: hints for finding owners, never a proof of ownership (that is the ledger's). */
export interface NodeRegistry {
  /** Says that the node lives. Its row disappears when it has not been said for `ttlMs`. */
  heartbeat(record: NodeRecord, ttlMs: number): Promise<void>
  /** The nodes that live. */
  nodes(): Promise<readonly NodeRecord[]>
  /** The node is gone: its row disappears now. */
  leave(node: NodeName): Promise<void>
  /**
   * Notes routes. One whose epoch is not above the stored one changes nothing, unless it leads to a living node and the stored one to a dead
   * one: a store that went back may have forgotten a claim whose epoch is still told.
   */
  publish(routes: readonly Route[]): Promise<void>
  routes(): Promise<readonly Route[]>
  route(shard: number): Promise<Route | null>
  /** The shard is deleted. */
  withdraw(shard: number): Promise<void>
}
