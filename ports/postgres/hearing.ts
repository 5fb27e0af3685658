import type pg from 'pg'

/**
 * Hears of connections that break while nobody waits for an answer on them: idle ones, and those between two statements of a transaction. An error
 * that nobody hears ends the process; the next statement on such a connection fails by itself.
 */
export function hearing(pool: pg.Pool, onError: (error: Error) => void = () => {}): pg.Pool {
  pool.on('error', onError)
  pool.on('connect', (client) => void client.on('error', onError))
  return pool
}
