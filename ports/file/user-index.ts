import type { UserId } from '../../protocol/ids.ts'
import { memoryUserIndex } from '../memory/user-index.ts'
import { endGameByUpdates, type NewRating, newUser, type UserIndex, type UserRecord } from '../user-index.ts'
import { openChangeLog } from './change-log.ts'

export interface FileUserIndex extends UserIndex {
  /** Waits for what is under way. */
  close(): Promise<void>
}

/**
 * The memory index, each write in `path` before its answer and back at the next start. Revisions are of this process.
 * @throws Error in one line when the file cannot be read or written
 */
export async function fileUserIndex(path: string): Promise<FileUserIndex> {
  const memory = memoryUserIndex()
  const log = await openChangeLog<readonly ['set', UserId, UserRecord]>(
    path,
    async ([, userId, record]) =>
      // A record of an older release lacks what was added since.
      memory.compareAndSet(userId, (await memory.get(userId)).revision, { ...newUser, ...record }),
    function* () {
      for (const [userId, record] of memory.records()) yield ['set', userId, record]
    },
  )
  const setOne = (rating: NewRating): Promise<UserRecord | null> =>
    log.change(
      async () => {
        // Both calls take effect in this turn.
        const [written, after] = [memory.setRatings([rating]), memory.get(rating.userId)]
        return (await written) === 0 ? null : (await after).record
      },
      (record) => (record === null ? null : ['set', rating.userId, record]),
    )
  const index: FileUserIndex = {
    async setRatings(ratings) {
      const written = await Promise.all(ratings.map(setOne))
      return written.filter((record) => record !== null).length
    },
    get: (userId) => log.read(() => memory.get(userId)),
    compareAndSet: (userId, revision, next) =>
      log.change(
        () => memory.compareAndSet(userId, revision, next),
        (written) => (written === null ? null : ['set', userId, next]),
      ),
    endGame: (gameId, ends, nowMs) => endGameByUpdates(index, gameId, ends, nowMs),
    close: log.close,
  }
  return index
}
