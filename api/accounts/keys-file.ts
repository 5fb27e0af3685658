import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { err, type Result } from '../../kit/result.ts'
import { syncFolder } from '../../ports/file/journal.ts'
import { type AuthKeys, newKeysText, parseKeys } from './keys.ts'

/** Reads the private keys, or makes a file with one fresh key (mode 0600) when there is none. The error is one line for the operator. */
export async function openKeysFile(path: string): Promise<Result<AuthKeys, string>> {
  try {
    const keys = await parseKeys((await readIfThere(path)) ?? (await createKeysFile(path)))
    return keys.ok ? keys : err(`auth keys file ${path}: ${keys.error}`)
  } catch (error) {
    return err(`auth keys file ${path}: ${(error as Error).message}`)
  }
}

/** Whole and on disk before it has its name; of several processes that start at once the first one wins, and all use its key. */
async function createKeysFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(await newKeysText())
    await file.sync()
    await linkUnlessThere(draft, path)
    await syncFolder(path)
  } finally {
    await file.close()
    await unlink(draft)
  }
  return readFile(path, 'utf8')
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function linkUnlessThere(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
