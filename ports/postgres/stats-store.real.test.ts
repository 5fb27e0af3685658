import { accountStoreContract } from '../account-store.contract.ts'
import { statsStoreContract } from '../stats-store.contract.ts'
import { postgresAccountStore } from './account-store.ts'
import { postgresStatsStore } from './stats-store.ts'
import { testDatabase } from './test-database.ts'

// Both stores in one file: starting a database takes longer than all that is asked of it.
for (const kind of ['embedded', 'server'] as const) {
  const store = testDatabase(kind)
  statsStoreContract(`PostgreSQL (${kind})`, async () => postgresStatsStore(await store.emptied()))
  accountStoreContract(`PostgreSQL (${kind})`, async () => postgresAccountStore(await store.emptied()))
}
