import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { GameId } from '../../protocol/ids.ts'
import type { GameResult, RatingChange } from '../game-result.ts'
import type { AppliedResult } from '../stats-store.ts'
import type { GameResultsTable, Tables } from './tables.ts'

export type LedgerRow = Omit<Selectable<GameResultsTable>, 'applied_at'>
export type LedgerEntry = GameResult & { readonly ratings: RatingChange | null }

/** Those of the games that are in the ledger. */
export async function findApplied(db: Kysely<Tables>, ids: readonly GameId[]): Promise<readonly AppliedResult[]> {
  const { rows } = await sql<LedgerRow>`
    select * from game_results where game_id = any(${ids}::uuid[])`.execute(db)
  return rows.map(appliedOf)
}

/** Appends to the ledger in the order given. Answers those that were not in it before. */
export async function insertResults(
  db: Kysely<Tables>,
  entries: readonly LedgerEntry[],
): Promise<readonly AppliedResult[]> {
  const { rows } = await sql<Pick<LedgerRow, 'game_id' | 'applied_seq'>>`
    insert into game_results (${COLUMNS})
    select ${COLUMNS} from ${entryRows(entries)} order by place
    on conflict (game_id) do nothing returning game_id, applied_seq`.execute(db)
  const seqs = new Map(rows.map((row) => [row.game_id, row.applied_seq]))
  return entries.flatMap((entry) => {
    const appliedSeq = seqs.get(entry.gameId)
    return appliedSeq === undefined ? [] : [{ ...entry, appliedSeq }]
  })
}

/** Writes entries of the ledger anew, in their places. */
export async function rewriteResults(db: Kysely<Tables>, entries: readonly LedgerEntry[]): Promise<void> {
  await sql`
    update game_results g set (${COLUMNS}) = (select ${sql.join(NAMES.map((name) => sql.ref(`v.${name}`)))})
    from ${entryRows(entries)} where g.game_id = v.game_id`.execute(db)
}

const NAMES = [
  ...['game_id', 'player_x', 'player_o', 'mode', 'status', 'reason', 'winner', 'moves', 'created_at', 'ended_at'],
  ...['counted', 'rated', 'x_rating_before', 'x_rating_after', 'o_rating_before', 'o_rating_after'],
] as const satisfies readonly (keyof GameResultsTable)[]
const COLUMNS = sql.join(NAMES.map((name) => sql.ref(name)))

/** The entries as rows `v`, with their `place` from 1. */
function entryRows(entries: readonly LedgerEntry[]): RawBuilder<unknown> {
  const column = <T>(of: (entry: LedgerEntry) => T): T[] => entries.map(of)
  const instants = (of: (entry: LedgerEntry) => number): string[] => column((entry) => iso(of(entry)))
  return sql`unnest(
      ${column((e) => e.gameId)}::uuid[], ${column((e) => e.players[0])}::text[], ${column((e) => e.players[1])}::text[],
      ${column((e) => e.mode)}::text[], ${column((e) => e.status)}::text[], ${column((e) => e.reason)}::text[],
      ${column((e) => e.winner)}::smallint[], ${column((e) => e.moves)}::smallint[],
      ${instants((e) => e.createdAtMs)}::timestamptz[], ${instants((e) => e.endedAtMs)}::timestamptz[],
      ${column((e) => e.counted)}::boolean[], ${column((e) => e.rated)}::boolean[],
      ${column((e) => e.ratings?.[0][0] ?? null)}::float8[], ${column((e) => e.ratings?.[0][1] ?? null)}::float8[],
      ${column((e) => e.ratings?.[1][0] ?? null)}::float8[], ${column((e) => e.ratings?.[1][1] ?? null)}::float8[]
    ) with ordinality as v (${COLUMNS}, place)`
}

/** The ledger from behind `afterSeq` on, at most `limit` of it. */
export async function ledgerPage(
  db: Kysely<Tables>,
  afterSeq: number,
  limit: number,
): Promise<readonly AppliedResult[]> {
  const { rows } = await sql<LedgerRow>`
    select * from game_results where applied_seq > ${afterSeq} order by applied_seq limit ${limit}`.execute(db)
  return rows.map(appliedOf)
}

export const appliedOf = (row: LedgerRow): AppliedResult => ({
  gameId: row.game_id,
  players: [row.player_x, row.player_o],
  mode: row.mode,
  status: row.status,
  reason: row.reason,
  winner: row.winner,
  moves: row.moves,
  createdAtMs: row.created_at.getTime(),
  endedAtMs: row.ended_at.getTime(),
  counted: row.counted,
  rated: row.rated,
  appliedSeq: row.applied_seq,
  ratings: ratingsOf(row),
})

const ratingsOf = (row: LedgerRow): RatingChange | null =>
  row.rated
    ? [
        [row.x_rating_before!, row.x_rating_after!],
        [row.o_rating_before!, row.o_rating_after!],
      ]
    : null

const iso = (atMs: number): string => new Date(atMs).toISOString()
