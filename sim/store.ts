import type { Clock } from '../kit/clock.ts'
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
  type TakeAnswer,
  type TakeProof,
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
import { createReplication } from './replication.ts'
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
/** Stands for a takeover: a claim that was granted as the lease had run out. */
export const TAKEN = 'taken'

const LEDGER_READS = new Set(['find', 'load', 'bound'])
const OTHER_READS = new Set(['get', 'find', 'waiting', 'pending', 'nodes', 'routes', 'route', 'current'])

export interface StoreSettings {
  /** COMMIT_REPLICAS=1: a write is answered when the replica that would take over has it. */
  readonly replicated: boolean
}

/** One simulated Valkey: what is durable, shared by all servers, each behind its own link. */
export function createStore(
  clock: VirtualClock,
  random: Random,
  truth: Truth,
  hooks: StoreHooks,
  { replicated }: StoreSettings,
) {
  const { hit } = hooks
  const memory = memoryStore('run-1')
  let jumpedMs = 0
  /** Valkey goes by its wall clock in everything. */
  const storeClock: Clock = {
    ...clock,
    now: () => clock.now() + jumpedMs,
    monotonic: () => clock.monotonic() + jumpedMs,
  }
  const ledger: MemoryLedger = memoryLedger(storeClock, { store: memory })
  const others = losableStores(storeClock)
  const { users, tickets, invites, registry } = others
  const life: StoreLife = { current: async () => memory.runId }
  const health: StoreHealth = { down: false, outOfMemory: false }
  const replication = replicated ? createReplication(clock, random) : null
  const copies: { readonly memory: StoreSnapshot; readonly others: LosableSnapshot; readonly write: number }[] = []
  let copying = false
  /** The replica that takes over is so many copies behind. */
  let lag = 0
  let run = 1
  /** Of the ledger, when it was last looked at. */
  let writesSeen = 0

  const recordOf = (gameId: GameId): string | null => {
    const shard = memory.shards.get(shardOf(gameId))
    return shard?.rooms.get(gameId) ?? shard?.done.get(gameId) ?? null
  }

  /** What the yardstick learns of a call of the ledger once that is safe. */
  function noteOf(method: string, args: readonly unknown[], answer: unknown): () => void {
    if (method !== 'commit') return () => noteClaim(method, args, answer)
    const { type } = answer as CommitAnswer
    if (type !== 'committed') hit(`commit ${type}`)
    else if ((answer as { refused: readonly GameId[] }).refused.length > 0) hit('creation refused')
    const records = (args[3] as readonly Change[]).map(({ gameId }) => [gameId, recordOf(gameId)] as const)
    return () => {
      for (const [gameId, record] of records) if (record !== null && record !== '') truth.stored(gameId, record)
    }
  }

  function noteClaim(method: string, args: readonly unknown[], answer: unknown): void {
    if (method === 'take') {
      const { type, above } = args[1] as TakeProof
      const outcome = (answer as { type: string }).type
      hit(`take ${type}: ${outcome}`)
      // Whoever reclaims, or transfers to itself above what was forgotten, goes on; the time lost is given back, no turn begins anew.
      const goesOn = type === 'reclaim' || (type === 'transfer' && above !== undefined)
      if (outcome === 'taken' && !goesOn) truth.taken(args[0] as number)
    } else if (method === 'settle' && (answer as { type: string }).type === 'void') hit('creation voided')
  }

  /** Runs `note` when what a call wrote cannot be lost any more, and answers it then. */
  function confirm(wrote: boolean, note: () => void, then: (confirmed: boolean) => void): void {
    if (replication === null) {
      note()
      return then(true)
    }
    // What a repeat finds counts when the first one does.
    if (!wrote) return then(true)
    let answered = false
    const answer = (confirmed: boolean): void => {
      if (!answered) then(confirmed)
      answered = true
    }
    replication.written(
      () => {
        note()
        answer(true)
      },
      () => {
        if (!answered) hit('too few replicas')
        answer(false)
      },
    )
  }

  /** Has the call written anything? WAIT of one that has not waits for nothing. */
  function ledgerWrote(method: string, args: readonly unknown[], answer: unknown): boolean {
    if (LEDGER_READS.has(method)) return false
    if (method === 'settle') return (answer as { type: string }).type === 'void'
    if (method === 'bind') return answer === args[1]
    if (method !== 'commit') return true
    const before = writesSeen
    writesSeen = memory.writes
    return memory.writes !== before
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
        hooks.applied(process, bothHeld ? RESERVED : method)
      },
      confirm(method: string, args: readonly unknown[], answer: unknown, then: (confirmed: boolean) => void) {
        confirm(!OTHER_READS.has(method) && answer !== null, () => hooks.queued(method, args, answer), then)
      },
    }
    const guarded: ShardLedger = throughLink<ShardLedger>(ledger, {
      ...base,
      unknown: (why) => new LedgerUnknown(why),
      reads: LEDGER_READS,
      slowReply: true,
      applied(method, args, answer) {
        hooks.applied(process, method)
        const takes = method === 'take' && (args[1] as TakeProof).type === 'expired'
        if (takes && (answer as TakeAnswer).type === 'taken') hooks.applied(process, TAKEN)
      },
      confirm(method, args, answer, then) {
        const note = noteOf(method, args, answer)
        const safe = (): void => {
          note()
          hooks.queued(method, args, answer)
        }
        confirm(ledgerWrote(method, args, answer), safe, then)
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
    clock.after(REPLICA_EVERY_MS, copy)
    // A primary that died says nothing more to anybody.
    if (health.down) return
    copies.push({ memory: snapshotStore(memory), others: others.snapshot(), write: replication?.newest() ?? 0 })
    if (copies.length > COPIES) copies.shift()
    replication?.confirm(heir()!.write)
  }
  /** What the replica has that takes over. */
  const heir = () => copies.at(-1 - Math.min(lag, copies.length - 1))

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
    /** Answers when all that was written until now cannot be lost any more, or that nobody knows. */
    confirm: (then: (confirmed: boolean) => void): void => confirm(true, () => {}, then),
    replicated,
    /** Its wall clock is set anew. */
    jump(ms: number): void {
      jumpedMs += ms
    },
    /** The replica confirms nothing, or again. */
    lagging(on: boolean): void {
      if (!copying) replication?.hold(on)
    },
    /** A replica that lags by some 20 ms times `behind` is the one to take over; a failover needs it. */
    follow(behind: number): void {
      if (copying) return
      lag = behind
      copying = true
      replication?.hold(true)
      copy()
    },
    unfollow(): void {
      copying = false
      copies.length = 0
      replication?.hold(false)
    },
    /** The replica takes over, with what it has. */
    failOver(): void {
      const snapshot = heir()
      if (snapshot === undefined) return
      replication?.forget()
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
      replication?.forget()
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
