import { readFileSync } from 'node:fs'
import { open, readFile, unlink } from 'node:fs/promises'

/**
 * Takes `path` as the sign that this process uses what lies beside it; the function returned gives it back. The lock of a process that
 * no longer runs is taken over. @throws Error in one line, with the id of the process that holds it
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  for (let tries = 0; tries < 3; tries++) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(signOf(process.pid))
      await file.close()
      return () => unlink(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const sign = await readFile(path, 'utf8').catch(() => '')
    const holder = Number.parseInt(sign, 10)
    if (holder > 0 && runs(holder) && signOf(holder) === sign)
      throw new Error(`${path}: process ${holder} uses this folder`)
    await unlink(path).catch(() => {})
  }
  throw new Error(`${path}: other processes want this folder at the same moment`)
}

/** Process id and start time: after a restart of the machine or container the same id belongs to somebody else. */
function signOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return `${pid} ${fields[19]}`
  } catch {
    return `${pid}`
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
