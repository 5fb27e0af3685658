import { type Kysely, sql } from 'kysely'

/** What accounts need beyond their rows: region, role, the day of deletion, and second factors apart from what is read all the time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table users
      add column region text,
      add column role text not null default 'player' check (role in ('player', 'admin')),
      add column deleted_at timestamptz`.execute(db)
  await sql`
    create table second_factors (
      user_id text collate "C" primary key references users on delete cascade,
      secret text not null,
      last_step bigint,
      tries integer not null default 0,
      window_at timestamptz not null default 'epoch'
    )`.execute(db)
  await sql`comment on column second_factors.last_step is 'of 30 s, since the Unix epoch'`.execute(db)
}
