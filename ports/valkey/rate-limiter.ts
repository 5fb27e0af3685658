import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { memoryRateLimiter } from '../memory/rate-limiter.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { sharedRateLimiter } from '../shared-rate-limiter.ts'
import type { BackgroundValkey } from './background.ts'
import { valkeySharedCount } from './shared-count.ts'

/** Counts shared through a Valkey or Redis 7; until it is connected, and whenever it is away, this process counts alone. */
export function valkeyRateLimiter(valkey: Pick<BackgroundValkey, 'current'>, clock: Clock, log: Log): RateLimiter {
  const shared = valkeySharedCount(valkey.current)
  return sharedRateLimiter({ clock, log, shared, local: memoryRateLimiter(clock) })
}
