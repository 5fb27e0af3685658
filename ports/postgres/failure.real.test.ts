import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { testGame } from '../test-games.ts'
import { asking } from './failure.ts'
import { remotePool } from './remote-pool.ts'
import { postgresStatsStore } from './stats-store.ts'
import { openTestServer, testDatabase } from './test-database.ts'

const store = testDatabase('server')
const unavailable = expect.objectContaining({ name: 'StoreUnavailable' })
const rejected = expect.objectContaining({ name: 'RecordRejected' })

describe('a PostgreSQL that fails', () => {
  test('[P7] is unavailable while it is down, and when it is back nothing was lost or counted twice', async () => {
    const stats = postgresStatsStore(store.database())
    await stats.apply([testGame(1)])
    await store.server().kill()
    await expect(stats.apply([testGame(1), testGame(2)])).rejects.toThrow(unavailable)
    await expect(stats.statsOf('ana' as UserId)).rejects.toThrow(unavailable)
    await expect(stats.results()[Symbol.asyncIterator]().next()).rejects.toThrow(unavailable)
    await store.server().start()
    expect(await stats.apply([testGame(1), testGame(2)])).toHaveLength(2)
    expect(await stats.statsOf('ana' as UserId)).toMatchObject({ gamesPlayed: 2 })
  })

  test('[P7] may be down when a process starts: the first call after that brings the schema too', async () => {
    await store.server().kill()
    const database = openTestServer(store.server().url)
    const stats = postgresStatsStore(database)
    await expect(stats.statsOf('ana' as UserId)).rejects.toThrow(unavailable)
    await store.server().start()
    await sql`drop schema public cascade; create schema public`.execute(store.database().db)
    expect(await stats.statsOf('ana' as UserId)).toBeNull()
    await database.close()
  })

  test('[stats] a batch whose connection is cut counts nothing, and the next one has another connection', async () => {
    const { db } = store.database()
    const stats = postgresStatsStore(store.database())
    await stats.apply([testGame(1)])
    const cut = db.connection().execute(async (connection) => {
      // Holds the players, so that the batch waits until its connection is gone.
      await sql`begin; select * from user_stats for update`.execute(connection)
      const batch = stats.apply([testGame(2)])
      const refused = expect(batch).rejects.toThrow(unavailable)
      await waitingCut()
      await refused
      await sql`rollback`.execute(connection)
    })
    const waitingCut = async (): Promise<void> => {
      for (;;) {
        const { rows } = await sql<{ pid: number }>`
          select pg_terminate_backend(pid), pid from pg_stat_activity where wait_event_type = 'Lock'`.execute(db)
        if (rows.length > 0) return
      }
    }
    await cut
    await stats.apply([testGame(2)])
    expect(await stats.statsOf('ana' as UserId)).toMatchObject({ gamesPlayed: 2 })
  })

  test('[stats] a connection that breaks between two statements of a transaction is heard of, and ends no process', async () => {
    let heard = (_error: Error): void => {}
    const broken = new Promise<Error>((resolve) => {
      heard = resolve
    })
    const { url } = store.server()
    const options = { databaseUrl: url, databaseIam: false, awsRegion: null, name: 'test', onIdleError: heard }
    const pool = remotePool(options, 1_000)
    const client = await pool.connect()
    const { rows } = await client.query('begin; select pg_backend_pid() as pid').then((all) => [all].flat().at(-1)!)
    await sql`select pg_terminate_backend(${rows[0].pid})`.execute(store.database().db)
    expect((await broken).message).toMatch(/terminat/)
    await expect(client.query('commit')).rejects.toThrow()
    client.release(true)
    await pool.end()
  })

  test.each([
    ['a lock that does not come', `set lock_timeout = 1; lock table user_stats`],
    ['a statement over its time', `set statement_timeout = 20; select pg_sleep(5)`],
    ['a schema that is not there yet', `select * from no_such_table`],
    ['a deadlock', `do $$ begin raise exception using errcode = '40P01'; end $$`],
    ['a replica', `set transaction read only; delete from users`],
  ])('[stats] %s may pass: unavailable', async (_, statement) => {
    const { db } = store.database()
    await db.connection().execute(async (holder) => {
      await sql`begin; lock table user_stats`.execute(holder)
      const asked = asking(() => db.connection().execute((other) => sql.raw(statement).execute(other)))
      await expect(asked).rejects.toThrow(unavailable)
      await sql`rollback`.execute(holder)
    })
  })

  test.each([
    ['a value that does not fit', `insert into users (user_id, display_name) values ('no id of ours', '')`],
    ['a value of no such type', `select 'x'::integer`],
  ])('[stats] %s will not pass: rejected', async (_, statement) => {
    await expect(asking(() => sql.raw(statement).execute(store.database().db))).rejects.toThrow(rejected)
  })

  test('[stats] a bug of ours is neither', async () => {
    const bug = new TypeError('undefined is not a function')
    await expect(asking(() => Promise.reject(bug))).rejects.toBe(bug)
  })
})
