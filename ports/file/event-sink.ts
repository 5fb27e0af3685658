import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventSink } from '../event-sink.ts'
import { eventLine } from '../memory/event-sink.ts'
import { StoreUnavailable } from '../store-failure.ts'
import { syncFolder } from './journal.ts'
import { makeFolder } from './make-folder.ts'

export interface FileEventSink extends EventSink {
  /** Waits for what is under way. */
  close(): Promise<void>
}

export interface FileEventSinkOptions {
  /** A file that is longer is followed by a new one, bytes. */
  readonly fileBytesMax?: number
  /** The oldest files beyond so many are deleted. */
  readonly filesMax?: number
}

const FILE_BYTES_MAX = 16 * 1024 * 1024
const FILES_MAX = 16
const NAME = /^events-(\d{8})\.jsonl$/

/**
 * Events as lines of JSON in numbered files of `folder`, on disk (fdatasync) before `publish` resolves: the newest 256 MiB of them. A line
 * that a crash tore stays the last of its file. One process a folder.
 */
export async function fileEventSink(folder: string, options: FileEventSinkOptions = {}): Promise<FileEventSink> {
  const { fileBytesMax = FILE_BYTES_MAX, filesMax = FILES_MAX } = options
  await makeFolder(folder)
  let numbers = (await readdir(folder))
    .map((name) => Number(NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
  const pathOf = (number: number): string => join(folder, `events-${String(number).padStart(8, '0')}.jsonl`)
  let { file, fileBytes } = await lastFile(numbers.length === 0 ? null : pathOf(numbers.at(-1)!))
  let last: Promise<unknown> = Promise.resolve()

  async function nextFile(): Promise<FileHandle> {
    await file?.close()
    file = null
    const number = (numbers.at(-1) ?? 0) + 1
    const opened = await open(pathOf(number), 'ax', 0o600)
    await syncFolder(pathOf(number))
    numbers = [...numbers, number]
    for (const old of numbers.slice(0, -filesMax)) await rm(pathOf(old), { force: true })
    numbers = numbers.slice(-filesMax)
    fileBytes = 0
    file = opened
    return opened
  }

  async function write(text: string): Promise<void> {
    const current = file === null || fileBytes >= fileBytesMax ? await nextFile() : file
    try {
      await current.appendFile(text)
      await current.datasync()
      fileBytes += Buffer.byteLength(text)
    } catch (error) {
      fileBytes = fileBytesMax // half a line may be there: the repeat goes into a new file
      throw error
    }
  }

  return {
    async publish(events) {
      if (events.length === 0) return
      const text = events.map((event) => `${eventLine(event)}\n`).join('')
      const written = last.then(() => write(text))
      last = written.catch(() => {})
      await written.catch((error: Error) => {
        throw new StoreUnavailable(`event file: ${error.message}`, { cause: error })
      })
    },
    async close() {
      await last
      await file?.close()
    },
  }
}

/** The file to go on with: the newest one, unless a crash tore its last line. */
async function lastFile(path: string | null): Promise<{ file: FileHandle | null; fileBytes: number }> {
  if (path === null) return { file: null, fileBytes: 0 }
  const file = await open(path, 'a+', 0o600)
  const { size } = await file.stat()
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
  if (size === 0 || buffer.toString() === '\n') return { file, fileBytes: size }
  await file.close()
  return { file: null, fileBytes: 0 }
}
