import { type Kysely, sql } from 'kysely'

/** API keys. Of a secret only its SHA-256 is here. Guests have keys without having a row in `users`, so nothing refers to it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_keys (
      secret_hash bytea primary key,
      key_id text not null unique,
      user_id text collate "C" not null,
      name text not null,
      prefix text not null,
      scopes text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`.execute(db)
  await sql`create index api_keys_user on api_keys (user_id)`.execute(db)
}
