/** The time that quotas count over, ms. */
export const WINDOW_MS = 60_000
/**
 * Requests are counted in steps of this, ms: a subject's log has at most one entry a step.
 */
export const STEP_MS = 50
/** Steps back from the current one that count: the window, and one for what is counted a moment before it is answered. */
export const WINDOW_STEPS = WINDOW_MS / STEP_MS + 1

/** How many requests one subject may make. */
export interface Quota {
  /** Most requests in any minute, wherever it begins. */
  readonly limit: number
  /** Most a minute over long times; below `limit` where short bursts are welcome. */
  readonly sustained: number
}

/** The verdict on one request, counted if it is allowed. */
export interface Verdict {
  readonly allowed: boolean
  /** Requests that the subject has left now. */
  readonly remaining: number
  /** Until there is more left than now, ms; after a refusal, when to come again. */
  readonly resetMs: number
}

/**
 * Counts requests of subjects (an account, an address, a key). In no minute, wherever it begins, are more than `limit` allowed; somewhat fewer
 * may be, by less than 1 %, because time is counted in steps. A count that processes share may be off by 1 % both ways. A refused request does
 * not count.
 */
export interface RateLimiter {
  /** At once where nobody else has to be asked. */
  take(subject: string, quota: Quota): Verdict | Promise<Verdict>
  /** By what is known here; others learn of it later. For callers that cannot wait: processes together may allow a few too many. */
  takeNow(subject: string, quota: Quota): Verdict
}

/** Takes from a count that several processes share. */
export interface SharedCount {
  /**
   * Counts up to `wanted` requests, as many as are left, after giving back what was granted in the last minute and not used. Rejects when the
   * count is out of reach; then all of it may have happened.
   */
  take(subject: string, quota: Quota, wanted: number, returned: number): Promise<Taken>
}

export interface Taken {
  /** 0..wanted; 0 is a refusal. */
  readonly granted: number
  readonly remaining: number
  readonly resetMs: number
}
