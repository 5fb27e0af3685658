import type { Clock } from '../../kit/clock.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { EndedSessions } from '../ended-sessions.ts'
import { memoryEndedSessions } from '../memory/ended-sessions.ts'
import { openChangeLog } from './change-log.ts'

export interface FileEndedSessions extends EndedSessions {
  /** Waits for what is under way. */
  close(): Promise<void>
}

type EndedStep = readonly ['ended', userId: string, sessionId: string | null, atMs: number]

/** Ended sessions that outlive the process: on disk before they are answered. One process a file. @throws Error in one line */
export async function fileEndedSessions(path: string, clock: Clock): Promise<FileEndedSessions> {
  const memory = memoryEndedSessions(clock)
  const log = await openChangeLog<EndedStep>(
    path,
    async ([, userId, sessionId, atMs]) => memory.put({ userId: userId as UserId, sessionId }, atMs),
    () => [...memory.kept()].map(([{ userId, sessionId }, atMs]) => ['ended', userId, sessionId, atMs] as const),
  )
  return {
    async add(ended) {
      const atMs = clock.now()
      const put = async (one: (typeof ended)[number]) => memory.put(one, atMs)
      const step = ({ userId, sessionId }: (typeof ended)[number]): EndedStep => ['ended', userId, sessionId, atMs]
      await Promise.all(
        ended.map((one) =>
          log.change(
            () => put(one),
            () => step(one),
          ),
        ),
      )
    },
    read: memory.read,
    close: () => log.close(),
  }
}
