import { statsStoreContract } from '../stats-store.contract.ts'
import { memoryAccountStore } from './account-store.ts'
import { memoryStatsStore } from './stats-store.ts'

statsStoreContract('memory', async () => {
  const accounts = memoryAccountStore()
  return { accounts, stats: memoryStatsStore(accounts) }
})
