import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { VerifyToken } from '../ports/auth/identity.ts'
import type { Bus } from '../ports/bus.ts'
import type { Count } from '../ports/http/gate/limits.ts'
import type { Invites } from '../ports/invites.ts'
import type { NodeRegistry } from '../ports/node-registry.ts'
import type { StoreLife } from '../ports/store-life.ts'
import type { StoreMemory } from '../ports/store-memory.ts'
import type { TicketQueue } from '../ports/ticket-queue.ts'
import type { Troubles } from '../ports/troubles.ts'
import type { UserIndex } from '../ports/user-index.ts'
import type { Durability } from '../protocol/messages.ts'
import type { ShardLedger } from './shard/ledger.ts'
import type { UpgradeRequest } from './socket/hub.ts'

/** What a server needs of the world. */
export interface ServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly nodeId: string
  readonly region: string
  readonly turnMs: number
  readonly framesPerSecond: number
  readonly maxSocketsPerAddress: number
  readonly allowedOrigins: readonly string[]
  readonly clientAddress: (request: Pick<UpgradeRequest, 'address' | 'forwardedFor'>) => string
  /** Counts socket upgrades beside REST requests. */
  readonly countNow: Count['countNow']
  readonly durability: Durability
  readonly ledger: ShardLedger
  readonly users: UserIndex
  readonly tickets: TicketQueue
  readonly invites: Invites
  readonly registry: NodeRegistry
  readonly bus: Bus
  /** Of users, tickets and invites. Absent: they forget nothing. */
  readonly life?: StoreLife
  /** Stores that play does not need, as those who use them find them. Absent: they are well. */
  readonly troubles?: Troubles
  /** Of the live store. Absent: it has no end. */
  readonly storeMemory?: StoreMemory
  readonly verify: VerifyToken
}
