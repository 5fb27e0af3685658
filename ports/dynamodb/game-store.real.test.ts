import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gameStoreContract } from '../game-store.contract.ts'
import { dynamoClient } from './client.ts'
import { embeddedDynamo } from './embedded.ts'
import { dynamoGameStore } from './game-store.ts'

async function bench(folder: string | null) {
  const { endpoint, close } = await embeddedDynamo(folder)
  const store = dynamoGameStore(dynamoClient({ dynamodbEndpoint: endpoint, awsRegion: null }), true)
  return {
    store,
    async close() {
      store.close()
      await close()
    },
  }
}

gameStoreContract('dynalite in memory', () => bench(null))

gameStoreContract('dynalite on disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oxo-games-'))
  const { store, close } = await bench(folder)
  return {
    store,
    async close() {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
})
