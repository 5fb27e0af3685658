import { setTimeout as pause } from 'node:timers/promises'
import { troublesContract } from '../troubles.contract.ts'
import { testStore } from './test-stores.ts'
import { valkeyTroubles } from './troubles.ts'

const store = testStore('single')

// The store's own clock decides: this is the time that passes there.
troublesContract('valkey', async () => ({
  troubles: valkeyTroubles(store.valkey()),
  pass: (ms) => pause(ms),
  close: async () => {},
}))
