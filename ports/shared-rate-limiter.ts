import { assert } from '../kit/assert.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { MemoryRateLimiter } from './memory/rate-limiter.ts'
import { type Quota, type RateLimiter, type SharedCount, STEP_MS, type Taken, type Verdict } from './rate-limiter.ts'

/** A request waits at most so long for the shared count, ms; then it is counted here alone. */
export const PATIENCE_MS = 45
assert(PATIENCE_MS < 50, 'a slow store must not slow a request by 50 ms')
/** After so many failures in a row the shared count is left alone for a while, ms; then one request tries it again. */
const FAILURES_MAX = 3
export const AWAY_MS = 1_000
/** A refusal by the shared count stands for at most so long without another question, ms. */
const REFUSAL_MS = 500
/**
 * What is taken for a subject at once, if more than those that wait: half of what its pace would use up within a step, no more than these
 * parts of its limit and of what it has left, so that little is lost when it stops and the last ones are shared out one by one.
 */
const AHEAD_OF_PACE = 1 / 2
const AHEAD_OF_LIMIT = 1 / 200
const AHEAD_OF_REMAINING = 1 / 50
/** Subjects remembered; the one that asked longest ago is forgotten first. */
const SUBJECTS_MAX = 50_000

/** True: counted by all. False: refused by all. Null: the shared count did not say. */
type Word = boolean | null

/** What this process knows of one subject; instants on the monotonic clock. */
interface Known {
  /** Taken ahead and not used yet; good until `aheadEndsMs`. */
  ahead: number
  aheadEndsMs: number
  /** No question is worth asking before. */
  refusedUntilMs: number
  /** As the shared count last said, at `saidAtMs`. */
  remaining: number
  resetMs: number
  saidAtMs: number
  /** Granted since the last question, which was asked at `askedAtMs`. */
  used: number
  askedAtMs: number
  /** Requests that the next question is for, and when the first of them came. */
  waiting: ((word: Word) => void)[]
  waitingSinceMs: number
  asking: boolean
}

export interface SharedRateLimiterOptions {
  readonly clock: Clock
  readonly log: Log
  readonly shared: SharedCount
  /** Counts all the same, so that what this process allowed still counts when the shared count is away or has forgotten. */
  readonly local: MemoryRateLimiter
}

/**
 * One count for several processes, by at most one question at a time for each subject: who comes meanwhile shares the next one, and a busy
 * subject gets a few requests ahead. While the shared count is away or slow each process counts alone.
 */
export function sharedRateLimiter({ clock, log, shared, local }: SharedRateLimiterOptions): RateLimiter {
  /** The one that asked longest ago first. */
  const subjects = new Map<string, Known>()
  let failures = 0
  let awayUntilMs = 0
  let trying = false

  function knownOf(subject: string): Known {
    const known = subjects.get(subject) ?? newKnown()
    subjects.delete(subject)
    subjects.set(subject, known)
    if (subjects.size > SUBJECTS_MAX) subjects.delete(subjects.keys().next().value!)
    return known
  }

  /** The word on a request where none has to be asked; 'ask' where it has. */
  function atHand(known: Known): Word | 'ask' {
    const nowMs = clock.monotonic()
    if (nowMs < known.refusedUntilMs) return false
    if (known.ahead > 0 && nowMs < known.aheadEndsMs) {
      known.ahead -= 1
      return true
    }
    return failures >= FAILURES_MAX && (trying || nowMs < awayUntilMs) ? null : 'ask'
  }

  function verdictOf(subject: string, quota: Quota, known: Known, word: Word): Verdict {
    const resetMs = Math.max(STEP_MS, known.resetMs - (clock.monotonic() - known.saidAtMs))
    if (word === false) return { allowed: false, remaining: 0, resetMs }
    const verdict = local.take(subject, quota)
    if (word === null || !verdict.allowed) return verdict
    known.used += 1
    return { allowed: true, remaining: Math.min(verdict.remaining, known.remaining + known.ahead), resetMs }
  }

  function join(subject: string, quota: Quota, known: Known, wake: (word: Word) => void): void {
    if (known.waiting.push(wake) === 1) known.waitingSinceMs = clock.monotonic()
    if (!known.asking) ask(subject, quota, known)
  }

  function ask(subject: string, quota: Quota, known: Known): void {
    const nowMs = clock.monotonic()
    const served = known.waiting
    const wanted = Math.max(served.length, aheadOf(known, quota, nowMs))
    const patienceMs = PATIENCE_MS - (nowMs - known.waitingSinceMs)
    Object.assign(known, { asking: true, waiting: [], used: 0, askedAtMs: nowMs })
    trying = failures >= FAILURES_MAX
    let open = true
    const settle = (taken: Taken | null): void => {
      if (!open) return
      open = false
      cancel()
      known.asking = false
      if (taken === null) return fail(served, known)
      heal()
      learn(known, taken, served.length)
      for (const [index, wake] of served.entries()) wake(index < taken.granted)
      if (known.waiting.length > 0) ask(subject, quota, known)
    }
    // At the end of the turn, so that after a stall of this process an answer that is here already comes first.
    const cancel = clock.after(Math.max(0, patienceMs), () => clock.endOfTurn(() => settle(null)))
    shared.take(subject, quota, wanted).then(settle, () => settle(null))
  }

  function learn(known: Known, taken: Taken, asked: number): void {
    const nowMs = clock.monotonic()
    known.ahead = Math.max(0, taken.granted - asked)
    known.aheadEndsMs = nowMs + STEP_MS
    known.remaining = taken.remaining
    known.resetMs = taken.resetMs
    known.saidAtMs = nowMs
    known.refusedUntilMs = taken.granted < asked ? nowMs + Math.min(REFUSAL_MS, taken.resetMs) : 0
  }

  function fail(served: Known['waiting'], known: Known): void {
    failures += 1
    trying = false
    if (failures === FAILURES_MAX) log.warn('rate_limits_counted_alone')
    awayUntilMs = clock.monotonic() + AWAY_MS
    for (const wake of [...served, ...known.waiting.splice(0)]) wake(null)
  }

  function heal(): void {
    if (failures >= FAILURES_MAX) log.info('rate_limits_shared_again')
    failures = 0
    trying = false
  }

  return {
    take(subject, quota) {
      const known = knownOf(subject)
      const word = atHand(known)
      if (word !== 'ask') return verdictOf(subject, quota, known, word)
      return new Promise((resolve) => {
        join(subject, quota, known, (later) => resolve(verdictOf(subject, quota, known, later)))
      })
    },
    takeNow(subject, quota) {
      const known = knownOf(subject)
      const word = atHand(known)
      if (word !== 'ask') return verdictOf(subject, quota, known, word)
      join(subject, quota, known, () => {})
      return verdictOf(subject, quota, known, null)
    },
  }
}

function aheadOf({ used, askedAtMs, remaining }: Known, { limit }: Quota, nowMs: number): number {
  const pace = used / Math.max(1, nowMs - askedAtMs)
  return Math.floor(Math.min(pace * STEP_MS * AHEAD_OF_PACE, limit * AHEAD_OF_LIMIT, remaining * AHEAD_OF_REMAINING))
}

const newKnown = (): Known => ({
  ahead: 0,
  aheadEndsMs: 0,
  refusedUntilMs: 0,
  remaining: 0,
  resetMs: 0,
  saidAtMs: 0,
  used: 0,
  askedAtMs: 0,
  waiting: [],
  waitingSinceMs: 0,
  asking: false,
})
