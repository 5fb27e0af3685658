import { accountStoreContract } from '../account-store.contract.ts'
import { memoryAccountStore } from './account-store.ts'

accountStoreContract('memory', async () => memoryAccountStore())
