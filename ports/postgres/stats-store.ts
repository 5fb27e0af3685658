import type { Transaction } from 'kysely'
import { NO_GAMES } from '../../game/statistics.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { FinishedGame } from '../finished-game.ts'
import { countInPlace, type GameResult, gameResult, isHuman } from '../game-result.ts'
import { type AppliedResult, type Rated, ratedOf, type StatsStore } from '../stats-store.ts'
import { RecordRejected, StoreUnavailable } from '../store-failure.ts'
import { asking } from './failure.ts'
import { findApplied, insertResults, type LedgerEntry, ledgerPage } from './ledger-rows.ts'
import type { Database } from './open.ts'
import { lockPlayers, makePlayers, RowsMissing, statisticsOf, writePlayers } from './player-rows.ts'
import type { Tables } from './tables.ts'

const PAGE = 1_000
/** Of one batch. The second one finds the rows that the first one missed, unless somebody deletes players at that moment. */
const TRIES_MAX = 5

/** The same game with other players, a foreign record, was counted after this transaction looked for it. */
class CountedMeanwhile extends Error {
  override readonly name = 'CountedMeanwhile'
}

interface Batch {
  /** Each game once, in the order given. */
  readonly results: ReadonlyMap<GameId, GameResult>
  /** Names of the people in them, for those who are not known yet. */
  readonly names: ReadonlyMap<UserId, string>
}

export function postgresStatsStore({ db, ready }: Database): StatsStore {
  return {
    apply: (games) =>
      asking(async () => {
        const batch = batchOf(games)
        if (batch.results.size === 0) return []
        await ready()
        for (let tries = 0; tries < TRIES_MAX; tries++) {
          try {
            return await db.transaction().execute((tx) => applyOnce(tx, batch))
          } catch (error) {
            if (error instanceof RowsMissing) await makePlayers(db, error.ids, batch.names)
            else if (!(error instanceof CountedMeanwhile)) throw error
          }
        }
        throw new StoreUnavailable('rows of these players or games come and go')
      }),
    statsOf: (userId) =>
      asking(async () => {
        await ready()
        const row = await db
          .selectFrom('users')
          .leftJoin('user_stats', 'user_stats.user_id', 'users.user_id')
          .selectAll('user_stats')
          .where('users.user_id', '=', userId)
          .where('users.deleted_at', 'is', null)
          .executeTakeFirst()
        if (row === undefined) return null
        return row.user_id === null ? NO_GAMES : statisticsOf(row as Parameters<typeof statisticsOf>[0])
      }),
    async *results() {
      await asking(ready)
      for (let afterSeq = 0; ; ) {
        const page = await asking(() => ledgerPage(db, afterSeq, PAGE))
        yield* page
        if (page.length < PAGE) return
        afterSeq = page.at(-1)!.appliedSeq
      }
    },
  }
}

function batchOf(games: readonly FinishedGame[]): Batch {
  const results = new Map<GameId, GameResult>()
  const names = new Map<UserId, string>()
  for (const game of games) {
    const result = gameResult(game)
    if (!result.ok) throw new RecordRejected(`${game.gameId}: ${result.error}`)
    if (!results.has(game.gameId)) results.set(game.gameId, result.value)
    for (const { id, name } of game.room.players.filter(isHuman)) names.set(id, name)
  }
  return { results, names }
}

/**
 * Players first, then the ledger: while their players are locked nobody else can count these games, and numbers of the ledger are drawn in the order in which
 * each player's games are counted.
 */
async function applyOnce(tx: Transaction<Tables>, { results, names }: Batch): Promise<readonly Rated[]> {
  const players = await lockPlayers(tx, [...names.keys()].sort())
  const before = await findApplied(tx, [...results.keys()])
  const known = new Set(before.map(({ gameId }) => gameId))

  const entries: LedgerEntry[] = []
  const changed = new Set<UserId>()
  for (const result of results.values()) {
    if (known.has(result.gameId)) continue
    entries.push({ ...result, ratings: countInPlace(players, result) })
    if (result.counted) for (const player of result.players) changed.add(player)
  }
  if (entries.length === 0) return ratedAmong(before)
  const applied = await insertResults(tx, entries)
  if (applied.length < entries.length) throw new CountedMeanwhile('look again')
  await writePlayers(tx, new Map([...changed].map((id) => [id, players.get(id)!])))
  return ratedAmong([...before, ...applied])
}

const ratedAmong = (results: readonly AppliedResult[]): readonly Rated[] =>
  results.map(ratedOf).filter((rated) => rated !== null)
