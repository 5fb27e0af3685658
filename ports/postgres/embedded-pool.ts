import { mkdir } from 'node:fs/promises'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { lockFile } from '../file/folder-lock.ts'
import { types } from './types.ts'

/** One session: PostgreSQL in this process has no more. The caller closes `pglite`. */
export async function embeddedPool(pglite: PGlite): Promise<pg.Pool> {
  const { createPgConfig } = await import('@electric-sql/pglite/node-postgres')
  return new pg.Pool({ ...createPgConfig(pglite), max: 1, idleTimeoutMillis: 0, types })
}

/**
 * PostgreSQL in this process, in a folder of its own. It begins when it is asked for, takes some seconds and hundreds of MB: who never asks does
 * not pay. One process a folder. @throws Error in one line
 */
export async function openEmbedded(folder: string): Promise<{ readonly pool: pg.Pool; close(): Promise<void> }> {
  await mkdir(folder, { recursive: true })
  const unlock = await lockFile(`${folder}.lock`)
  try {
    const { PGlite } = await import('@electric-sql/pglite')
    const pglite = await PGlite.create(folder)
    const close = async () => {
      await pglite.close()
      await unlock()
    }
    return { pool: await embeddedPool(pglite), close }
  } catch (error) {
    await unlock()
    throw error
  }
}
