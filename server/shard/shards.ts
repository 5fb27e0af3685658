import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Random } from '../../kit/random.ts'
import type { Route } from '../../ports/node-registry.ts'
import { type GameId, gameIdOf } from '../../protocol/ids.ts'
import type { Metrics } from '../metrics.ts'
import { createGate, type Gate } from './gate.ts'
import { createLease, LEASE_MS, type Lease, RENEW_EVERY_MS } from './lease.ts'
import type { Claimant, Fence, ShardId, ShardLedger, TakeAnswer, TakeProof } from './ledger.ts'

/** Shards that a server opens: after its death so many survivors take one each. */
const SHARDS_PER_SERVER = 4

export interface ShardsOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly ledger: ShardLedger
  /** Node id and boot id of this server. */
  readonly owner: string
  readonly delivered: () => void
  readonly unstuck: (gate: Gate, stuckMs: number) => void
  /** The shard is not ours any more. */
  readonly lost: (gate: Gate) => void
}

interface Held {
  readonly gate: Gate
  readonly lease: Lease
  /** New rooms may go here. */
  readonly takesRooms: boolean
}

/** The shards that this server owns. */
export function createShards(options: ShardsOptions) {
  const { clock, random, ledger, log, metrics } = options
  const held = new Map<ShardId, Held>()
  let open: Held[] = []
  let turn = 0
  let cancelRenewals: CancelTimer = () => {}
  let renewing = false

  const claim = (): Claimant => ({
    owner: options.owner,
    nonce: Buffer.from(random.bytes(12)).toString('hex'),
    leaseMs: LEASE_MS,
  })

  async function openOne(): Promise<void> {
    for (;;) {
      const shard = random.uint32() as ShardId
      const claimant = claim()
      const sentAtMs = clock.monotonic()
      const answer = await ledger.open(shard, claimant)
      if (answer.type !== 'opened') continue
      hold(shard, { epoch: answer.epoch, nonce: claimant.nonce }, 0, sentAtMs, true)
      return
    }
  }

  function hold(shard: ShardId, fence: Fence, seq: number, sentAtMs: number, takesRooms: boolean): Gate {
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
      delivered: options.delivered,
      unstuck: (stuckMs) => options.unstuck(gate, stuckMs),
      lost: (why, error) => {
        log.error('shard_lost', { shard, why, ...(error === undefined ? {} : { error }) })
        held.delete(shard)
        open = open.filter((other) => other.gate !== gate)
        options.lost(gate)
      },
      measured: (changes, tookMs) => {
        metrics.commitMs.observe(tookMs)
        metrics.commitChanges.observe(changes)
      },
    })
    held.set(shard, { gate, lease, takesRooms })
    if (takesRooms) open.push(held.get(shard)!)
    return gate
  }

  /** Claims a shard that exists. Taken: this server owns it from now on. */
  async function take(shard: ShardId, proof: TakeProof): Promise<TakeAnswer> {
    const claimant = claim()
    const sentAtMs = clock.monotonic()
    const answer = await ledger.take(shard, proof, claimant)
    if (answer.type === 'taken') hold(shard, { epoch: answer.epoch, nonce: claimant.nonce }, answer.seq, sentAtMs, false)
    return answer
  }

  async function renew(): Promise<void> {
    if (renewing || held.size === 0) return
    renewing = true
    const asked = [...held.values()]
    const sentAtMs = clock.monotonic()
    try {
      const renewals = asked.map(({ gate }) => ({ shard: gate.shard, fence: gate.fence, seq: gate.seq() }))
      const answers = await ledger.renew(renewals, LEASE_MS)
      answers.forEach((answer, i) => {
        const { gate, lease } = asked[i]!
        if (answer.type === 'renewed') lease.renewed(sentAtMs)
        else if (answer.type === 'fenced') gate.close()
        else log.error('shard_behind', { shard: gate.shard, answer: answer.type })
      })
    } catch (error) {
      log.warn('renewal_failed', { error })
    } finally {
      renewing = false
    }
  }

  return {
    async start(): Promise<void> {
      for (let n = 0; n < SHARDS_PER_SERVER; n++) await openOne()
      cancelRenewals = every(clock, RENEW_EVERY_MS, () => void renew())
    },
    async stop(): Promise<void> {
      cancelRenewals()
      for (const { gate } of held.values()) await ledger.release(gate.shard, gate.fence).catch(() => {})
    },
    take,
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
