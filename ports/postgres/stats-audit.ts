import { type RawBuilder, type Selectable, sql, type Transaction } from 'kysely'
import type { Books, StatsAudit, StoredResult } from '../stats-audit.ts'
import { asking } from './failure.ts'
import { appliedOf, insertResults, type LedgerRow, rewriteResults } from './ledger-rows.ts'
import type { Database } from './open.ts'
import { insertPlayers, statisticsOf, writePlayers } from './player-rows.ts'
import type { Tables, UserStatsTable } from './tables.ts'

const PAGE = 1_000

/**
 * The stored games are copied into a temporary table first, so that the database sorts and joins: memory here does not grow with their number.
 * `database`: one that was opened for jobs.
 */
export const postgresStatsAudit = ({ db, ready }: Database): StatsAudit => ({
  open: (stored, willWrite, work) =>
    asking(async () => {
      await ready()
      // All on one connection: the table is its own, and goes with it.
      return db.connection().execute(async (connection) => {
        await sql`create temporary table staged_games (game_id uuid primary key, game jsonb)`.execute(connection)
        try {
          for await (const page of paged(stored)) {
            const json = JSON.stringify(page)
            await sql`
              insert into staged_games select (game->'result'->>'gameId')::uuid, game
              from jsonb_array_elements(${json}::jsonb) as game on conflict do nothing`.execute(connection)
          }
          await sql`analyze staged_games`.execute(connection)
          const books = connection.transaction().setIsolationLevel('repeatable read')
          return await books.execute(async (tx) => {
            if (willWrite) await sql`lock table user_stats, game_results in exclusive mode`.execute(tx)
            return work(booksOf(tx))
          })
        } finally {
          await sql`drop table if exists staged_games`.execute(connection).catch(() => {})
        }
      })
    }),
})

const booksOf = (tx: Transaction<Tables>): Books => ({
  async *games() {
    type Row = { readonly [K in keyof LedgerRow]: LedgerRow[K] | null } & { readonly game: StoredResult | null }
    const inOrder = sql<Row>`
      select g.*, a.game from game_results g full join staged_games a on a.game_id = g.game_id
      order by g.applied_seq nulls last, (a.game->'result'->>'endedAtMs')::bigint, a.game_id`
    for await (const row of rowsOf(tx, 'audited_games', inOrder)) {
      yield { stored: row.game, applied: row.applied_seq === null ? null : appliedOf(row as LedgerRow) }
    }
  },
  async *players() {
    const all = sql<Selectable<UserStatsTable>>`select * from user_stats`
    for await (const row of rowsOf(tx, 'audited_players', all)) yield [row.user_id, statisticsOf(row)]
  },
  async drop(games) {
    const ids = games.map(({ gameId }) => gameId)
    await sql`delete from game_results where game_id = any(${ids}::uuid[])`.execute(tx)
  },
  rewrite: (games) => rewriteResults(tx, games),
  async append(games) {
    await insertResults(tx, games)
  },
  async setPlayers(players, names) {
    await insertPlayers(tx, [...players.keys()].sort(), names)
    await writePlayers(tx, players)
  },
})

/** The answer page by page, as it was when it was asked for: what is written meanwhile is not in it. */
async function* rowsOf<Row>(tx: Transaction<Tables>, cursor: string, query: RawBuilder<Row>): AsyncIterable<Row> {
  const name = sql.id(cursor)
  await sql`declare ${name} no scroll cursor for ${query}`.execute(tx)
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(PAGE)} from ${name}`.execute(tx)
    yield* rows
    if (rows.length < PAGE) break
  }
  await sql`close ${name}`.execute(tx)
}

async function* paged<T>(items: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  let page: T[] = []
  for await (const item of items) {
    page.push(item)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
