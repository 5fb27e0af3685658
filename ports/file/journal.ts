import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Bytes of one write while the file is rewritten. */
const REWRITE_CHUNK = 256 * 1024

/** An append-only file of lines, safe on disk before `append` resolves. */
export interface Journal {
  /**
   * Resolves when the line is on disk. Lines of one turn of the event loop, and all that arrive while a write is under way, share one
   * write and one fdatasync. Rejects when the disk refused it; the file is then rewritten before anything else is appended.
   */
  append(line: string): Promise<void>
  /** Lines since the last rewrite, the replayed ones included. */
  readonly lines: number
  /** Puts `compact()` in place of all lines before the next append. */
  rewrite(): void
  /** Waits for what is under way. */
  close(): Promise<void>
}

interface Waiting {
  readonly line: string
  readonly written: () => void
  readonly failed: (error: unknown) => void
}

/**
 * Opens `path` (mode 0600) and hands each whole line to `replay`; a torn last line, left by a crash, was never acknowledged and is dropped.
 * `compact` gives the lines of the present state; it may be read while that state changes, for changes are appended after it.
 */
export async function openJournal(
  path: string,
  replay: (line: string) => void,
  compact: () => Iterable<string>,
): Promise<Journal> {
  const { file: opened, wholeLines, torn } = await replayed(path, replay)
  let file = opened
  let waiting: Waiting[] = []
  let running: Promise<void> | null = null
  let mustRewrite = torn
  let lines = wholeLines

  async function rewriteNow(): Promise<void> {
    const next = await open(`${path}.next`, 'w', 0o600)
    try {
      lines = await writeLines(next, compact())
      await next.sync()
    } finally {
      await next.close()
    }
    await rename(`${path}.next`, path)
    await syncFolder(path)
    await file.close()
    file = await open(path, 'a', 0o600)
    mustRewrite = false
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (mustRewrite) await rewriteNow()
        await file.appendFile(batch.map(({ line }) => `${line}\n`).join(''))
        await file.datasync()
        lines += batch.length
        for (const { written } of batch) written()
      } catch (error) {
        mustRewrite = true
        // Newest first: who undoes what they did undoes it in that order.
        for (const { failed } of batch.reverse()) failed(error)
      }
    }
    running = null
  }

  return {
    append: (line) =>
      new Promise((written, failed) => {
        waiting.push({ line, written, failed })
        running ??= Promise.resolve().then(run)
      }),
    get lines() {
      return lines
    },
    rewrite() {
      mustRewrite = true
    },
    async close() {
      await running
      await file.close()
    },
  }
}

async function replayed(path: string, replay: (line: string) => void) {
  const file = await open(path, 'a+', 0o600)
  try {
    const text = await file.readFile('utf8')
    const lines = text.split('\n')
    const torn = lines.pop() !== ''
    for (const line of lines) replay(line)
    return { file, wholeLines: lines.length, torn }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function writeLines(file: FileHandle, lines: Iterable<string>): Promise<number> {
  let count = 0
  let chunk = ''
  for (const line of lines) {
    count += 1
    chunk += `${line}\n`
    if (chunk.length < REWRITE_CHUNK) continue
    await file.appendFile(chunk)
    chunk = ''
  }
  if (chunk !== '') await file.appendFile(chunk)
  return count
}

/** A rename is on disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
