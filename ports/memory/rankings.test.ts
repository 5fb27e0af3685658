import { rankingsContract } from '../rankings.contract.ts'
import { memoryAccountStore } from './account-store.ts'
import { memoryRankings } from './rankings.ts'
import { memoryStatsStore } from './stats-store.ts'

rankingsContract('memory', async () => {
  const accounts = memoryAccountStore()
  const stats = memoryStatsStore(accounts)
  return { accounts, stats, rankings: memoryRankings(stats, accounts) }
})
