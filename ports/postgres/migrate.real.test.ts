import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { testGame } from '../test-games.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { postgresStatsStore } from './stats-store.ts'
import { openTestServer, testDatabase } from './test-database.ts'

const store = testDatabase('server')
const names = Object.keys(migrations)

describe('migrations', () => {
  beforeAll(async () => {
    await sql`drop schema public cascade`.execute(store.database().db)
    await sql`create schema public`.execute(store.database().db)
  })

  test('[schema] from empty, by several processes at once: each runs once', async () => {
    const processes = Array.from({ length: 4 }, () => openTestServer(store.server().url))
    const done = await Promise.all(processes.map(({ db }) => migrate(db)))
    expect(done.flat()).toEqual(names)
    await Promise.all(processes.map((database) => database.close()))
    expect(await migrate(store.database().db)).toEqual([])
  })

  test('[schema] they are numbered in the order in which they run', () => {
    expect(names).toEqual(names.toSorted())
    expect(names.map((name) => name.slice(0, 4))).toEqual(names.map((_, i) => String(i + 1).padStart(4, '0')))
  })

  test('[schema] a schema of a newer release is left alone', async () => {
    const { db } = store.database()
    await sql`insert into kysely_migration (name, timestamp) values ('9999-newer', now()::text)`.execute(db)
    expect(await migrate(db)).toEqual([])
    await sql`delete from kysely_migration where name = '9999-newer'`.execute(db)
  })

  test('[schema] the leaderboard ranks by rating, and can be refreshed while it is read', async () => {
    const { db } = store.database()
    await postgresStatsStore(store.database()).apply([
      testGame(1),
      testGame(2, { players: ['cy', 'di'], mode: 'casual' }),
      testGame(3, { players: ['ed', 'bot-1'], mode: 'bot' }),
    ])
    await db
      .updateTable('users')
      .set({ is_active: false })
      .where('user_id', '=', 'di' as UserId)
      .execute()
    await sql`refresh materialized view concurrently global_leaderboard`.execute(db)
    const rows = await db.selectFrom('global_leaderboard').selectAll().orderBy('rank').execute()
    expect(rows).toEqual([
      {
        ...{ rank: 1, user_id: 'ana', username: null, display_name: 'The ana', games_played: 1, games_won: 1 },
        ...{ win_rate: 100, current_streak: 1, best_streak: 1, rating: 1662 },
      },
      expect.objectContaining({ rank: 2, user_id: 'cy', win_rate: 100, rating: 1500 }),
      expect.objectContaining({ rank: 3, user_id: 'bo', win_rate: 0, rating: 1338 }),
    ])
  })
})
