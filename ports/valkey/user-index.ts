import { Cluster } from 'ioredis'
import { assert } from '../../kit/assert.ts'
import type { UserId } from '../../protocol/ids.ts'
import { endGameByUpdates, newUser, type UserIndex, type UserRecord } from '../user-index.ts'
import type { Valkey } from './connect.ts'
import { readScript } from './script.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

const set = readScript(new URL('lua/user-set.lua', import.meta.url))
const rate = readScript(new URL('lua/user-rate.lua', import.meta.url))

/** A player who did nothing for so long is as if new. */
const KEPT_MS = 90 * 24 * 3_600_000
/** As above for an idle player of whom nothing is known: only revisions of calls under way must still fail. */
const NOTHING_KEPT_MS = 3_600_000
/** Players of one script, which holds up the store for some 0.5 ms. On a cluster each player lies in a slot of their own. */
const RATINGS_A_CALL = 100
/** Revision of who has no record. */
const NONE = '0'
/** Written with each record; readers take the fields that they know and fill in those that an older version lacked. */
const SCHEMA = 1

assert(NOTHING_KEPT_MS > 60_000, 'an empty record outlasts every call that began before it')

/**
 * Players on a Valkey or Redis 7, single or cluster, in `u:{USER}`. A compare-and-set that rejects may have happened: read again, then
 * decide. Memory: some 400 bytes a player.
 */
export function valkeyUserIndex(valkey: Valkey, options: WriteOptions = {}): UserIndex {
  const write = scriptWriter(valkey, options)
  const ratingsACall = valkey instanceof Cluster ? 1 : RATINGS_A_CALL
  const index: UserIndex = {
    async get(userId) {
      const [revision, record] = await valkey.hmget(userKey(userId), 'rev', 'record')
      if (!revision || !record) return { record: newUser, revision: NONE }
      return { record: decodeUser(record), revision }
    },
    async compareAndSet(userId, revision, next) {
      const keptMs = carriesNothing(next) ? NOTHING_KEPT_MS : KEPT_MS
      return (await write(set, [userKey(userId)], [revision, encodeUser(next), keptMs])) as string | null
    },
    async setRatings(ratings) {
      const calls: Promise<unknown>[] = []
      for (let from = 0; from < ratings.length; from += ratingsACall) {
        const some = ratings.slice(from, from + ratingsACall)
        const keys = some.map(({ userId }) => userKey(userId))
        const args = some.flatMap(({ rating, appliedSeq }) => [rating, appliedSeq])
        calls.push(write(rate, keys, [NEW_USER, KEPT_MS, ...args]))
      }
      const written = (await Promise.all(calls)) as number[]
      return written.reduce((sum, count) => sum + count, 0)
    },
    endGame: (gameId, ends, nowMs) => endGameByUpdates(index, gameId, ends, nowMs),
  }
  return index
}

export const userKey = (userId: UserId): string => `u:{${userId}}`

export const encodeUser = (record: UserRecord): string => JSON.stringify({ v: SCHEMA, ...record })

const NEW_USER = encodeUser(newUser)

export function decodeUser(row: string): UserRecord {
  const { occupation, sinceMs, lastGameMs, rating, ratedSeq, blocked, unseen, lastOpponent } = {
    ...newUser,
    ...(JSON.parse(row) as Partial<UserRecord>),
  }
  return { occupation, sinceMs, lastGameMs, rating, ratedSeq, blocked, unseen, lastOpponent }
}

const carriesNothing = ({ occupation, rating, ratedSeq, blocked, unseen, lastOpponent }: UserRecord): boolean =>
  occupation.type === 'idle' &&
  rating === newUser.rating &&
  ratedSeq === newUser.ratedSeq &&
  blocked.length === 0 &&
  unseen.length === 0 &&
  lastOpponent === null
