import { type CancelTimer, type Clock, delay } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Placement } from '../ports/placement.ts'
import type { Match, Ticket, TicketQueue } from '../ports/ticket-queue.ts'
import { ABSENT_TTL_MS } from '../protocol/limits.ts'
import type { QueueMode } from '../protocol/messages.ts'
import { type Counts, newCounts, observe } from './counts.ts'
import { createHoldBack } from './hold-back.ts'
import { createLease, LEASE_RENEW_MS } from './lease.ts'
import { type Pairing, pair } from './pairing.ts'
import { createPlacements, REPLACE_AFTER_MS } from './placements.ts'
import { createPresence } from './presence.ts'

/** Between rounds, in ms: what pairing adds to a player's wait at most, while a larger batch pairs better. */
export const ROUND_MS = 50
/** Pairs asked for at once: between them the store answers others, above all the renewal of the lease. */
const TAKES_AT_ONCE = 1_024
/** Between looks for absent tickets and forgotten matches, in ms. */
const UPKEEP_MS = 1_000
const MODES = ['casual', 'ranked'] as const satisfies readonly QueueMode[]

export interface MatchmakerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly tickets: TicketQueue
  readonly region: string
  /** Name of this process; another one after each start. */
  readonly leader: string
  /** Opens the room of a match. Called again with the same match until its verdict is known, by any leader. */
  readonly place: (match: Match) => Promise<Placement>
  /** The ticket ended without a match: its player is idle. */
  readonly expired: (ticket: Ticket) => unknown
  /** Whether the server that a ticket names has a heartbeat; by default all have. */
  readonly nodeLives?: (node: string) => boolean
  /** Rating points of distance that a second of a wait is worth (hold-back.ts); by default nobody waits for a better peer. */
  readonly secondWorth?: number
  /** Between rounds, in ms; default ROUND_MS. */
  readonly roundMs?: number
}

export interface Matchmaker {
  readonly counts: Readonly<Counts>
  start(): void
  /** Pairs no more, gives matches under way REPLACE_AFTER_MS to get their rooms, and lets a standby lead. */
  stop(): Promise<void>
}

/**
 * Pairs the waiting players of a region while it leads; any number may run. Nothing is kept here: a ticket or match is in
 * the store at any moment, so that the next leader goes on where this one died.
 */
