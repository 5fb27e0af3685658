import type { UserId } from '../../protocol/ids.ts'
import { newUser, type UserIndex, type UserRecord, type Versioned } from '../user-index.ts'

/** Idle players remembered; the one unchanged for longest is forgotten first, as if new. Some 300 bytes each. */
const IDLE_RECORDS_MAX = 200_000
const BUCKETS = 4_096

export interface MemoryUserIndex extends UserIndex {
  /** All that is remembered, in an order in which writing it anew forgets the same players next. */
  records(): Iterable<readonly [UserId, UserRecord]>
}

/** Players of this process alone; they end with it. Shared by every node in it. Every call but `records` is O(1) a player. */
export function memoryUserIndex(idleRecordsMax: number = IDLE_RECORDS_MAX): MemoryUserIndex {
  const busy = new Map<UserId, Versioned>()
  /** Least lately written first. */
  const idle = new Map<UserId, Versioned>()
  /**
   * Writes so far when a user of the bucket was last forgotten: the revision of those who have no record. A
   * compare-and-set that began before a record came and went must still fail.
   */
  const forgottenAt = new Float64Array(BUCKETS)
  let writes = 0

  const read = (userId: UserId): Versioned =>
    busy.get(userId) ?? idle.get(userId) ?? { record: newUser, revision: `${forgottenAt[bucketOf(userId)]}` }

  function forget(userId: UserId): void {
    idle.delete(userId)
    forgottenAt[bucketOf(userId)] = writes
  }

  function write(userId: UserId, next: UserRecord): void {
    writes++
    busy.delete(userId)
    idle.delete(userId)
    if (carriesNothing(next)) forget(userId)
    else if (next.occupation.type === 'idle') {
      idle.set(userId, { record: next, revision: `${writes}` })
      const [oldest] = idle.keys()
      if (idle.size > idleRecordsMax && oldest !== undefined) forget(oldest)
    } else busy.set(userId, { record: next, revision: `${writes}` })
  }

  return {
    get: async (userId) => read(userId),
    async compareAndSet(userId, revision, next) {
      if (read(userId).revision !== revision) return null
      write(userId, next)
      return read(userId).revision
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
    *records() {
      for (const players of [idle, busy]) for (const [userId, { record }] of players) yield [userId, record]
    },
  }
}

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
