import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it, unless it is there. Node's own `recursive` asks for ever where a file system says ENOENT of a folder
 * whose parent is there, as /proc does; here each folder is asked for at most twice. @throws as the file system
 */
export async function makeFolder(path: string): Promise<void> {
  const refusal = await refusalOf(path)
  const parent = dirname(path)
  if (refusal === null) return
  if (refusal.code !== 'ENOENT' || parent === path) throw refusal
  await makeFolder(parent)
  const again = await refusalOf(path)
  if (again !== null) throw again
}

/** Null: the folder is there. */
async function refusalOf(path: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(path)
    return null
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
    return isThere ? null : (error as NodeJS.ErrnoException)
  }
}
