import { afterAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../scripts/test-postgres.ts'
import { accountStoreContract } from '../account-store.contract.ts'
import { postgresAccountStore } from './account-store.ts'
import { type Database, openPostgres } from './open.ts'

let server: TestPostgres
let database: Database

accountStoreContract('PostgreSQL', async () => {
  server = await startPostgres()
  const opened = await openPostgres({
    databaseUrl: server.url,
    databaseIam: false,
    awsRegion: null,
    dataDir: '',
    databaseMigrate: true,
    name: 'test',
  })
  if (!opened.ok) throw new Error(opened.error)
  database = opened.value
  return postgresAccountStore(database)
})

afterAll(async () => {
  await database.close()
  await server.stop()
})
