import { sessionStoreContract } from '../session-store.contract.ts'
import { memorySessionStore } from './session-store.ts'

sessionStoreContract('memory', async (sessionsMax) => memorySessionStore(sessionsMax))
