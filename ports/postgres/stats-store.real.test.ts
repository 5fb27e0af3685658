import { statsStoreContract } from '../stats-store.contract.ts'
import { postgresStatsStore } from './stats-store.ts'
import { testDatabase } from './test-database.ts'

for (const kind of ['embedded', 'server'] as const) {
  const store = testDatabase(kind)
  statsStoreContract(`PostgreSQL (${kind})`, async () => postgresStatsStore(await store.emptied()))
}
