import { randomUUID } from 'node:crypto'
import { link, open, readFile, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './journal.ts'
import { makeFolder } from './make-folder.ts'

/**
 * The text of a file; a missing one is made of `newText()` first, readable by its owner alone (mode 0600). Whole and on disk before it has its
 * name: of several processes that start at once the first one wins, and all read its text. @throws as the file system
 */
export async function readOrCreate(path: string, newText: () => string | Promise<string>): Promise<string> {
  return (await readIfThere(path)) ?? (await create(path, await newText()))
}

async function create(path: string, text: string): Promise<string> {
  await makeFolder(dirname(path))
  const draft = `${path}.${randomUUID()}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
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
