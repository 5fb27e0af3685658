import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { testGame, testGameId } from '../test-games.ts'
import { postgresAccountStore } from './account-store.ts'
import { postgresApiKeyStore } from './api-key-store.ts'
import type { Database } from './open.ts'
import { postgresRankings } from './rankings.ts'
import { postgresStatsStore } from './stats-store.ts'
import type { Tables } from './tables.ts'
import { testDatabase } from './test-database.ts'
import { types } from './types.ts'

const ROWS = 100_000
const NOW_MS = 1_800_000_000_000
const store = testDatabase('server')

interface Asked {
  readonly text: string
  readonly parameters: readonly unknown[]
}
let asked: Asked[] = []
let recorded: Database

const user = (n: number): UserId => `user-${n}` as UserId

/** What the work asks of the database, with what it gave. */
async function queriesOf(work: () => Promise<unknown>): Promise<readonly Asked[]> {
  asked = []
  await work()
  return asked.filter(({ text }) => /^\s*(select|insert|update|delete|with)/i.test(text))
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Plan[]
}

const scannedIn = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? '?'] : []),
  ...(plan.Plans ?? []).flatMap(scannedIn),
]

/** Tables that are read from end to end, by query. */
async function scansOf(queries: readonly Asked[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: store.server().url })
  await client.connect()
  const found: string[] = []
  for (const { text, parameters } of queries) {
    const { rows } = await client.query(`explain (format json) ${text}`, [...parameters])
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'] as [{ Plan: Plan }]
    for (const table of scannedIn(plan)) found.push(`${table}: ${text}`)
  }
  await client.end()
  return found
}

beforeAll(async () => {
  const { db } = store.database()
  const fill = [
    sql`insert into users (user_id, display_name, email, username, social_provider, social_id)
      select 'user-' || n, 'User ' || n, n || '@example.test', 'user_' || n, 'test', 'subject-' || n
      from generate_series(1, ${ROWS}::int) n`,
    sql`insert into user_stats (user_id, games_played, games_won, rating)
      select 'user-' || n, n % 100, n % 100, 1000 + n % 1000 from generate_series(1, ${ROWS}::int) n`,
    sql`insert into second_factors (user_id, secret)
      select 'user-' || n, 'SECRET' from generate_series(1, ${ROWS}::int) n`,
    sql`insert into api_keys (secret_hash, key_id, user_id, name, prefix, scopes, created_at, expires_at)
      select sha256(n::text::bytea), 'key-' || n, 'user-' || n, 'key', 'oxo', '{}', now(), now() + interval '1 year'
      from generate_series(1, ${ROWS}::int) n`,
    sql`insert into game_results (game_id, player_x, player_o, mode, status, reason, winner, moves, created_at, ended_at,
        counted, rated)
      select ('5eed0000-0000-8000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user-' || n, 'user-' || (n % ${ROWS}::int + 1),
        'casual', 'completed', 'line', 0, 5, now(), now(), true, false
      from generate_series(1, ${ROWS}::int) n`,
    sql`refresh materialized view global_leaderboard`,
    sql`analyze`,
  ]
  for (const statement of fill) await statement.execute(db)
  recorded = {
    ready: async () => {},
    close: async () => {},
    db: new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: store.server().url, types }) }),
      log: ({ query }) => void asked.push({ text: query.sql, parameters: query.parameters }),
    }),
  }
})
afterAll(() => recorded.db.destroy())

const identity = (n: number) => ({ provider: 'test', subject: `subject-${n}` })
const newAccount = { email: 'new@example.test', displayName: 'New', avatarUrl: null, region: 'eu' }
const key = {
  keyId: 'new',
  userId: user(9),
  name: 'new',
  prefix: 'oxo',
  scopes: [],
  createdAtMs: 0,
  expiresAtMs: NOW_MS,
}

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  'a batch of results of known players': () =>
    postgresStatsStore(recorded).apply(
      Array.from({ length: 500 }, (_, i) =>
        testGame(200_000 + i, { players: [user(1 + i * 199), user(2 + i * 199)], winner: 0 }),
      ),
    ),
  'a batch of repeats': () =>
    postgresStatsStore(recorded).apply(
      Array.from({ length: 500 }, (_, i) => testGame(1 + i * 199, { players: [user(1 + i * 199), user(2 + i * 199)] })),
    ),
  'a batch of new players': () =>
    postgresStatsStore(recorded).apply(
      Array.from({ length: 500 }, (_, i) => testGame(300_000 + i, { players: [`x${i}`, `o${i}`] })),
    ),
  'one result': () => postgresStatsStore(recorded).apply([testGame(400_000, { players: [user(7), user(8)] })]),
  'statistics of a player': () => postgresStatsStore(recorded).statsOf(user(77)),
  'a page of the ledger': async () => {
    for await (const entry of postgresStatsStore(recorded).results()) if (entry.gameId === testGameId(1_500)) return
  },
  'a page of the leaderboard': async () => {
    const rankings = postgresRankings(recorded)
    await rankings.page(0, 101)
    await rankings.page(500, 50)
  },
  "a player's place in the leaderboard": () =>
    recorded.db.selectFrom('global_leaderboard').selectAll().where('user_id', '=', user(77)).execute(),
  'accounts, by id, identity and names': async () => {
    const accounts = postgresAccountStore(recorded)
    await accounts.get(user(1))
    await accounts.findByIdentity(identity(2))
    await accounts.ensureGuest('guest' as UserId, { displayName: 'Guest', region: 'eu' }, NOW_MS)
    await accounts.linkIdentity('guest' as UserId, identity(200_000), newAccount, NOW_MS)
    await accounts.linkIdentity('other' as UserId, identity(3), { ...newAccount, email: null }, NOW_MS)
    await accounts.linkIdentity(
      'third' as UserId,
      identity(300_000),
      { ...newAccount, email: '4@example.test' },
      NOW_MS,
    )
    await accounts.updateProfile(user(5), { username: 'user_6', displayName: 'Five' }, NOW_MS)
    await accounts.updateProfile(user(5), { username: 'five' }, NOW_MS)
    await accounts.touchLogin(user(5), NOW_MS)
    await accounts.setRole(user(5), 'admin', NOW_MS)
    await accounts.setBanned(user(5), true, NOW_MS)
    await accounts.secondFactor(user(6))
    await accounts.enrolSecondFactor(user(6), 'OTHER')
    await accounts.trySecondFactor(user(6), NOW_MS)
    await accounts.useSecondFactor(user(6), 'OTHER', 5)
    await accounts.clearSecondFactor(user(6))
    await accounts.remove(user(6), NOW_MS)
  },
  'API keys': async () => {
    const keys = postgresApiKeyStore(recorded)
    await keys.add(key, 'ab'.repeat(32), NOW_MS - 1)
    await keys.list(user(9))
    await keys.find('ab'.repeat(32), 0)
    await keys.remove(user(9), 'new')
    await keys.removeAll(user(10))
  },
}

test.each(Object.entries(cases))(`[explain] no table is read from end to end at ${ROWS} rows: %s`, async (_, work) => {
  const queries = await queriesOf(work)
  expect(queries.length).toBeGreaterThan(0)
  expect(await scansOf(queries)).toEqual([])
})

test('[explain] a query without an index is found', async () => {
  const queries = await queriesOf(() =>
    recorded.db.selectFrom('users').selectAll().where('display_name', '=', 'User 5').execute(),
  )
  expect(await scansOf(queries)).toEqual([expect.stringMatching(/^users: select/)])
})
