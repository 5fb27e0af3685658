import { assert } from '../kit/assert.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { MemoryRateLimiter } from './memory/rate-limiter.ts'
import {
  type Quota,
  type RateLimiter,
  type SharedCount,
  STEP_MS,
  type Taken,
  type Verdict,
  WINDOW_MS,
} from './rate-limiter.ts'

/** A request waits at most so long for the shared count, ms; then what is known here decides. */
export const PATIENCE_MS = 45
assert(PATIENCE_MS < 50, 'a slow store must not slow a request by 50 ms')
/** After it was too slow nobody waits for the shared count, for so long or until it answers in time again, ms. */
export const IMPATIENT_MS = 1_000
/** Of what a subject has left, as far as is known: another process may be letting through as much. */
const UNTOLD = 1 / 2
/** Questions open at once; while there are more, new ones are not asked. */
const QUESTIONS_MAX = 1_000
/** A refusal by the shared count stands for at most so long without another question, ms. */
const REFUSAL_MS = 500
/**
 * What is taken for a subject at once, if more than those that wait: half of what its pace would use up while it is good, no more than these
 * parts of its limit and of what it has left, so that the last ones are shared out one by one. What was not used goes back with the next question.
 */
const AHEAD_OF_PACE = 1 / 2
const AHEAD_OF_LIMIT = 1 / 200
const AHEAD_OF_REMAINING = 1 / 50
/** What was taken ahead is good for so long, ms; so much earlier than it is used it may count. */
export const AHEAD_MS = 2_000
/** Subjects remembered; the one that asked longest ago is forgotten first. */
const SUBJECTS_MAX = 50_000

/** True: counted by all. False: refused by all. Null: the shared count did not say in time. */
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
  /** The question that is asked took too long. */
  isLate: boolean
  /** Requests that it is for. */
  open: number
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
 * subject gets a few requests ahead. While the shared count is slow nobody waits for it, but it is still told and believed; while it is away each
 * process counts alone.
 */
