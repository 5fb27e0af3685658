import { Worker } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { lockFile } from '../file/folder-lock.ts'
import { makeFolder } from '../file/make-folder.ts'
import { EmbeddedStream } from './embedded-stream.ts'
import { hearing } from './hearing.ts'
import { types } from './types.ts'

/** One session, which is all that there is; it is kept until the end. */
const ONE_SESSION = { max: 1, idleTimeoutMillis: 0, types } as const

/** On PostgreSQL in this thread. The caller closes `pglite`. */
export async function embeddedPool(pglite: PGlite): Promise<pg.Pool> {
  const { createPgConfig } = await import('@electric-sql/pglite/node-postgres')
  return new pg.Pool({ ...createPgConfig(pglite), ...ONE_SESSION })
}

/**
 * PostgreSQL in a thread of this process, so that its work does not hold up moves, in a folder of its own. It begins when it is asked for,
 * takes some seconds and hundreds of MB: who never asks does not pay. One process a folder. @throws Error in one line
 */
export async function openEmbedded(folder: string): Promise<{ readonly pool: pg.Pool; close(): Promise<void> }> {
  await makeFolder(folder)
  const unlock = await lockFile(`${folder}.lock`)
  const worker = new Worker(new URL('./embedded-main.ts', import.meta.url), { workerData: folder })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', reject)
    })
  } catch (error) {
    await unlock()
    throw error
  }
  const pool = new pg.Pool({
    user: 'postgres',
    database: 'postgres',
    ...ONE_SESSION,
    stream: () => new EmbeddedStream(worker),
  })
  return {
    pool: hearing(pool),
    async close() {
      worker.postMessage(null)
      await ended
      await unlock()
    },
  }
}
