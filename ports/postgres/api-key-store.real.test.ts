import { apiKeyStoreContract } from '../api-key-store.contract.ts'
import { postgresApiKeyStore } from './api-key-store.ts'
import { testDatabase } from './test-database.ts'

const server = testDatabase('server')

apiKeyStoreContract('postgres', async () => postgresApiKeyStore(await server.emptied()))
