import { PGlite } from '@electric-sql/pglite'
import { afterAll } from 'vitest'
import { accountStoreContract } from '../account-store.contract.ts'
import { postgresAccountStore } from './account-store.ts'
import { type Database, embeddedDatabase } from './open.ts'

let database: Database
accountStoreContract('PGlite', async () => {
  database = embeddedDatabase(await PGlite.create(), true)
  return postgresAccountStore(database)
})
afterAll(() => database.close())
