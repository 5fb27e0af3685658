import type { RotateAnswer, Rotation, Session, SessionStore } from '../session-store.ts'

/** A session before and after; `null`: none. */
export interface SessionChange {
  readonly id: string
  readonly before: Session | null
  readonly after: Session | null
}

/** The rules of sessions over one map; adapters decide when an answer may leave. Every call is O(1). */
export interface SessionTable {
  /** Least lately used first. Sessions live equally long, so the first one ends first. */
  readonly sessions: ReadonlyMap<string, Session>
  create(session: Session): readonly SessionChange[]
  rotate(rotation: Rotation): { readonly answer: RotateAnswer; readonly changes: readonly SessionChange[] }
  /** Makes `after` the session `id`. */
  set(id: string, after: Session | null): SessionChange
}

export function sessionTable(sessionsMax: number): SessionTable {
  const sessions = new Map<string, Session>()

  function set(id: string, after: Session | null): SessionChange {
    const before = sessions.get(id) ?? null
    sessions.delete(id)
    if (after !== null) sessions.set(id, after)
    return { id, before, after }
  }

  return {
    sessions,
    set,
    create(session) {
      const created = set(session.id, session)
      const [oldest] = sessions.keys()
      return sessions.size > sessionsMax && oldest !== undefined ? [created, set(oldest, null)] : [created]
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
      return { answer: { type: 'reused' }, changes: [set(id, null)] }
    },
  }
}

/** Sessions of this process alone; they end with it. */
export function memorySessionStore(sessionsMax: number): SessionStore {
  const table = sessionTable(sessionsMax)
  return {
    async create(session) {
      table.create(session)
    },
    rotate: async (rotation) => table.rotate(rotation).answer,
  }
}
