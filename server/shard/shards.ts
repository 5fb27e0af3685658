import { type CancelTimer, type Clock, delay, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { below, type Random } from '../../kit/random.ts'
import type { Route } from '../../ports/node-registry.ts'
import { type GameId, gameIdOf } from '../../protocol/ids.ts'
import type { Metrics } from '../metrics.ts'
import type { HostedRoom } from '../room/hosted.ts'
import { createGate, type Gate, type LossReason } from './gate.ts'
import { createAfterLapse, LAPSED_WAIT_MS } from './lapse.ts'
import { createLease, LEASE_MS, type Lease, RENEW_EVERY_MS } from './lease.ts'
import {
  type Change,
  type Claimant,
  type Fence,
  LedgerUnknown,
  type ShardId,
  type ShardLedger,
  type TakeAnswer,
  type TakeProof,
} from './ledger.ts'

/** Between two tries to reclaim a shard, at most, in ms. */
const RECLAIM_RETRY_MS = 100
/** How often a claim is made whose answers get lost. */
const TAKE_TRIES_MAX = 4
/** Shards that a server opens: after its death so many survivors take one each. */
export const SHARDS_PER_SERVER = 4

export interface ShardsOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly ledger: ShardLedger
  /** Node id and boot id of this server. */
  readonly owner: string
  /** A claim that was answered is never lost by a failover. */
  readonly claimsSurvive: boolean
  /** The highest epoch of the shard that this server has heard of; 0: none. */
  readonly heardOf: (shard: ShardId) => number
  readonly deliver: (release: () => void) => void
  readonly unstuck: (gate: Gate, stuckMs: number) => void
  /** The shard is not ours any more. */
  readonly lost: (gate: Gate, why: LossReason) => void
  /** The store went back and has these rooms again. */
  readonly reclaimed: (rooms: readonly HostedRoom[]) => void
  /** Everything of the shard that this memory holds: what a store that went back is given again. */
  readonly memory: (gate: Gate) => { readonly rooms: readonly HostedRoom[]; readonly archive: readonly Change[] }
}

interface Held {
  readonly gate: Gate
  readonly lease: Lease
  /** New rooms may go here. */
  readonly takesRooms: boolean
  /** Of the store's primary that granted or renewed the lease last. */
  runId: string
  reclaiming: boolean
  /** It is being deleted: its lease may end. */
  retiring: boolean
  /** The store of this run may have forgotten that somebody else holds the shard: renewals count from then on, in monotonic ms. */
  waits: { readonly runId: string; readonly untilMs: number } | null
}

