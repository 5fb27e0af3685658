import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Gate } from './gate.ts'
import { LedgerUnknown, type ShardId, type ShardLedger } from './ledger.ts'
import type { Shards } from './shards.ts'

const LOOK_EVERY_MS = 5_000
/** A shard that has held nothing for so long is deleted, in ms: whoever still asks for its games has asked by then. */
export const EMPTY_FOR_MS = 15_000

export interface RetirementOptions {
  readonly clock: Clock
  readonly log: Log
  readonly ledger: Pick<ShardLedger, 'remove'>
  readonly shards: Shards
  /** Gates whose shards hold games, live or finished. */
  readonly inUse: () => ReadonlySet<Gate>
  /** It has no route any more. */
  readonly withdraw: (shard: ShardId) => Promise<void>
  /** This server's own memory of the route. */
  readonly forget: (shard: ShardId) => void
}

/** Deletes adopted shards once nothing of them is needed: they take no new rooms, so that shards of dead servers end with their games. */
export function createRetirement(options: RetirementOptions) {
  const { clock, log, ledger, shards } = options
  /** Since when a shard holds nothing, monotonic ms. */
  let emptySinceMs = new Map<Gate, number>()
  /** Nobody knows whether they are deleted. */
  const doubtful = new WeakSet<Gate>()
  let running = false
  let cancel: CancelTimer = () => {}

  async function look(): Promise<void> {
    if (running) return
    running = true
    const nowMs = clock.monotonic()
    const inUse = options.inUse()
    const empty = shards.adopted().filter((gate) => !inUse.has(gate) && gate.idle())
    emptySinceMs = new Map(empty.map((gate) => [gate, emptySinceMs.get(gate) ?? nowMs]))
    for (const [gate, sinceMs] of emptySinceMs) {
      if (doubtful.has(gate) || (nowMs - sinceMs >= EMPTY_FOR_MS && gate.trusted())) await retire(gate)
    }
    running = false
  }

  async function retire(gate: Gate): Promise<void> {
    const { shard, fence } = gate
    try {
      shards.retiring(shard, true)
      // Results that are not delivered everywhere keep it.
      if (!(await ledger.remove(shard, fence))) return shards.retiring(shard, false)
      gate.close('removed')
      await options.withdraw(shard)
      options.forget(shard)
      log.info('shard_removed', { shard })
    } catch (error) {
      // Asked again with the next look: a deletion that happened is found then.
      log.warn('shard_removal_failed', { shard, error })
      if (error instanceof LedgerUnknown) doubtful.add(gate)
      else shards.retiring(shard, false)
    }
  }

  return {
    start: () => {
      cancel = every(clock, LOOK_EVERY_MS, () => void look())
    },
    stop: () => cancel(),
  }
}
