import { assert } from '../../kit/assert.ts'
import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { below, type Random } from '../../kit/random.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import { LEASE_MS } from './lease.ts'
import type { Fence, ShardId, TakeProof } from './ledger.ts'
import type { Shards } from './shards.ts'

/** Between two looks for shards whose server is gone, in ms. */
export const SCAN_MS = 250
/** Survivors try at random moments within this, in ms, so that each takes a share. */
export const SPREAD_MS = 300
/** What loading a shard and telling everyone may take, in ms. */
const LOAD_MS = 200
const ROUTE_MS = 100
assert(LEASE_MS + SCAN_MS + SPREAD_MS + LOAD_MS + ROUTE_MS < 4_000, 'a takeover fits into the promise P6')

export interface TakeoverOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly node: NodeName
  readonly shards: Shards
  /** Whether the server lives, as far as known. */
  readonly isAlive: (node: NodeName) => boolean
  readonly routes: () => readonly Route[]
  /** The highest epoch of the shard that this server has heard of; 0: none. */
  readonly heardOf: (shard: ShardId) => number
  /** This server takes no shards now. */
  readonly draining: () => boolean
  /** The store lost it together with its server, or it was deleted: it has no route any more. */
  readonly withdraw: (shard: ShardId) => Promise<void>
  /** The shard is ours: bring its rooms to life. */
  readonly adopt: (shard: ShardId) => Promise<void>
}

/** Finds shards whose server is gone and takes them once their lease has run out. */
export function createTakeover(options: TakeoverOptions) {
  const { clock, random, log, shards } = options
  const trying = new Set<number>()
  let cancel: CancelTimer = () => {}

  function scan(): void {
    if (options.draining()) return
    for (const { shard, node } of options.routes()) {
      if (trying.has(shard) || isServed(shard as ShardId, node)) continue
      trying.add(shard)
      clock.after(below(random, SPREAD_MS), () => void attempt(shard as ShardId))
    }
  }

  /** Its server lives. This one may have given it up, as nobody else would notice. */
  const isServed = (shard: ShardId, node: NodeName): boolean =>
    shards.gate(shard) !== undefined || (node !== options.node && options.isAlive(node))

  /** The shard is ours. Without its rooms it must not stay so: the next one to take it has another try. */
  async function bringIn(shard: ShardId): Promise<void> {
    try {
      await options.adopt(shard)
    } catch (error) {
      shards.gate(shard)?.close('failed', error)
      throw error
    }
  }

  async function attempt(shard: ShardId): Promise<void> {
    try {
      const proof: TakeProof = { type: 'expired', above: options.heardOf(shard) }
      const answer = await shards.take(shard, proof)
      if (answer.type === 'taken') {
        await bringIn(shard)
        log.info('shard_taken', { shard, epoch: answer.epoch })
        trying.delete(shard)
      } else if (answer.type === 'held' && answer.owner !== options.node && options.isAlive(answer.owner)) {
        trying.delete(shard)
      } else if (answer.type === 'held' || answer.type === 'grace') {
        clock.after(answer.forMs + below(random, SPREAD_MS / 2), () => void attempt(shard))
      } else {
        // Deleted, if it is not missing.
        if (answer.type === 'missing') log.warn('shard_missing', { shard })
        await options.withdraw(shard)
        clock.after(LEASE_MS, () => trying.delete(shard))
      }
    } catch (error) {
      log.warn('takeover_failed', { shard, error })
      trying.delete(shard)
    }
  }

  /** Another server gives the shard away. */
  async function receive(shard: ShardId, fence: Fence): Promise<void> {
    if (options.draining()) return
    try {
      const answer = await shards.take(shard, { type: 'transfer', fence })
      if (answer.type === 'taken') await bringIn(shard)
      else log.warn('hand_over_refused', { shard, answer: answer.type })
    } catch (error) {
      log.warn('hand_over_failed', { shard, error })
    }
  }

  return {
    receive,
    start: () => {
      cancel = every(clock, SCAN_MS, scan)
    },
    stop: () => cancel(),
  }
}
