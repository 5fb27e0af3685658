import type { UserId } from '../../protocol/ids.ts'
import { afterGame, newUser, type UserIndex, type UserRecord, type Versioned } from '../user-index.ts'

/** Idle players remembered; the one unchanged for longest is forgotten first, as if new. Some 300 bytes each. */
const IDLE_RECORDS_MAX = 200_000
const BUCKETS = 4_096

export interface MemoryUserIndex extends UserIndex {
  /** All that is remembered, in an order in which writing it anew forgets the same players next. */
  records(): Iterable<readonly [UserId, UserRecord]>
}

interface Entry {
  readonly userId: UserId
  now: Versioned
  /** Idle players stand in a list, least lately written first. */
  older: Entry | null
  newer: Entry | null
}

/** Players of this process alone; they end with it. Shared by every node in it. Every call but `records` is O(1) a player. */
export function memoryUserIndex(idleRecordsMax: number = IDLE_RECORDS_MAX): MemoryUserIndex {
  const entries = new Map<UserId, Entry>()
  let oldest: Entry | null = null
  let newest: Entry | null = null
  let idle = 0
  /**
   * Writes so far when a user of the bucket was last forgotten: the revision of those who have no record. A
   * compare-and-set that began before a record came and went must still fail.
   */
  const forgottenAt = new Float64Array(BUCKETS)
  let writes = 0

  const read = (userId: UserId): Versioned =>
    entries.get(userId)?.now ?? { record: newUser, revision: `${forgottenAt[bucketOf(userId)]}` }

  function standLast(entry: Entry): void {
    entry.older = newest
    if (newest === null) oldest = entry
    else newest.newer = entry
    newest = entry
    idle += 1
  }

  function stepOut(entry: Entry): void {
    if (entry.older === null) oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === null) newest = entry.older
    else entry.newer.older = entry.older
    entry.older = null
    entry.newer = null
    idle -= 1
  }

  function forget(userId: UserId): void {
    entries.delete(userId)
    forgottenAt[bucketOf(userId)] = writes
  }

  /** The new revision. */
  function write(userId: UserId, next: UserRecord): string {
    const revision = `${++writes}`
    const known = entries.get(userId)
    if (known !== undefined && isIdle(known)) stepOut(known)
    if (carriesNothing(next)) {
      forget(userId)
      return revision
    }
    const entry = known ?? { userId, now: { record: next, revision }, older: null, newer: null }
    if (known === undefined) entries.set(userId, entry)
    else known.now = { record: next, revision }
    if (isIdle(entry)) standLast(entry)
    if (idle > idleRecordsMax && oldest !== null) {
      const { userId: first } = oldest
      stepOut(oldest)
      forget(first)
    }
    return revision
  }

  return {
    get: (userId) => Promise.resolve(read(userId)),
    compareAndSet(userId, revision, next) {
      return Promise.resolve(read(userId).revision === revision ? write(userId, next) : null)
    },
    async setRatings(ratings) {
      let written = 0
      for (const { userId, rating, appliedSeq } of ratings) {
        const { record } = read(userId)
        if (record.ratedSeq >= appliedSeq) continue
        write(userId, { ...record, rating, ratedSeq: appliedSeq })
        written++
      }
      return written
    },
    endGame(gameId, ends, nowMs) {
      for (const end of ends) {
        const next = afterGame(read(end.userId).record, gameId, end, nowMs)
        if (next !== null) write(end.userId, next)
      }
      return Promise.resolve()
    },
    *records() {
      for (let entry = oldest; entry !== null; entry = entry.newer) yield [entry.userId, entry.now.record]
      for (const entry of entries.values()) if (!isIdle(entry)) yield [entry.userId, entry.now.record]
    },
  }
}

const isIdle = ({ now }: Entry): boolean => now.record.occupation.type === 'idle'

/** Since when an idle player has been idle decides nothing. */
const carriesNothing = (record: UserRecord): boolean =>
  record.occupation.type === 'idle' &&
  record.rating === newUser.rating &&
  record.ratedSeq === newUser.ratedSeq &&
  record.blocked.length === 0 &&
  record.unseen.length === 0 &&
  record.lastOpponent === null

/** FNV-1a. */
function bucketOf(userId: UserId): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < userId.length; i++) hash = Math.imul(hash ^ userId.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % BUCKETS
}
