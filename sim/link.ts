import { fraction, type Random } from '../kit/random.ts'
import type { VirtualClock } from '../kit/virtual-clock.ts'
import type { Process } from './process.ts'

/** A call unanswered for so long has an unknown outcome, in ms: as in production. */
export const CALL_TIMEOUT_MS = 1_000
/** One way between a server and its store, in ms: from, and up to so much more. */
const LATENCY_MS = 0.2
const JITTER_MS = 0.6

/** One way of a connection: `lost` bytes are gone; `held` ones come when the way is open again. */
export type Way = 'open' | 'lost' | 'held'

/** The connection of one process to the store. */
export interface Link {
  requests: Way
  replies: Way
  /** So many replies of applied calls get lost. */
  repliesToLose: number
  /** More of every reply's latency, in ms. */
  slowMs: number
}

export const createLink = (): Link => ({ requests: 'open', replies: 'open', repliesToLose: 0, slowMs: 0 })

/** What all connections meet at their other end. */
export interface StoreHealth {
  /** Refuses connections. */
  down: boolean
  /** Refuses to write. */
  outOfMemory: boolean
}

export interface LinkOptions {
  readonly clock: VirtualClock
  readonly random: Random
  readonly process: Process
  readonly link: Link
  readonly health: StoreHealth
  /** What the caller is told when the outcome is unknown. */
  readonly unknown: (why: string) => Error
  /** Calls that an OOM store still answers. */
  readonly reads: ReadonlySet<string>
  /** The reply travels for a time of its own; else the request's time stands for both, which halves the events. */
  readonly slowReply: boolean
  /** A call was applied; its reply is on its way. */
  readonly applied?: (method: string, args: readonly unknown[], answer: unknown) => void
  /** The store answers `then`, once enough copies have what the call wrote. False: nobody knows whether they will. */
  readonly confirm?: (
    method: string,
    args: readonly unknown[],
    answer: unknown,
    then: (confirmed: boolean) => void,
  ) => void
  /** The caller has the reply. */
  readonly answered?: (method: string, args: readonly unknown[], answer: unknown) => void
  /** A reply was lost on purpose. */
  readonly lost?: (method: string) => void
}

/** Any port of asynchronous methods, reached through a connection that may fail in every way that connections do. */
export function throughLink<T extends object>(target: T, options: LinkOptions): T {
  const methods = new Map<PropertyKey, unknown>()
  return new Proxy(target, {
    get(object, name) {
      const known = methods.get(name)
      if (known !== undefined) return known
      const method: unknown = Reflect.get(object, name)
      if (typeof method !== 'function') return method
      const call = createCall(String(name), (args) => Reflect.apply(method, object, args) as Promise<unknown>, options)
      methods.set(name, call)
      return call
    },
  })
}

type Apply = (args: readonly unknown[]) => Promise<unknown>
type Resolve = (answer: unknown) => void
type Reject = (error: unknown) => void

/** Every call of every process comes through here: it makes no more closures than it needs. */
function createCall(method: string, apply: Apply, options: LinkOptions) {
  const { clock, random, process, link, health, unknown, slowReply, applied, confirm, answered } = options
  const latencyMs = () => LATENCY_MS + fraction(random) * JITTER_MS
  const isRead = options.reads.has(method)

  function fail(reject: Reject, afterMs: number, why: string): void {
    clock.after(afterMs, () => process.enter(() => reject(unknown(`${method}: ${why}`))))
  }

  function timeOut(startMs: number, reject: Reject): void {
    fail(reject, Math.max(0, startMs + CALL_TIMEOUT_MS - clock.monotonic()), 'timeout')
  }

  function arrive(args: readonly unknown[], startMs: number, resolve: Resolve, reject: Reject): void {
    if (health.down) return fail(reject, latencyMs(), 'connection refused')
    if (health.outOfMemory && !isRead) return fail(reject, latencyMs(), 'OOM')
    const succeed = (answer: unknown) =>
      reply(startMs, reject, () => {
        answered?.(method, args, answer)
        resolve(answer)
      })
    apply(args).then(
      (answer) => {
        applied?.(method, args, answer)
        if (confirm === undefined) return succeed(answer)
        confirm(method, args, answer, (confirmed) => {
          if (confirmed) succeed(answer)
          else reply(startMs, reject, () => reject(unknown(`${method}: too few replicas`)))
        })
      },
      (error: unknown) => reply(startMs, reject, () => reject(error)),
    )
  }

  function reply(startMs: number, reject: Reject, run: () => void): void {
    if (link.repliesToLose > 0 && !isRead) {
      link.repliesToLose -= 1
      options.lost?.(method)
      return timeOut(startMs, reject)
    }
    if (link.replies !== 'open') return timeOut(startMs, reject)
    if (!slowReply && link.slowMs === 0) return process.enter(run)
    const takesMs = latencyMs() + link.slowMs
    if (clock.monotonic() + takesMs > startMs + CALL_TIMEOUT_MS) return timeOut(startMs, reject)
    clock.after(takesMs, () => process.enter(run))
  }

  return (...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const startMs = clock.monotonic()
      if (link.requests === 'lost') return timeOut(startMs, reject)
      const travel = () => void clock.after(latencyMs(), () => arrive(args, startMs, resolve, reject))
      if (link.requests === 'open') return travel()
      timeOut(startMs, reject)
      whenOpen(clock, link, travel)
    })
}

const LOOK_EVERY_MS = 50

/** What the kernel holds back arrives after the partition, however late. */
function whenOpen(clock: VirtualClock, link: Link, run: () => void): void {
  clock.after(LOOK_EVERY_MS, () => (link.requests === 'held' ? whenOpen(clock, link, run) : run()))
}
