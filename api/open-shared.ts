import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { withFallback } from '../ports/idempotency-fallback.ts'
import type { IdempotencyStore } from '../ports/idempotency-store.ts'
import { memoryIdempotencyStore } from '../ports/memory/idempotency-store.ts'
import { memoryRateLimiter } from '../ports/memory/rate-limiter.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { valkeyInBackground } from '../ports/valkey/background.ts'
import { valkeyIdempotencyStore } from '../ports/valkey/idempotency-store.ts'
import { valkeyRateLimiter } from '../ports/valkey/rate-limiter.ts'

export interface Shared {
  readonly limiter: RateLimiter
  readonly repeats: IdempotencyStore
  close(): void
}

/** What the gates of several processes share through a Valkey, and do alone while it is away; null: each for itself. */
export function openShared(url: string | null, { clock, log }: { readonly clock: Clock; readonly log: Log }): Shared {
  const local = memoryIdempotencyStore(clock)
  if (url === null) return { limiter: memoryRateLimiter(clock), repeats: local, close() {} }
  const valkey = valkeyInBackground({ url, name: 'api-gate', clock, log })
  return {
    limiter: valkeyRateLimiter(valkey, clock, log),
    repeats: withFallback(valkeyIdempotencyStore(valkey.current), local),
    close: valkey.close,
  }
}
