import { sql } from 'kysely'
import { type ApiKey, type ApiKeyStore, KEYS_MAX } from '../api-key-store.ts'
import { askingOf } from './failure.ts'
import type { Database } from './open.ts'
import type { ApiKeysTable } from './tables.ts'

/** Keys in the table `api_keys`. Each call is one statement or one transaction. */
export function postgresApiKeyStore(database: Database): ApiKeyStore {
  const { db } = database
  const ask = askingOf(database)
  return {
    add: (key, secretHash, nowMs) =>
      ask(() =>
        db.transaction().execute(async (tx) => {
          // One at a time for each user: two at once would both see room for the last one.
          await sql`select pg_advisory_xact_lock(hashtextextended('api_keys:' || ${key.userId}::text, 0))`.execute(tx)
          const mine = () => tx.selectFrom('api_keys').where('user_id', '=', key.userId)
          await tx
            .deleteFrom('api_keys')
            .where('user_id', '=', key.userId)
            .where('expires_at', '<=', new Date(nowMs))
            .execute()
          const { keys } = await mine()
            .select((count) => count.fn.countAll<string>().as('keys'))
            .executeTakeFirstOrThrow()
          if (Number(keys) >= KEYS_MAX) return false
          await tx.insertInto('api_keys').values(rowOf(key, secretHash)).execute()
          return true
        }),
      ),
    list: (userId) =>
      ask(async () => {
        const rows = db.selectFrom('api_keys').selectAll().where('user_id', '=', userId)
        return (await rows.orderBy('created_at').orderBy('key_id').execute()).map(keyOf)
      }),
    find: (secretHash, nowMs) =>
      ask(async () => {
        const row = await db
          .selectFrom('api_keys')
          .selectAll()
          .where('secret_hash', '=', Buffer.from(secretHash, 'hex'))
          .where('expires_at', '>', new Date(nowMs))
          .executeTakeFirst()
        return row === undefined ? null : keyOf(row)
      }),
    remove: (userId, keyId) =>
      ask(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('api_keys')
          .where('user_id', '=', userId)
          .where('key_id', '=', keyId)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
    removeAll: (userId) =>
      ask(async () => {
        await db.deleteFrom('api_keys').where('user_id', '=', userId).execute()
      }),
  }
}

const rowOf = (key: ApiKey, secretHash: string): ApiKeysTable => ({
  secret_hash: Buffer.from(secretHash, 'hex'),
  key_id: key.keyId,
  user_id: key.userId,
  name: key.name,
  prefix: key.prefix,
  scopes: [...key.scopes],
  created_at: new Date(key.createdAtMs),
  expires_at: new Date(key.expiresAtMs),
})

const keyOf = (row: ApiKeysTable): ApiKey => ({
  keyId: row.key_id,
  userId: row.user_id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at.getTime(),
})
