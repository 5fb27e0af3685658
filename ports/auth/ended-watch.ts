import type { CancelTimer, Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { err } from '../../kit/result.ts'
import { ENDED_KEPT_MS, type EndedSessions } from '../ended-sessions.ts'
import type { Identity, VerifyToken } from './identity.ts'

/** Between two looks at what has ended, ms: with the sweep of sockets, well below the 5 s that a logout may take. */
const READ_EVERY_MS = 1_000

/** Knows which sessions have ended, at most a second late while the store answers. */
export interface EndedWatch {
  isEnded(identity: Pick<Identity, 'userId' | 'sessionId'>): boolean
  stop(): void
}

/** Resolves after the first read. While the store is away nothing new is known: nobody can end a session then either. */
export async function watchEnded(clock: Clock, log: Log, store: EndedSessions): Promise<EndedWatch> {
  /** Until when each counts, monotonic ms; oldest first. */
  const untilMs = new Map<string, number>()
  let mark: number | null = null
  let away = false
  let stopped = false
  let cancel: CancelTimer = () => {}

  async function read(): Promise<void> {
    try {
      const answer = await store.read(mark)
      mark = answer.mark
      for (const { userId, sessionId } of answer.ended) note(sessionId ?? wholeOf(userId))
      away = false
    } catch (error) {
      if (!away) log.warn('ended_sessions_unread', { error })
      away = true
    }
    forget()
    if (!stopped) cancel = clock.after(READ_EVERY_MS, () => void read())
  }

  function note(key: string): void {
    untilMs.delete(key)
    untilMs.set(key, clock.monotonic() + ENDED_KEPT_MS)
  }

  function forget(): void {
    for (const [key, until] of untilMs) {
      if (until > clock.monotonic()) break
      untilMs.delete(key)
    }
  }

  await read()
  return {
    isEnded: ({ userId, sessionId }) => untilMs.size > 0 && (untilMs.has(sessionId) || untilMs.has(wholeOf(userId))),
    stop() {
      stopped = true
      cancel()
    },
  }
}

/** No session id has a space in it. */
const wholeOf = (userId: string): string => `user ${userId}`

/** Refuses what `verify` finds good when its session has ended. */
export function refusingEnded(verify: VerifyToken, { isEnded }: Pick<EndedWatch, 'isEnded'>): VerifyToken {
  const verifyLiving: VerifyToken = async (jwt) => {
    const verified = await verify(jwt)
    return verified.ok && isEnded(verified.value) ? err('invalid') : verified
  }
  const known = (jwt: string): Identity | null => {
    const identity = verify.known?.(jwt) ?? null
    return identity !== null && isEnded(identity) ? null : identity
  }
  return Object.assign(verifyLiving, { known, isEnded })
}
