import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { lockFile } from '../file/folder-lock.ts'
import { makeFolder } from '../file/make-folder.ts'

export interface EmbeddedDynamo {
  /** On 127.0.0.1, any free port. */
  readonly endpoint: string
  /** Resolves when everything is on disk and the folder is free for another process. */
  close(): Promise<void>
}

/**
 * A DynamoDB of this machine alone, in `folder` or, when null, in memory. It lives in a thread of its own, so that its work does not hold up
 * moves. What it has answered survives a kill of the process, not a loss of power. @throws Error in one line when another process, or this
 * one, has opened the folder already
 */
export async function embeddedDynamo(folder: string | null): Promise<EmbeddedDynamo> {
  if (folder !== null) await makeFolder(folder)
  const unlock = folder === null ? async () => {} : await lockFile(join(folder, 'oxo.lock'))
  const path = folder === null ? null : join(folder, 'level')
  const worker = new Worker(new URL('./embedded-main.ts', import.meta.url), { workerData: path })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    return {
      endpoint: `http://127.0.0.1:${port}`,
      async close() {
        worker.postMessage('close')
        await ended
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw new Error(`${folder ?? 'embedded games'}: ${(error as Error).message}`)
  }
}
