import type { Log } from '../kit/log.ts'
import type { GateContext } from '../ports/http/gate/passage.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import { refusal } from '../protocol/errors.ts'

const RETRY_AFTER_MS = 1_000
const UNAVAILABLE = refusal('UNAVAILABLE', 'a store is out of reach: try again', { retryAfterMs: RETRY_AFTER_MS })

/** For `onError` of an app behind the gate: a store that is down is expected; whatever else was thrown is a bug, which the gate answers and logs. */
export const storeDown =
  (log: Log) =>
  (error: Error, c: GateContext): Response => {
    if (!(error instanceof StoreUnavailable)) throw error
    log.warn('store_unavailable', { requestId: c.env.requestId, path: c.req.path, error: error.message })
    return c.env.refuse(UNAVAILABLE)
  }
