import { apiKeyStoreContract } from '../api-key-store.contract.ts'
import { memoryApiKeyStore } from './api-key-store.ts'

apiKeyStoreContract('memory', async () => memoryApiKeyStore())
