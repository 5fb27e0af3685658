import { err, ok, type Result } from '../../kit/result.ts'
import type { Audit } from '../../ports/audit.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import type { AccountsDeps } from './deps.ts'
import { openKeyRing } from './key-ring.ts'
import { type OpenSessions, openSessions, type SessionsConfig } from './open-sessions.ts'
import { createProvider } from './provider.ts'
import { isLoopback, readProviders } from './providers-file.ts'

export interface AccountsConfig extends SessionsConfig {
  readonly authKeysFile: string
  /** Null: nobody but guests. */
  readonly authProvidersFile: string | null
  readonly publicUrl: string | null
}

export interface OpenAccounts extends Accounts, Pick<OpenSessions, 'sessions' | 'ended'> {
  /** Waits for sessions that are being written. */
  close(): Promise<void>
}

/** The accounts service with its keys, providers and sessions, as the configuration says. The error is one line for the operator. */
export async function openAccounts(
  config: AccountsConfig,
  deps: Omit<AccountsDeps, 'keys' | 'sessions' | 'ended' | 'providers' | 'publicUrl'> & { readonly audit: Audit },
): Promise<Result<OpenAccounts, string>> {
  const { authKeysFile, authProvidersFile, publicUrl } = config
  const providers = authProvidersFile === null ? ok([]) : await readProviders(authProvidersFile)
  if (!providers.ok) return providers
  if (publicUrl === null && !providers.value.every(({ issuer }) => isLoopback(issuer))) {
    return err('PUBLIC_URL is missing: providers must know where to send players back to')
  }
  const keys = await openKeyRing(authKeysFile, deps)
  if (!keys.ok) return keys
  const opened = await openSessions(config, deps)
  if (!opened.ok) {
    keys.value.close()
    return opened
  }
  const { sessions, ended, close } = opened.value
  const accounts = createAccounts({
    ...deps,
    keys: keys.value,
    sessions,
    ended,
    publicUrl,
    providers: providers.value.map((provider) => createProvider(provider, deps.clock)),
  })
  return ok({
    ...accounts,
    sessions,
    ended,
    close() {
      keys.value.close()
      return close()
    },
  })
}
