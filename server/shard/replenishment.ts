import { type CancelTimer, type Clock, every } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { fraction, type Random } from '../../kit/random.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import type { Claimant, ShardId } from './ledger.ts'
import { SHARDS_PER_SERVER, type Shards } from './shards.ts'

const LOOK_EVERY_MS = 500
const RETRY_MAX_MS = 30_000

export interface ReplenishmentOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly node: NodeName
  readonly shards: Shards
  /** This server takes new games. */
  readonly wanted: () => boolean
  /** Everyone can find the shard from now on, also when this server dies. */
  readonly register: (route: Route) => Promise<void>
  /** It takes rooms. */
  readonly opened: () => void
}

/** Opens fresh shards in place of those that this server lost, as after it was cut off from the store: else it would take no rooms any more. */
export function createReplenishment(options: ReplenishmentOptions) {
  const { clock, random, log, shards, node } = options
  /** The claim in doubt: made again unchanged, as it may hold already. */
  let next: { readonly shard: ShardId; readonly claimant: Claimant } | null = null
  /** Since all shards were there. */
  let tries = 0
  let notBeforeMs = 0
  let opening = false
  let cancel: CancelTimer = () => {}

  function look(): void {
    if (opening || !options.wanted()) return
    if (shards.taking() >= SHARDS_PER_SERVER) tries = 0
    else if (clock.monotonic() >= notBeforeMs) void attempt()
  }

  async function attempt(): Promise<void> {
    opening = true
    tries += 1
    // As many as are missing come soon; whoever still misses some loses them, or finds no store.
    if (tries >= SHARDS_PER_SERVER) {
      const mostMs = Math.min(RETRY_MAX_MS, LOOK_EVERY_MS * 2 ** (tries - SHARDS_PER_SERVER + 1))
      notBeforeMs = clock.monotonic() + (mostMs * (1 + fraction(random))) / 2
    }
    try {
      next ??= { shard: random.uint32() as ShardId, claimant: shards.claim() }
      await options.register({ shard: next.shard, epoch: 1, node })
      const opened = await shards.open(next.shard, next.claimant)
      if (opened) {
        log.info('shard_opened', { shard: next.shard })
        options.opened()
      }
      next = null
    } catch (error) {
      log.warn('shard_open_failed', { error })
    } finally {
      opening = false
    }
  }

  return {
    start: () => {
      cancel = every(clock, LOOK_EVERY_MS, look)
    },
    stop: () => cancel(),
  }
}
