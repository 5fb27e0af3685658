import type { Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import { type LosableSnapshot, losableStores, NOTHING } from '../ports/memory/losable.ts'
import type { StoreLife } from '../ports/store-life.ts'
import type { UserRecord } from '../ports/user-index.ts'
import type { GameId } from '../protocol/ids.ts'
import type { ServerOptions } from '../server/options.ts'
import {
  type Change,
  type CommitAnswer,
  LedgerUnknown,
  type ShardId,
  type ShardLedger,
} from '../server/shard/ledger.ts'
import { shardOf } from '../server/shard/ledger-rules.ts'
import { type MemoryLedger, memoryLedger } from '../server/shard/memory-ledger.ts'
import {
  memoryStore,
  restoreStore,
  type StoreSnapshot,
  snapshotStore,
  wipeStore,
} from '../server/shard/memory-store.ts'
import { type Link, type StoreHealth, throughLink } from './link.ts'
import type { Process } from './process.ts'
import type { Truth } from './truth.ts'

export type StorePorts = Pick<ServerOptions, 'ledger' | 'users' | 'tickets' | 'invites' | 'registry' | 'life'>

export interface StoreHooks {
  readonly hit: (point: string) => void
  /** A server was told that it owns a shard, or still does. */
  readonly owned: (process: Process) => void
  /** A call of this process changed the store; its reply is on its way. */
  readonly applied: (process: Process, method: string) => void
  /** The same with what was asked and answered, of tickets and bindings. */
  readonly queued: (method: string, args: readonly unknown[], answer: unknown) => void
}

/** Between two copies that a replica has, in ms. */
const REPLICA_EVERY_MS = 20
/** Copies kept: the oldest is what a replica holds that lags most. */
const COPIES = 16

/** Stands for the call after which a game's players are held and its room is not there yet. */
export const RESERVED = 'reserve'

const LEDGER_READS = new Set(['find', 'load', 'bound'])
const OTHER_READS = new Set(['get', 'find', 'waiting', 'pending', 'nodes', 'routes', 'route', 'current'])

/** One simulated Valkey: what is durable, shared by all servers, each behind its own link. */
export function createStore(clock: VirtualClock, random: Random, truth: Truth, hooks: StoreHooks) {
  const { hit } = hooks
  const memory = memoryStore('run-1')
  const ledger: MemoryLedger = memoryLedger(clock, { store: memory })
  const others = losableStores(clock)
  const { users, tickets, invites, registry } = others
  const life: StoreLife = { current: async () => memory.runId }
  const health: StoreHealth = { down: false, outOfMemory: false }
  const copies: { readonly memory: StoreSnapshot; readonly others: LosableSnapshot }[] = []
  let copying = false
  let run = 1

  const recordOf = (gameId: GameId): string | null => {
    const shard = memory.shards.get(shardOf(gameId))
    return shard?.rooms.get(gameId) ?? shard?.done.get(gameId) ?? null
  }

  function applied(method: string, args: readonly unknown[], answer: unknown): void {
    if (method === 'commit') {
      const changes = args[3] as readonly Change[]
      const { type } = answer as CommitAnswer
      if (type !== 'committed') hit(`commit ${type}`)
      for (const { gameId } of changes) {
        const record = recordOf(gameId)
        if (record !== null && record !== '') truth.stored(gameId, record)
      }
      if (type === 'committed' && (answer as { refused: readonly GameId[] }).refused.length > 0) hit('creation refused')
    } else if (method === 'take') {
      const { type } = args[1] as { type: string }
      const outcome = (answer as { type: string }).type
      hit(`take ${type}: ${outcome}`)
      if (outcome === 'taken' && type !== 'reclaim') truth.taken(args[0] as number)
    } else if (method === 'settle' && (answer as { type: string }).type === 'void') hit('creation voided')
  }

  /** By game, how many of its players are held for it. */
  const reserved = new Map<GameId, number>()
  /** The second player of a game is held for it: what follows is its creation. */
  function reserves({ occupation }: UserRecord): boolean {
    if (occupation.type !== 'playing') return false
    const held = (reserved.get(occupation.gameId) ?? 0) + 1
    reserved.set(occupation.gameId, held)
    return held === 2
  }

  /** The ports of one server, through its link. */
  function portsOf(process: Process, link: Link): StorePorts {
    const base = { clock, random, process, link, health }
    const rest = {
      ...base,
      unknown: (why: string) => new Error(why),
      reads: OTHER_READS,
      slowReply: false,
      applied(method: string, args: readonly unknown[], answer: unknown) {
        const bothHeld = method === 'compareAndSet' && answer !== null && reserves(args[2] as UserRecord)
        hooks.queued(method, args, answer)
        hooks.applied(process, bothHeld ? RESERVED : method)
      },
    }
    const guarded: ShardLedger = throughLink<ShardLedger>(ledger, {
      ...base,
      unknown: (why) => new LedgerUnknown(why),
      reads: LEDGER_READS,
      slowReply: true,
      applied(method, args, answer) {
        applied(method, args, answer)
        hooks.queued(method, args, answer)
        hooks.applied(process, method)
      },
      answered: (method) => {
        if (method === 'take' || method === 'renew') clock.endOfTurn(() => hooks.owned(process))
      },
      lost: (method) => hit(`reply lost: ${method}`),
    })
    return {
      ledger: guarded,
      users: throughLink(users, rest),
      tickets: throughLink(tickets, rest),
      invites: throughLink(invites, rest),
      registry: throughLink(registry, rest),
      life: throughLink(life, rest),
    }
  }

  function copy(): void {
    if (!copying) return
    copies.push({ memory: snapshotStore(memory), others: others.snapshot() })
    if (copies.length > COPIES) copies.shift()
    clock.after(REPLICA_EVERY_MS, copy)
  }

  function became(): void {
    truth.wentBack(recordOf, (gameId) => lastOwner.get(shardOf(gameId)) ?? '')
  }
  const lastOwner = new Map<ShardId, string>()
  function noteOwners(): void {
    for (const [id, shard] of memory.shards) lastOwner.set(id, shard.head.owner)
  }

  return {
    memory,
    ledger,
    users,
    tickets,
    invites,
    registry,
    health,
    recordOf,
    portsOf,
    /** A replica begins to follow; a failover needs one. */
    follow(): void {
      if (copying) return
      copying = true
      copy()
    },
    unfollow(): void {
      copying = false
      copies.length = 0
    },
    /** A replica that lags by some 20 ms times `lag` takes over. */
    failOver(lag: number): void {
      const snapshot = copies.at(-1 - Math.min(lag, copies.length - 1))
      if (snapshot === undefined) return
      noteOwners()
      restoreStore(memory, snapshot.memory, `run-${++run}`)
      others.goBackTo(snapshot.others)
      hit('store failed over')
      became()
      copies.length = 0
    },
    /** The process restarts without its data. */
    restartEmpty(): void {
      noteOwners()
      wipeStore(memory, `run-${++run}`)
      others.goBackTo(NOTHING)
      hit('store restarted empty')
      became()
    },
    /** The process restarts with all its data: every write was on disk. */
    restart(): void {
      memory.runId = `run-${++run}`
      hit('store restarted')
    },
  }
}
export type SimStore = ReturnType<typeof createStore>
