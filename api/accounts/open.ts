import { join } from 'node:path'
import { err, ok, type Result } from '../../kit/result.ts'
import { openFileSessionStore } from '../../ports/file/session-store.ts'
import { type Accounts, type AccountsDeps, createAccounts } from './accounts.ts'
import { openKeysFile } from './keys-file.ts'
import { SESSIONS_MAX } from './sign-in.ts'

export interface OpenAccounts extends Accounts {
  /** Waits for sessions that are being written. */
  close(): Promise<void>
}

/** The accounts service with its keys and sessions in files, made when absent. The error is one line for the operator. */
export async function openAccounts(
  files: { readonly authKeysFile: string; readonly dataDir: string },
  deps: Omit<AccountsDeps, 'keys' | 'sessions'>,
): Promise<Result<OpenAccounts, string>> {
  const keys = await openKeysFile(files.authKeysFile)
  if (!keys.ok) return err(keys.error)
  const sessions = await openFileSessionStore(join(files.dataDir, 'sessions.log'), SESSIONS_MAX, deps.clock.now())
  if (!sessions.ok) return err(sessions.error)
  const accounts = createAccounts({ ...deps, keys: keys.value, sessions: sessions.value })
  return ok({ ...accounts, close: () => sessions.value.close() })
}
