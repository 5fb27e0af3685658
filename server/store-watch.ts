import { type CancelTimer, every } from '../kit/clock.ts'
import type { ServerOptions } from './options.ts'
import type { Service } from './service.ts'

const LOOK_EVERY_MS = 1_000
/** From this share of its memory on the live store takes no new games, so that it can finish those that run. */
export const MEMORY_FULL = 0.8
/** It takes them again below this. */
export const MEMORY_FREE = 0.75

/** What this server must know of the stores besides the leases of its shards. */
export function createStoreWatch(
  { clock, log, troubles, storeMemory }: Pick<ServerOptions, 'clock' | 'log' | 'troubles' | 'storeMemory'>,
  service: Pick<Service, 'setLimited' | 'setStoreFull'>,
) {
  let looking = false
  let isFull = false
  let cancel: CancelTimer = () => {}

  async function look(): Promise<void> {
    if (looking) return
    looking = true
    try {
      const [raised, share] = await Promise.all([troubles?.raised() ?? [], storeMemory?.share() ?? 0])
      service.setLimited(raised.length > 0)
      isFull = share >= (isFull ? MEMORY_FREE : MEMORY_FULL)
      service.setStoreFull(isFull, share)
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
