import { join } from 'node:path'
import type { Log } from '../kit/log.ts'
import { embeddedDynamo } from '../ports/dynamodb/embedded.ts'
import { openGameStore } from '../ports/dynamodb/open.ts'
import type { GameStore } from '../ports/game-store.ts'
import { type Database, openPostgres, type PostgresOptions } from '../ports/postgres/open.ts'
import { postgresRankings } from '../ports/postgres/rankings.ts'
import { postgresStatsStore } from '../ports/postgres/stats-store.ts'
import type { Rankings } from '../ports/rankings.ts'
import type { StatsStore } from '../ports/stats-store.ts'

export interface ResultStoresConfig extends Omit<PostgresOptions, 'name' | 'onIdleError'> {
  readonly dynamodbEndpoint: string | null
}

export interface ResultStores {
  readonly games: GameStore
  readonly stats: StatsStore
  readonly database: Database
  close(): Promise<void>
}

/**
 * Where finished games and statistics are kept: what the configuration names, else embedded stores in `dataDir`. Stores that it names may be
 * down: nothing is asked of them yet. Closes the database too. @throws Error in one line for the operator
 */
export async function openResultStores(config: ResultStoresConfig, database: Database): Promise<ResultStores> {
  const games = await openGames(config)
  return {
    games: games.store,
    stats: postgresStatsStore(database),
    database,
    async close() {
      await Promise.all([games.close(), database.close()])
    },
  }
}

async function openGames({ dynamodbEndpoint, awsRegion, dataDir }: ResultStoresConfig) {
  const named = openGameStore({ dynamodbEndpoint, awsRegion })
  if (named !== null) return { store: named, close: async () => named.close() }
  const embedded = await embeddedDynamo(join(dataDir, 'dynamodb'))
  const store = openGameStore({ dynamodbEndpoint: embedded.endpoint, awsRegion: null })!
  return {
    store,
    async close() {
      store.close()
      await embedded.close()
    },
  }
}

/** The database that the configuration names, else an embedded one; nothing is asked of it yet. @throws Error in one line for the operator */
export function openDatabase(config: ResultStoresConfig, name: string, log: Log, forJobs = false): Database {
  const onIdleError = (error: Error) => log.warn('database_connection_failed', { error })
  const opened = openPostgres({ ...config, name, onIdleError }, forJobs)
  if (!opened.ok) throw new Error(opened.error)
  return opened.value
}

/**
 * To be refreshed on connections of their own, which may take their time and end with the process; in an embedded database there is one session for all. @throws
 * Error in one line for the operator
 */
export function openRankings(config: ResultStoresConfig, database: Database, log: Log): Rankings {
  return postgresRankings(config.databaseUrl === null ? database : openDatabase(config, 'rankings', log, true))
}
