import { systemClock } from '../../../kit/clock.ts'
import { silentLog } from '../../../kit/log.ts'
import { systemRandom } from '../../../kit/random.ts'
import { silentAudit } from '../../audit.ts'
import type { IdempotencyStore } from '../../idempotency-store.ts'
import { memoryIdempotencyStore } from '../../memory/idempotency-store.ts'
import { memoryRateLimiter } from '../../memory/rate-limiter.ts'
import { errorResponse } from '../error-response.ts'
import { NOBODY } from './access.ts'
import type { GateDeps } from './gate.ts'
import { noKeys } from './keys.ts'
import { quotasOf } from './limits.ts'
import type { Passage } from './passage.ts'

/** For tests of what lies behind the gate: a passage of nobody, unless told otherwise. */
export const testPassage = (overrides: Partial<Passage> = {}): Passage => ({
  requestId: 'test-request',
  address: '192.0.2.1',
  caller: NOBODY,
  refuse: (why, headers) => errorResponse(why, 'test-request', systemClock.now(), headers),
  audit() {},
  ...overrides,
})

/** What a gate needs besides a way to verify, and the apps behind it: no keys, no origins, limits that tests do not reach. */
export const testGateDeps = (): Omit<GateDeps, 'verify' | 'isExempt'> & { readonly repeats: IdempotencyStore } => ({
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  audit: silentAudit,
  findKey: noKeys,
  limiter: memoryRateLimiter(systemClock),
  quotas: quotasOf({ signedIn: 1_000_000, anonymous: 1_000_000 }),
  allowedOrigins: [],
  clientAddress: ({ address }) => address,
  repeats: memoryIdempotencyStore(systemClock),
})
