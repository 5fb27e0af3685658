import { type Clock, delay } from '../kit/clock.ts'
import type { TicketQueue } from '../ports/ticket-queue.ts'
import type { UserIndex } from '../ports/user-index.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Event } from './history.ts'

const LOOK_MS = 200
const REGION = 'local'

/** Who was told OK to a FIND and has no game yet. */
interface Seeker {
  readonly userId: UserId
  readonly sinceMs: number
  /** Since when the store knows neither a ticket nor a game of theirs; null: it does. */
  lostSinceMs: number | null
}

/** Looks in the store whether everybody who waits still has a ticket, waiting or in a pending match, or a game. */
export function watchTickets(clock: Clock, users: Pick<UserIndex, 'get'>, tickets: Pick<TicketQueue, 'find'>) {
  const userOf = new Map<number, UserId>()
  const seekers = new Map<number, Seeker>()
  const findMs: number[] = []
  let longestLostMs = 0
  let stopped = false

  async function look(seeker: Seeker): Promise<void> {
    const { occupation } = (await users.get(seeker.userId)).record
    const holds =
      occupation.type === 'playing' ||
      (occupation.type === 'queued' && (await tickets.find(REGION, seeker.userId))?.id === occupation.ticketId)
    const nowMs = clock.monotonic()
    if (holds) seeker.lostSinceMs = null
    else seeker.lostSinceMs ??= nowMs
    // Whoever got a game while this looked is none of its business any more.
    if (seeker.lostSinceMs === null || ![...seekers.values()].includes(seeker)) return
    longestLostMs = Math.max(longestLostMs, nowMs - seeker.lostSinceMs)
  }

  async function watch(): Promise<void> {
    while (!stopped) {
      // The store's answers are late while a process is starved, never wrong.
      await Promise.all([...seekers.values()].map((seeker) => look(seeker).catch(() => {})))
      await delay(clock, LOOK_MS)
    }
  }
  const watching = watch()

  return {
    see(event: Event): void {
      if (event.e === 'welcome') userOf.set(event.p, event.user as UserId)
      if (event.e === 'ok' && event.type === 'find') {
        const userId = userOf.get(event.p)
        if (userId !== undefined) seekers.set(event.p, { userId, sinceMs: event.t, lostSinceMs: null })
      }
      if (event.e !== 'state' || event.you === null) return
      const seeker = seekers.get(event.p)
      if (seeker === undefined) return
      findMs.push(event.t - seeker.sinceMs)
      seekers.delete(event.p)
    },
    /** The longest that somebody had neither ticket nor game, and the time from OK to STATE of all who got one, in ms. */
    async stop(): Promise<{ readonly longestLostMs: number; readonly findMs: readonly number[] }> {
      stopped = true
      await watching
      return { longestLostMs: Math.round(longestLostMs), findMs }
    },
  }
}
