import { join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { SessionEnds } from '../../ports/ended-sessions.ts'
import { fileEndedSessions } from '../../ports/file/ended-sessions.ts'
import { openFileSessionStore } from '../../ports/file/session-store.ts'
import { closeValkey, connectValkey } from '../../ports/valkey/connect.ts'
import { valkeyEndedSessions } from '../../ports/valkey/ended-sessions.ts'
import { valkeySessionStore } from '../../ports/valkey/session-store.ts'
import { SESSIONS_MAX } from './session-tokens.ts'

export interface SessionsConfig {
  /** Null: files in `dataDir`, of this process alone. */
  readonly valkeyUrl: string | null
  /** Replicas that must have a change of a session before it is answered. */
  readonly commitReplicas: number
  readonly dataDir: string
}

export interface OpenSessions extends SessionEnds {
  /** Waits for what is being written. */
  close(): Promise<void>
}

/** Where sessions are kept: with the live state in Valkey, because a session must survive, or in files. The error is one line for the operator. */
export async function openSessions(
  { valkeyUrl, commitReplicas, dataDir }: SessionsConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Result<OpenSessions, string>> {
  if (valkeyUrl === null) return inFiles(dataDir, clock)
  try {
    const onError = (error: Error) => log.warn('valkey_connection_failed', { purpose: 'sessions', error })
    const valkey = await connectValkey(valkeyUrl, { name: 'api-sessions', onError })
    const writes = { replicas: commitReplicas }
    return ok({
      sessions: valkeySessionStore(valkey, writes),
      ended: valkeyEndedSessions(valkey, writes),
      close: async () => closeValkey(valkey),
    })
  } catch (error) {
    return err(`VALKEY_URL: ${(error as Error).message}`)
  }
}

async function inFiles(dataDir: string, clock: Clock): Promise<Result<OpenSessions, string>> {
  const sessions = await openFileSessionStore(join(dataDir, 'sessions.log'), SESSIONS_MAX, clock.now())
  if (!sessions.ok) return sessions
  try {
    const ended = await fileEndedSessions(join(dataDir, 'ended-sessions.log'), clock)
    return ok({
      sessions: sessions.value,
      ended,
      async close() {
        await Promise.all([sessions.value.close(), ended.close()])
      },
    })
  } catch (error) {
    await sessions.value.close()
    return err((error as Error).message)
  }
}
