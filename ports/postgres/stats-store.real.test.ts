import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { accountStoreContract } from '../account-store.contract.ts'
import { rankingsContract } from '../rankings.contract.ts'
import { statsStoreContract } from '../stats-store.contract.ts'
import { postgresAccountStore } from './account-store.ts'
import { postgresRankings, REFRESH_LOCK } from './rankings.ts'
import { postgresStatsStore } from './stats-store.ts'
import { type TestDatabase, testDatabase } from './test-database.ts'

// All stores of players in one file: starting a database takes longer than all that is asked of it.
for (const kind of ['embedded', 'server'] as const) {
  const database = testDatabase(kind)
  const name = `PostgreSQL (${kind})`
  statsStoreContract(name, () => stores(database))
  rankingsContract(name, () => stores(database))
  accountStoreContract(name, async () => (await stores(database)).accounts)
  if (kind === 'server') refreshedByOne(database)
}

async function stores(of: TestDatabase) {
  const database = await of.emptied()
  return {
    stats: postgresStatsStore(database),
    accounts: postgresAccountStore(database),
    rankings: postgresRankings(database),
  }
}

function refreshedByOne(of: TestDatabase): void {
  test('[leaderboard] while one process refreshes, others leave it alone', async () => {
    const rankings = postgresRankings(of.database())
    await of
      .database()
      .db.transaction()
      .execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${sql.lit(REFRESH_LOCK)})`.execute(tx)
        expect(await rankings.refresh()).toBe('busy')
      })
    expect(await rankings.refresh()).toBe('refreshed')
  })
}
