import { type Kysely, sql } from 'kysely'

/**
 * Users, their statistics, the ledger of counted games, the leaderboard. Ids sort by bytes (`"C"`), as they do in our code: rows are locked in that order.
 * `user_stats` changes with every game: room in its pages and no index on what changes keep its updates in place.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      user_id text collate "C" primary key check (user_id ~ '^[A-Za-z0-9_-]{1,64}$'),
      email text,
      username text,
      display_name text not null,
      avatar_url text,
      social_provider text,
      social_id text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      last_login timestamptz,
      is_active boolean not null default true
    )`.execute(db)
  await sql`create unique index users_email on users (lower(email))`.execute(db)
  await sql`create unique index users_username on users (lower(username))`.execute(db)
  await sql`create unique index users_social on users (social_provider, social_id)`.execute(db)

  await sql`
    create table user_stats (
      user_id text collate "C" primary key references users on delete cascade,
      games_played integer not null default 0,
      games_won integer not null default 0,
      games_lost integer not null default 0,
      games_drawn integer not null default 0,
      current_streak integer not null default 0,
      best_streak integer not null default 0,
      total_playtime bigint not null default 0,
      updated_at timestamptz not null default now(),
      rating double precision not null default 1500,
      rating_deviation double precision not null default 350,
      volatility double precision not null default 0.06,
      rated_at timestamptz,
      check (games_played = games_won + games_lost + games_drawn)
    ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)`.execute(db)
  await sql`comment on column user_stats.total_playtime is 'ms'`.execute(db)

  await sql`
    create table game_results (
      game_id uuid primary key,
      applied_seq bigint not null generated always as identity,
      applied_at timestamptz not null default now(),
      player_x text collate "C" not null,
      player_o text collate "C" not null check (player_x <> player_o),
      mode text not null,
      status text not null,
      reason text not null,
      winner smallint check (winner in (0, 1)),
      moves smallint not null,
      created_at timestamptz not null,
      ended_at timestamptz not null,
      counted boolean not null,
      rated boolean not null,
      x_rating_before double precision,
      x_rating_after double precision,
      o_rating_before double precision,
      o_rating_after double precision
    )`.execute(db)
  await sql`create unique index game_results_applied_seq on game_results (applied_seq)`.execute(db)

  await sql`
    create materialized view global_leaderboard as
      select
        row_number() over (order by s.rating desc, s.games_won desc, s.user_id) as rank,
        s.user_id, u.username, u.display_name, s.games_played, s.games_won,
        round(100.0 * s.games_won / s.games_played, 2)::double precision as win_rate,
        s.current_streak, s.best_streak,
        floor(s.rating + 0.5)::integer as rating
      from user_stats s join users u using (user_id)
      where s.games_played > 0 and u.is_active`.execute(db)
  // Unique, so that it can be refreshed while it is read.
  await sql`create unique index global_leaderboard_user_id on global_leaderboard (user_id)`.execute(db)
  await sql`create unique index global_leaderboard_rank on global_leaderboard (rank)`.execute(db)
}