export function createMatchmaker(options: MatchmakerOptions): Matchmaker {
  const { clock, random, log, tickets, region, roundMs = ROUND_MS } = options
  const counts = newCounts()
  const placements = createPlacements({ ...options, counts })
  const sift = createPresence(options.nodeLives ?? (() => true))
  const newHoldBack = () => createHoldBack(options.secondWorth ?? Number.POSITIVE_INFINITY)
  let holdBacks = { casual: newHoldBack(), ranked: newHoldBack() }
  const lease = createLease({
    ...options,
    counts,
    won() {
      upkeepAtMs = clock.monotonic()
      // What came while another one led was not seen.
      holdBacks = { casual: newHoldBack(), ranked: newHoldBack() }
    },
    lost() {
      placements.abandon()
      forgetGauges(counts)
    },
  })
  let upkeepAtMs = 0
  let failing = false
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let cancel: CancelTimer = () => {}

  function schedule(delayMs: number): void {
    cancel = clock.after(delayMs, () => {
      running = round().then(() => {
        if (!stopped) schedule(failing ? LEASE_RENEW_MS : roundMs)
      })
    })
  }

  async function round(): Promise<void> {
    const epoch = lease.epoch()
    if (epoch === null) return
    try {
      if (clock.monotonic() >= upkeepAtMs) await upkeep()
      await pairWaiting(epoch)
      if (failing) log.info('matchmaker_recovered', { region })
      failing = false
    } catch (error) {
      counts.storeErrors += 1
      if (!failing) log.warn('matchmaker_round_failed', { region, error: String(error) })
      failing = true
    }
    counts.rounds += 1
  }

  /** Drops who stayed away, and takes on matches that a dead leader or a lost reply left behind. */
  async function upkeep(): Promise<void> {
    await placements.adopt()
    for (const ticket of await tickets.expire(region, clock.now() - ABSENT_TTL_MS)) reportExpired(ticket)
    upkeepAtMs = clock.monotonic() + UPKEEP_MS
  }

  async function pairWaiting(epoch: number): Promise<void> {
    const waiting = await Promise.all(MODES.map((mode) => tickets.waiting(region, mode)))
    const all = waiting.flat()
    const nowMs = clock.now()
    const { present, overdue } = sift(all, nowMs)
    counts.absent = all.length - present.length
    const pairings = MODES.flatMap((mode) => {
      const queue = present.filter((ticket) => ticket.mode === mode)
      counts.waiting[mode] = queue.length
      counts.oldestSinceMs[mode] = oldestOf(queue)
      holdBacks[mode].see(queue, nowMs)
      return queue.length < 2 ? [] : pair(queue, nowMs, holdBacks[mode].reach)
    })
    await Promise.all(overdue.map(drop))
    const chosen = longestWaitsFirst(pairings, placements.free())
    for (let from = 0; from < chosen.length; from += TAKES_AT_ONCE) {
      await Promise.all(chosen.slice(from, from + TAKES_AT_ONCE).map((pairing) => take(epoch, pairing, nowMs)))
    }
  }

  async function take(epoch: number, { a, b, reason }: Pairing, nowMs: number): Promise<void> {
    const id = Buffer.from(random.bytes(12)).toString('hex')
    const match: Match = { id, mode: a.mode, region, tickets: [a, b], reason, pairedAtMs: nowMs }
    // If this fails the match may be pending all the same: upkeep finds it.
    const answer = await tickets.takePair(epoch, match)
    if (answer === 'gone') counts.gone += 1
    if (answer === 'fenced' && lease.epoch() === epoch) lease.fenced()
    if (answer !== 'taken') return
    counts.pairs += 1
    for (const waitedMs of reason.waitedMs) observe(counts.waitedMs[match.mode], waitedMs)
    observe(counts.distance[match.mode], reason.distance)
    // A leader that lost its lease meanwhile leaves the match to the next one.
    if (lease.epoch() === epoch) placements.add(match)
  }

  async function drop(ticket: Ticket): Promise<void> {
    if (await tickets.cancel(region, ticket.userId, ticket.id)) reportExpired(ticket)
  }

  function reportExpired(ticket: Ticket): void {
    counts.expired += 1
    new Promise((resolve) => resolve(options.expired(ticket))).catch((error) => {
      log.warn('ticket_expiry_failed', { ticket: ticket.id, error: String(error) })
    })
  }

  return {
    counts,
    start() {
      lease.start()
      schedule(0)
    },
    async stop() {
      stopped = true
      cancel()
      await running
      await Promise.race([placements.idle(), delay(clock, REPLACE_AFTER_MS)])
      await lease.release()
    },
  }
}

/** All, or those of the longest waits: the others stay in the queue. */
function longestWaitsFirst(pairings: readonly Pairing[], max: number): readonly Pairing[] {
  if (pairings.length <= max) return pairings
  const waitedMs = ({ reason: { waitedMs } }: Pairing) => Math.max(waitedMs[0], waitedMs[1])
  return pairings.toSorted((a, b) => waitedMs(b) - waitedMs(a)).slice(0, max)
}

function oldestOf(queue: readonly Ticket[]): number | null {
  let oldestMs = Number.POSITIVE_INFINITY
  for (const { enqueuedAtMs } of queue) oldestMs = Math.min(oldestMs, enqueuedAtMs)
  return queue.length === 0 ? null : oldestMs
}

function forgetGauges(counts: Counts): void {
  for (const mode of MODES) {
    counts.waiting[mode] = 0
    counts.oldestSinceMs[mode] = null
  }
  counts.absent = 0
}