export function sharedRateLimiter({ clock, log, shared, local }: SharedRateLimiterOptions): RateLimiter {
  /** The one that asked longest ago first. */
  const subjects = new Map<string, Known>()
  let impatientUntilMs = 0
  let failures = 0
  let questions = 0

  function knownOf(subject: string): Known {
    const known = subjects.get(subject) ?? newKnown()
    subjects.delete(subject)
    subjects.set(subject, known)
    if (subjects.size > SUBJECTS_MAX) subjects.delete(subjects.keys().next().value!)
    return known
  }

  /** The word on a request where none has to be asked; 'ask' where it has. */
  function atHand(known: Known): boolean | 'ask' {
    const nowMs = clock.monotonic()
    if (nowMs < known.refusedUntilMs) return false
    if (known.ahead === 0 || nowMs >= known.aheadEndsMs) return 'ask'
    known.ahead -= 1
    return true
  }

  function verdictOf(subject: string, quota: Quota, known: Known, word: Word): Verdict {
    const resetMs = Math.max(STEP_MS, known.resetMs - (clock.monotonic() - known.saidAtMs))
    if (word === false) return { allowed: false, remaining: 0, resetMs }
    const verdict = local.take(subject, quota)
    if (word === null || !verdict.allowed) return verdict
    known.used += 1
    return { allowed: true, remaining: Math.min(verdict.remaining, known.remaining + known.ahead), resetMs }
  }

  /** By what is known here; the shared count is told with the next question. */
  function verdictNow(subject: string, quota: Quota, known: Known): Verdict {
    if (known.open + known.waiting.length >= untoldMax(known, quota)) return verdictOf(subject, quota, known, false)
    const verdict = verdictOf(subject, quota, known, null)
    if (verdict.allowed) join(subject, quota, known, () => {})
    return verdict
  }

  /** Requests that may be allowed while the shared count has not answered for them; all of them when it is away. */
  function untoldMax(known: Known, { limit }: Quota): number {
    if (failures > 0) return Number.POSITIVE_INFINITY
    const isFresh = clock.monotonic() - known.saidAtMs < Math.min(IMPATIENT_MS, known.resetMs)
    return Math.ceil((isFresh ? known.remaining : limit) * UNTOLD)
  }

  function join(subject: string, quota: Quota, known: Known, wake: (word: Word) => void): void {
    if (known.waiting.push(wake) === 1) known.waitingSinceMs = clock.monotonic()
    if (known.asking) return
    if (questions < QUESTIONS_MAX) ask(subject, quota, known)
    else wakeAll(known.waiting.splice(0), null)
  }

  function ask(subject: string, quota: Quota, known: Known): void {
    const nowMs = clock.monotonic()
    const served = known.waiting
    const wanted = Math.max(served.length, aheadOf(known, quota, nowMs))
    const patienceMs = Math.max(0, PATIENCE_MS - (nowMs - known.waitingSinceMs))
    const returned = nowMs - known.aheadEndsMs < WINDOW_MS - AHEAD_MS ? known.ahead : 0
    Object.assign(known, { asking: true, ahead: 0, open: served.length, waiting: [], used: 0, askedAtMs: nowMs })
    questions += 1
    let isOpen = true
    const lose = (): void => {
      if (!isOpen) return
      known.isLate = true
      known.waitingSinceMs = clock.monotonic()
      impatientUntilMs = known.waitingSinceMs + IMPATIENT_MS
      const most = untoldMax(known, quota)
      const refused = [...served.slice(most), ...known.waiting.splice(Math.max(0, most - served.length))]
      wakeAll(refused, false)
      wakeAll(served, null)
      wakeAll(known.waiting, null)
    }
    // At the end of the turn, so that after a stall of this process an answer that is here already comes first.
    const cancel = clock.after(patienceMs, () => clock.endOfTurn(lose))
    const settle = (taken: Taken | null): void => {
      isOpen = false
      cancel()
      questions -= 1
      if (taken === null) fail()
      else heal(known.isLate)
      Object.assign(known, { asking: false, isLate: false, open: 0 })
      if (taken === null) wakeAll(served, null)
      else handOut(known, taken, served)
      if (known.waiting.length > 0) ask(subject, quota, known)
    }
    shared.take(subject, quota, wanted, returned).then(settle, () => settle(null))
  }

  /** To whom it was asked for, then to who came meanwhile; what is left is ahead. */
  function handOut(known: Known, taken: Taken, served: Known['waiting']): void {
    const nowMs = clock.monotonic()
    const forLater = known.waiting.splice(0, Math.max(0, taken.granted - served.length))
    known.ahead = Math.max(0, taken.granted - served.length - forLater.length)
    known.aheadEndsMs = nowMs + AHEAD_MS
    known.remaining = taken.remaining
    known.resetMs = taken.resetMs
    known.saidAtMs = nowMs
    known.refusedUntilMs = taken.granted < served.length ? nowMs + Math.min(REFUSAL_MS, taken.resetMs) : 0
    wakeAll(served.slice(0, taken.granted), true)
    wakeAll(served.slice(taken.granted), false)
    wakeAll(forLater, true)
  }

  function fail(): void {
    failures += 1
    if (failures === 1) log.warn('rate_limits_counted_alone')
    impatientUntilMs = clock.monotonic() + IMPATIENT_MS
  }

  function heal(late: boolean): void {
    if (failures > 0) log.info('rate_limits_shared_again')
    failures = 0
    if (!late) impatientUntilMs = 0
  }

  return {
    take(subject, quota) {
      const known = knownOf(subject)
      const word = atHand(known)
      if (word !== 'ask') return verdictOf(subject, quota, known, word)
      if (known.isLate || clock.monotonic() < impatientUntilMs) return verdictNow(subject, quota, known)
      return new Promise((resolve) => {
        let isAnswered = false
        join(subject, quota, known, (later) => {
          if (!isAnswered) resolve(verdictOf(subject, quota, known, later))
          isAnswered = true
        })
      })
    },
    takeNow(subject, quota) {
      const known = knownOf(subject)
      const word = atHand(known)
      return word === 'ask' ? verdictNow(subject, quota, known) : verdictOf(subject, quota, known, word)
    },
  }
}

/** Who was woken before does not hear it. */
function wakeAll(waiting: readonly ((word: Word) => void)[], word: Word): void {
  for (const wake of waiting) wake(word)
}

function aheadOf({ used, askedAtMs, remaining }: Known, { limit }: Quota, nowMs: number): number {
  const pace = used / Math.max(1, nowMs - askedAtMs)
  return Math.floor(Math.min(pace * AHEAD_MS * AHEAD_OF_PACE, limit * AHEAD_OF_LIMIT, remaining * AHEAD_OF_REMAINING))
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
  isLate: false,
  open: 0,
})
