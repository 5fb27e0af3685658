import { type CancelTimer, type Clock, every } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { StoreMemory } from '../ports/store-memory.ts'
import type { Troubles } from '../ports/troubles.ts'

const LOOK_EVERY_MS = 1_000
/** From this share of its memory on the live store takes no new games, so that it can finish those that run. */
export const MEMORY_FULL = 0.8
/** It takes them again below this. */
export const MEMORY_FREE = 0.75

export interface StoreWatchOptions {
  readonly clock: Clock
  readonly log: Log
  readonly troubles: Pick<Troubles, 'raised'> | null
  readonly memory: StoreMemory | null
  /** A store that play does not need is down, or none is. */
  readonly limited: (on: boolean) => void
  /** The live store has no room for new games, or has again. */
  readonly full: (on: boolean, share: number) => void
}

/** What this server must know of the stores besides the leases of its shards. */
export function createStoreWatch({ clock, log, troubles, memory, limited, full }: StoreWatchOptions) {
  let looking = false
  let isFull = false
  let cancel: CancelTimer = () => {}

  async function look(): Promise<void> {
    if (looking) return
    looking = true
    try {
      const [raised, share] = await Promise.all([troubles?.raised() ?? [], memory?.share() ?? 0])
      limited(raised.length > 0)
      isFull = share >= (isFull ? MEMORY_FREE : MEMORY_FULL)
      full(isFull, share)
    } catch (error) {
      // The store is out of reach: the leases tell, and decide.
      log.warn('stores_not_watched', { error })
    } finally {
      looking = false
    }
  }

  return {
    start(): void {
      void look()
      cancel = every(clock, LOOK_EVERY_MS, () => void look())
    },
    stop: () => cancel(),
  }
}
