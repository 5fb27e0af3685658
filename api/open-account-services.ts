import { join } from 'node:path'
import { err, ok, type Result } from '../kit/result.ts'
import type { AccountStore } from '../ports/account-store.ts'
import type { ApiKeyStore } from '../ports/api-key-store.ts'
import type { Audit } from '../ports/audit.ts'
import type { DynamoPlace } from '../ports/dynamodb/client.ts'
import { openGameStore } from '../ports/dynamodb/open.ts'
import { fileUserIndex } from '../ports/file/user-index.ts'
import type { GameStore } from '../ports/game-store.ts'
import type { StatsStore } from '../ports/stats-store.ts'
import { StoreUnavailable } from '../ports/store-failure.ts'
import type { UserIndex } from '../ports/user-index.ts'
import { closeValkey, connectValkey } from '../ports/valkey/connect.ts'
import { valkeyUserIndex } from '../ports/valkey/user-index.ts'
import { accountServices } from './account-services.ts'
import type { AccountsDeps } from './accounts/deps.ts'
import { type AccountsConfig, type OpenAccounts, openAccounts } from './accounts/open.ts'
import { storeGuard } from './store-guard.ts'

type Config = AccountsConfig & DynamoPlace & { readonly regions: readonly string[] }

interface Deps extends Pick<AccountsDeps, 'issuer' | 'region' | 'clock' | 'random' | 'log'> {
  readonly audit: Audit
  readonly accounts: AccountStore
  readonly apiKeys: ApiKeyStore
  readonly stats: Pick<StatsStore, 'statsOf'>
}

interface OpenUserIndex {
  readonly users: UserIndex
  close(): Promise<void>
}

/** Sign-in, profiles and administration for a process of their own, on the stores that the configuration names. The error is one line for the operator. */
export async function openAccountServices(config: Config, deps: Deps): Promise<Result<OpenAccounts, string>> {
  const signIn = await openAccounts(config, deps)
  if (!signIn.ok) return signIn
  const index = await openUserIndex(config, deps).catch((error: Error) => error)
  if (index instanceof Error) {
    await signIn.value.close()
    return err(`user index: ${index.message}`)
  }
  const store = openGameStore(config)
  const games = store === null ? NOWHERE : storeGuard(deps.clock).guard<GameStore>(store)
  const { app } = accountServices(signIn.value, {
    ...deps,
    users: index.users,
    games,
    regions: [deps.region, ...config.regions],
  })
  return ok({
    ...signIn.value,
    app,
    async close() {
      store?.close()
      await Promise.all([index.close(), signIn.value.close()])
    },
  })
}

/** Without a store of games, what needs them is UNAVAILABLE; all else works. */
const away = () => Promise.reject(new StoreUnavailable('neither DYNAMODB_ENDPOINT nor AWS_REGION is given'))
const NOWHERE: Pick<GameStore, 'history' | 'rename'> = { history: away, rename: away }

async function openUserIndex(
  { valkeyUrl, commitReplicas, dataDir }: Config,
  { log }: Pick<Deps, 'log'>,
): Promise<OpenUserIndex> {
  if (valkeyUrl === null) {
    const users = await fileUserIndex(join(dataDir, 'users.log'))
    return { users, close: () => users.close() }
  }
  const onError = (error: Error) => log.warn('valkey_connection_failed', { purpose: 'users', error })
  const valkey = await connectValkey(valkeyUrl, { name: 'api-users', onError })
  return { users: valkeyUserIndex(valkey, { replicas: commitReplicas }), close: async () => closeValkey(valkey) }
}