/** The shards that this server owns. */
export function createShards(options: ShardsOptions) {
  const { clock, random, ledger, log, metrics } = options
  const held = new Map<ShardId, Held>()
  let open: Held[] = []
  let turn = 0
  let cancelRenewals: CancelTimer = () => {}
  let renewing = false
  let stopped = false

  const claim = (): Claimant => ({
    owner: options.owner,
    nonce: Buffer.from(random.bytes(12)).toString('hex'),
    leaseMs: LEASE_MS,
  })

  const { afterLapse, aboveForgotten } = createAfterLapse({ ...options, claim })

  /** Creates a shard for new rooms; the same claim again is safe. False: it exists. */
  async function openShard(shard: ShardId, claimant: Claimant): Promise<boolean> {
    const sentAtMs = clock.monotonic()
    const answer = await ledger.open(shard, claimant)
    if (answer.type !== 'opened') return false
    hold(shard, { epoch: answer.epoch, nonce: claimant.nonce }, 0, sentAtMs, true, answer.runId)
    return true
  }

  function hold(shard: ShardId, fence: Fence, seq: number, sentAtMs: number, takesRooms: boolean, runId: string): Gate {
    const lease = createLease(clock)
    lease.renewed(sentAtMs)
    const gate: Gate = createGate({
      shard,
      fence,
      seq,
      ledger,
      clock,
      random,
      trusted: lease.trusted,
      deliver: options.deliver,
      unstuck: (stuckMs) => options.unstuck(gate, stuckMs),
      doubted: (why) => {
        log.warn('shard_doubted', { shard, why })
        void reclaim(mine)
      },
      lost: (why, error) => {
        log[why === 'handed' || why === 'removed' ? 'info' : 'error']('shard_lost', {
          shard,
          why,
          ...(error === undefined ? {} : { error }),
        })
        held.delete(shard)
        open = open.filter((other) => other.gate !== gate)
        options.lost(gate, why)
      },
      measured: (changes, tookMs) => {
        metrics.commitMs.observe(tookMs)
        metrics.commitChanges.observe(changes)
      },
    })
    const mine: Held = { gate, lease, takesRooms, runId, reclaiming: false, retiring: false, waits: null }
    held.set(shard, mine)
    if (takesRooms) open.push(mine)
    return gate
  }

  /** The store went back behind this memory, or somebody else owns the shard: `take` tells which. */
  async function reclaim(mine: Held): Promise<void> {
    const { gate, lease } = mine
    if (mine.reclaiming || mine.retiring) return
    mine.reclaiming = true
    gate.suspend()
    const lapsed = !lease.trusted()
    lease.end()
    const above = lapsed ? await afterLapse(gate, mine.runId, () => held.get(gate.shard) === mine) : 0
    if (above === null) return gate.close('fenced')
    const claimant = claim()
    const proof: TakeProof = { type: 'reclaim', fence: gate.fence, seq: gate.seq(), runId: mine.runId, above }
    while (held.get(gate.shard) === mine) {
      const sentAtMs = clock.monotonic()
      const answer = await ledger.take(gate.shard, proof, claimant).catch((error: unknown) => error)
      if (isTaken(answer)) {
        const lapsedMs = lease.lapsedMs()
        lease.renewed(sentAtMs)
        Object.assign(mine, { runId: answer.runId, reclaiming: false, waits: null })
        const { rooms, archive } = options.memory(gate)
        const counts = { rooms: rooms.length, archived: archive.length }
        log.warn('shard_reclaimed', { shard: gate.shard, epoch: answer.epoch, ...counts })
        gate.restage({ epoch: answer.epoch, nonce: claimant.nonce }, answer.seq, rooms, archive)
        options.reclaimed(rooms)
        if (lapsedMs > 0) options.unstuck(gate, lapsedMs)
        return
      }
      if (!(answer instanceof LedgerUnknown)) return gate.close('fenced')
      await delay(clock, 1 + below(random, RECLAIM_RETRY_MS))
    }
  }

  /** Nobody came forward: the shard goes on, above every claim that the store may have forgotten and others may have heard of. */
  async function rise(mine: Held): Promise<void> {
    const { gate } = mine
    mine.reclaiming = true
    gate.suspend()
    const claimant = claim()
    const proof: TakeProof = { type: 'transfer', fence: gate.fence, above: aboveForgotten(gate) }
    while (held.get(gate.shard) === mine) {
      const sentAtMs = clock.monotonic()
      const answer = await ledger.take(gate.shard, proof, claimant).catch((error: unknown) => error)
      if (isTaken(answer)) {
        Object.assign(mine, { runId: answer.runId, reclaiming: false, waits: null })
        regain(mine, sentAtMs)
        return gate.resume({ epoch: answer.epoch, nonce: claimant.nonce })
      }
      if (!(answer instanceof LedgerUnknown)) break
      await delay(clock, 1 + below(random, RECLAIM_RETRY_MS))
    }
    mine.reclaiming = false
    void reclaim(mine)
  }

  /** A renewal counts. While the lease was over nobody could move: that time is given back. */
  function regain({ gate, lease }: Held, sentAtMs: number): void {
    const lapsedMs = lease.lapsedMs()
    lease.renewed(sentAtMs)
    if (lapsedMs > 0) options.unstuck(gate, lapsedMs)
  }

  /** Claims a shard that exists. Taken: this server owns it from now on. A claim whose answer got lost is made again: it may hold already. */
  async function take(shard: ShardId, proof: TakeProof): Promise<TakeAnswer> {
    const claimant = claim()
    for (let tries = 1; ; tries++) {
      const sentAtMs = clock.monotonic()
      try {
        const answer = await ledger.take(shard, proof, claimant)
        if (answer.type === 'taken')
          hold(shard, { epoch: answer.epoch, nonce: claimant.nonce }, answer.seq, sentAtMs, false, answer.runId)
        return answer
      } catch (error) {
        if (!(error instanceof LedgerUnknown) || tries >= TAKE_TRIES_MAX) throw error
        await delay(clock, 1 + below(random, RECLAIM_RETRY_MS))
      }
    }
  }

  async function renew(): Promise<void> {
    if (renewing || held.size === 0) return
    renewing = true
    const asked = [...held.values()].filter(({ reclaiming, retiring }) => !reclaiming && !retiring)
    const sentAtMs = clock.monotonic()
    try {
      const renewals = asked.map(({ gate }) => ({ shard: gate.shard, fence: gate.fence, seq: gate.seq() }))
      const answers = await ledger.renew(renewals, LEASE_MS)
      for (const [i, mine] of asked.entries()) {
        const answer = answers[i]!
        if (stopped || mine.reclaiming || mine.retiring || held.get(mine.gate.shard) !== mine) continue
        // Asked before a reclaim that has succeeded meanwhile: it says nothing about the new fence.
        if (mine.gate.fence !== renewals[i]!.fence) continue
        if (answer.type === 'unknown') continue
        if (answer.type !== 'renewed') {
          void reclaim(mine)
          continue
        }
        const { runId } = answer
        if (runId === mine.runId || options.claimsSurvive || mine.lease.trusted()) {
          mine.runId = runId
          regain(mine, sentAtMs)
          continue
        }
        if (mine.waits?.runId !== runId) mine.waits = { runId, untilMs: clock.monotonic() + LAPSED_WAIT_MS }
        if (clock.monotonic() >= mine.waits.untilMs) void rise(mine)
      }
    } catch (error) {
      log.warn('renewal_failed', { error })
    } finally {
      renewing = false
    }
  }

  return {
    async start(): Promise<void> {
      while (open.length < SHARDS_PER_SERVER) await openShard(random.uint32() as ShardId, claim())
      cancelRenewals = every(clock, RENEW_EVERY_MS, () => void renew())
    },
    async stop(): Promise<void> {
      cancelRenewals()
      stopped = true
      // Whoever takes a shard next finds nobody who still trusts in it.
      for (const { lease } of held.values()) lease.end()
      for (const { gate } of held.values()) await ledger.release(gate.shard, gate.fence).catch(() => {})
    },
    take,
    claim,
    open: openShard,
    /** Asks the store now whether it stands where this memory does. It may have gone back unnoticed: then the shard is reclaimed. */
    async confirm(gate: Gate): Promise<boolean> {
      const mine = held.get(gate.shard)
      const { fence } = gate
      if (mine?.gate !== gate || mine.reclaiming || mine.retiring) return false
      const asked = [{ shard: gate.shard, fence, seq: gate.seq() }]
      const answer = (await ledger.renew(asked, LEASE_MS).catch(() => []))[0]
      if (answer === undefined || answer.type === 'unknown' || mine.reclaiming) return false
      if (held.get(gate.shard) !== mine || gate.fence !== fence) return false
      if (answer.type !== 'renewed') void reclaim(mine)
      return answer.type === 'renewed'
    },
    /** How many take new rooms. */
    taking: () => open.length,
    /** Those that other servers opened. */
    adopted: () => [...held.values()].flatMap(({ gate, takesRooms }) => (takesRooms ? [] : [gate])),
    /** The shard is being deleted, or not after all. */
    retiring(shard: ShardId, on: boolean): void {
      const mine = held.get(shard)
      if (mine) mine.retiring = on
    },
    /** Routes to this server, for everyone else. */
    routes: (): readonly Route[] =>
      [...held.values()].map(({ gate }) => ({ shard: gate.shard, epoch: gate.fence.epoch, node: options.owner })),
    gate: (shard: ShardId): Gate | undefined => held.get(shard)?.gate,
    /** A fresh game id in a shard that takes rooms; null: none does at this moment. */
    freshId(): GameId | null {
      for (let tries = 0; tries < open.length; tries++) {
        const { gate } = open[turn++ % open.length]!
        if (gate.trusted()) return gameIdOf(gate.shard, random)
      }
      return null
    },
    waiting: () => [...held.values()].reduce((sum, { gate }) => sum + gate.waiting(), 0),
    idle: () => [...held.values()].every(({ gate }) => gate.idle()),
    all: () => [...held.values()].map(({ gate }) => gate),
  }
}
export type Shards = ReturnType<typeof createShards>

const isTaken = (answer: unknown): answer is Extract<TakeAnswer, { type: 'taken' }> =>
  typeof answer === 'object' && answer !== null && 'type' in answer && answer.type === 'taken'
