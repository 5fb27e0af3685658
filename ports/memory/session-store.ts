import type { UserId } from '../../protocol/ids.ts'
import {
  type RotateAnswer,
  type Rotation,
  SESSIONS_PER_USER_MAX,
  type Session,
  type SessionChanges,
  type SessionStore,
} from '../session-store.ts'

/** A session before and after; `null`: none. */
export interface SessionChange {
  readonly id: string
  readonly before: Session | null
  readonly after: Session | null
}

/** The rules of sessions over one map; adapters decide when an answer may leave. Every call is O(sessions of one user). */
export interface SessionTable {
  /** Least lately used first. Sessions live equally long, so the first one ends first. */
  readonly sessions: ReadonlyMap<string, Session>
  create(session: Session): readonly SessionChange[]
  rotate(rotation: Rotation): { readonly answer: RotateAnswer; readonly changes: readonly SessionChange[] }
  find(id: string, nowMs: number): Session | null
  ofUser(userId: UserId): readonly Session[]
  amend(userId: UserId, changes: SessionChanges, id: string | undefined): readonly SessionChange[]
  /** Makes `after` the session `id`. */
  set(id: string, after: Session | null): SessionChange
}

/** A full table drops the session that would end first. */
export function sessionTable(sessionsMax: number): SessionTable {
  const sessions = new Map<string, Session>()
  const byUser = new Map<UserId, Set<string>>()

  function set(id: string, after: Session | null): SessionChange {
    const before = sessions.get(id) ?? null
    sessions.delete(id)
    if (before !== null) forget(before)
    if (after !== null) {
      sessions.set(id, after)
      const own = byUser.get(after.userId) ?? new Set()
      byUser.set(after.userId, own.add(id))
    }
    return { id, before, after }
  }

  function forget({ id, userId }: Session): void {
    const own = byUser.get(userId)
    own?.delete(id)
    if (own?.size === 0) byUser.delete(userId)
  }

  const ofUser = (userId: UserId): readonly Session[] => [...(byUser.get(userId) ?? [])].map((id) => sessions.get(id)!)

  return {
    sessions,
    set,
    ofUser,
    create(session) {
      const changes = [set(session.id, session)]
      const own = ofUser(session.userId)
      if (own.length > SESSIONS_PER_USER_MAX) {
        changes.push(set(own.reduce((first, one) => (one.expiresAtMs < first.expiresAtMs ? one : first)).id, null))
      }
      const [oldest] = sessions.keys()
      if (sessions.size > sessionsMax && oldest !== undefined) changes.push(set(oldest, null))
      return changes
    },
    rotate({ id, generation, rotatedBy, nowMs, expiresAtMs }) {
      const session = sessions.get(id)
      if (session === undefined) return { answer: { type: 'unknown' }, changes: [] }
      if (session.expiresAtMs <= nowMs) return { answer: { type: 'unknown' }, changes: [set(id, null)] }
      if (generation === session.generation) {
        const next: Session = { ...session, generation: generation + 1, rotatedBy, expiresAtMs }
        return { answer: { type: 'rotated', session: next }, changes: [set(id, next)] }
      }
      const repeated = generation === session.generation - 1 && rotatedBy !== null && rotatedBy === session.rotatedBy
      // Set again: the first rotation may not be on disk yet, and this answer must wait for it.
      if (repeated) return { answer: { type: 'repeated', session }, changes: [set(id, session)] }
      return { answer: { type: 'reused', session }, changes: [set(id, null)] }
    },
    find(id, nowMs) {
      const session = sessions.get(id)
      return session !== undefined && nowMs < session.expiresAtMs ? session : null
    },
    amend(userId, changes, id) {
      const amended = ofUser(userId).filter((session) => id === undefined || session.id === id)
      return amended.map((before) => {
        const after = { ...before, ...changes }
        sessions.set(before.id, after) // stays where it stood: it ends no later
        return { id: before.id, before, after }
      })
    },
  }
}

/** The store over a table; `kept` resolves when these changes are as safe as the adapter makes them. */
export function sessionStoreOver(
  table: SessionTable,
  kept: (changes: readonly SessionChange[]) => Promise<unknown>,
): SessionStore {
  const endOf = async (sessions: readonly Session[]): Promise<readonly Session[]> => {
    await kept(sessions.map(({ id }) => table.set(id, null)))
    return sessions
  }
  return {
    async create(session) {
      await kept(table.create(session))
    },
    async rotate(rotation) {
      const { answer, changes } = table.rotate(rotation)
      await kept(changes)
      return answer
    },
    find: async (id, nowMs) => table.find(id, nowMs),
    list: async (userId, nowMs) => table.ofUser(userId).filter(({ expiresAtMs }) => nowMs < expiresAtMs),
    async amend(userId, changes, id) {
      await kept(table.amend(userId, changes, id))
    },
    async end(id) {
      const session = table.sessions.get(id)
      if (session === undefined) return null
      await endOf([session])
      return session
    },
    endAll: (userId) => endOf(table.ofUser(userId)),
  }
}

/** Sessions of this process alone; they end with it. */
export const memorySessionStore = (sessionsMax: number): SessionStore =>
  sessionStoreOver(sessionTable(sessionsMax), async () => {})
