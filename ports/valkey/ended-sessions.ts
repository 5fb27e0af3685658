import type { UserId } from '../../protocol/ids.ts'
import { ENDED_KEPT_MS, ENDED_MAX, type EndedSessions } from '../ended-sessions.ts'
import type { Valkey } from './connect.ts'
import { readScript, runScript } from './script.ts'
import { scriptWriter, type WriteOptions } from './write.ts'

const lua = (name: string) => readScript(new URL(`lua/ended-${name}.lua`, import.meta.url))
const scripts = { add: lua('add'), read: lua('read') }

const KEY = 'sess:ended'
/** A read looks back by so much, ms: clocks of a primary and the replica that follows it may differ. */
const OVERLAP_MS = 5_000

/** Ended sessions on a Valkey or Redis 7, single or cluster: one sorted set, some 100 bytes a session for ENDED_KEPT_MS. */
export function valkeyEndedSessions(valkey: Valkey, options: WriteOptions = {}): EndedSessions {
  const write = scriptWriter(valkey, options)
  return {
    async add(ended) {
      if (ended.length === 0) return
      const members = ended.map(({ userId, sessionId }) => `${userId} ${sessionId ?? ''}`)
      await write(scripts.add, [KEY], [ENDED_KEPT_MS, ENDED_MAX, ...members])
    },
    async read(mark) {
      const answer = (await runScript(valkey, scripts.read, [KEY], [mark ?? '', OVERLAP_MS])) as string[]
      const [now, ...members] = answer
      const ended = members.map((member) => {
        const [userId, sessionId = ''] = member.split(' ')
        return { userId: userId as UserId, sessionId: sessionId === '' ? null : sessionId }
      })
      return { ended, mark: Number(now) }
    },
  }
}
