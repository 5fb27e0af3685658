import type { CancelTimer, Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { memoryRateLimiter } from '../memory/rate-limiter.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { sharedRateLimiter } from '../shared-rate-limiter.ts'
import { closeValkey, connectValkey, type Valkey } from './connect.ts'
import { valkeySharedCount } from './shared-count.ts'

/** How long after a failed first connection the next is tried, ms; once connected, the connection heals itself. */
const RECONNECT_MS = 1_000

export interface ValkeyRateLimiterOptions {
  readonly url: string
  /** Shown in CLIENT LIST. */
  readonly name: string
  readonly clock: Clock
  readonly log: Log
}

export interface OpenRateLimiter extends RateLimiter {
  close(): void
}

/** Counts shared through a Valkey or Redis 7. Starts at once: until it is connected, and whenever it is away, this process counts alone. */
export function valkeyRateLimiter({ url, name, clock, log }: ValkeyRateLimiterOptions): OpenRateLimiter {
  let connection: Valkey | null = null
  let closed = false
  let cancel: CancelTimer = () => {}

  async function connect(): Promise<void> {
    try {
      const connected = await connectValkey(url, { name })
      if (closed) closeValkey(connected)
      else connection = connected
    } catch (error) {
      log.warn('rate_limits_not_connected', { error })
      if (!closed) cancel = clock.after(RECONNECT_MS, () => void connect())
    }
  }

  void connect()
  const shared = valkeySharedCount(() => connection)
  const limiter = sharedRateLimiter({ clock, log, shared, local: memoryRateLimiter(clock) })
  return {
    ...limiter,
    close() {
      closed = true
      cancel()
      if (connection !== null) closeValkey(connection)
    },
  }
}
