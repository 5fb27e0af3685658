import { statsStoreContract } from '../stats-store.contract.ts'
import { memoryStatsStore } from './stats-store.ts'

statsStoreContract('memory', async () => memoryStatsStore())
