import type { UserId } from '../protocol/ids.ts'
import type { SessionStore } from './session-store.ts'

/** How long the end of a session is remembered, ms: longer than an access token lives, for all that clocks differ. */
export const ENDED_KEPT_MS = 17 * 60_000
/** Ends remembered at a time; above it the oldest are forgotten, and their last access tokens live to their own end. */
export const ENDED_MAX = 100_000

/** Whose access tokens count no more though they have not expired: one session's, or everything of a user (`sessionId` null). */
export interface Ended {
  readonly userId: UserId
  readonly sessionId: string | null
}

/** What readers are told. `mark`: hand it to the next read. */
export interface EndedRead {
  readonly ended: readonly Ended[]
  readonly mark: number
}

/** The sessions that ended lately, for everybody who verifies access tokens. A call that rejects may have happened; it may be repeated. */
export interface EndedSessions {
  add(ended: readonly Ended[]): Promise<void>
  /** What was added since the read that gave `mark`, at times a little more; null: all that is remembered. */
  read(mark: number | null): Promise<EndedRead>
}

export interface SessionEnds {
  readonly sessions: SessionStore
  readonly ended: EndedSessions
}

/** Ends one session: its refresh token at once, its access tokens and sockets within seconds. Safe to repeat. */
export async function endSession({ sessions, ended }: SessionEnds, userId: UserId, sessionId: string): Promise<void> {
  await ended.add([{ userId, sessionId }])
  await sessions.end(sessionId)
}

/** Ends every session that the user has now; they may sign in again. Answers how many there were. Safe to repeat. */
export async function endSessions({ sessions, ended }: SessionEnds, userId: UserId, nowMs: number): Promise<number> {
  // Told first: if this fails half-way, the repeat would not find the ones that are gone.
  const known = await sessions.list(userId, nowMs)
  await ended.add(known.map(({ id }) => ({ userId, sessionId: id })))
  const gone = await sessions.endAll(userId)
  await ended.add(
    gone.filter(({ id }) => !known.some((one) => one.id === id)).map(({ id }) => ({ userId, sessionId: id })),
  )
  return gone.length
}

/** For a user who is banned or deleted: every session, and every access token whatever session it names. Safe to repeat. */
export async function endUser({ sessions, ended }: SessionEnds, userId: UserId): Promise<void> {
  await ended.add([{ userId, sessionId: null }])
  await sessions.endAll(userId)
}
