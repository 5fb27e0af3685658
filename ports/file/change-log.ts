import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { openJournal } from './journal.ts'
import { makeFolder } from './make-folder.ts'

/** Lines beyond two for each of the last snapshot before the file is rewritten. */
const SPARE_LINES = 10_000

/** One change of a memory adapter: a name and what it needs, as JSON. */
export type Step = readonly [name: string, ...args: readonly unknown[]]

/** A number and a step; 0: a step of a snapshot. A number alone: the steps up to it are in the snapshot that follows. */
type Line = readonly [number, ...step: readonly unknown[]]
const NOTHING: Line = [0]

export interface ChangeLog<S extends Step> {
  /**
   * The answer of `call`, once what it shows is on disk: `stepOf(answer)` (null: it changed nothing) and all steps before it. The memory
   * must change before `call` returns. Rejects when the disk refuses: the outcome is unknown, and a repeat is answered when it is on disk.
   */
  change<T>(call: () => Promise<T>, stepOf: (answer: T) => S | null): Promise<T>
  /** The answer of `call`, once all that it may have seen is on disk. */
  read<T>(call: () => Promise<T>): Promise<T>
  /** Waits for what is under way. */
  close(): Promise<void>
}

/**
 * Makes a memory adapter outlive its process: each change is a line of `path`, on disk (fdatasync) before it is answered; changes of one
 * turn of the event loop share a write. At start the steps are handed to `apply`, in order and each once, then the file is written anew
 * from `snapshot()`: steps that build the present state from nothing. What a crash left torn at the file's end was never answered and is
 * dropped. One process a file. @throws Error in one line when the file cannot be read or written
 */
export async function openChangeLog<S extends Step>(
  path: string,
  apply: (step: S) => Promise<unknown>,
  snapshot: () => Iterable<S>,
): Promise<ChangeLog<S>> {
  try {
    await makeFolder(dirname(path))
    return await opened(path, apply, snapshot)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

async function opened<S extends Step>(
  path: string,
  apply: (step: S) => Promise<unknown>,
  snapshot: () => Iterable<S>,
): Promise<ChangeLog<S>> {
  const stored: string[] = []
  /** Calls so far, those included that changed nothing: the number of a step is taken in the turn in which the memory changes. */
  let calls = 0
  let snapshotLines = 0
  /** The newest append under way. */
  let appending: Promise<void> | null = null
  /** The disk refused the last append: the memory is ahead of it. */
  let behind = false

  /** Steps are immutable, so that they may be encoded while the state already changes. */
  function* compact(): Iterable<string> {
    const steps = [...snapshot()]
    snapshotLines = steps.length + 1
    yield encode([calls])
    for (const step of steps) yield encode([0, ...step])
  }

  const journal = await openJournal(path, (line) => void stored.push(line), compact)
  try {
    calls = await replay(stored, apply)
    stored.length = 0
    journal.rewrite()
    await journal.append(encode(NOTHING))
  } catch (error) {
    await journal.close()
    throw error
  }

  function onDisk(line: Line | null): Promise<void> {
    // After a refusal the next line brings the whole state with it.
    if (line === null && !behind) return appending ?? Promise.resolve()
    const append = journal.append(encode(line ?? NOTHING))
    appending = append
    if (journal.lines > 2 * snapshotLines + SPARE_LINES) journal.rewrite()
    const ended = (refused: boolean) => {
      behind = refused
      if (appending === append) appending = null
    }
    append.then(
      () => ended(false),
      () => ended(true),
    )
    return append
  }

  async function change<T>(call: () => Promise<T>, stepOf: (answer: T) => S | null): Promise<T> {
    calls += 1
    const number = calls
    const answer = await call()
    const step = stepOf(answer)
    await onDisk(step === null ? null : [number, ...step])
    return answer
  }

  return { change, read: (call) => change(call, () => null), close: () => journal.close() }
}

/** Answers the greatest number seen. */
async function replay<S extends Step>(lines: readonly string[], apply: (step: S) => Promise<unknown>): Promise<number> {
  let last = 0
  let inSnapshot = 0
  for (const text of lines) {
    const line = decode(text)
    if (line === null) break
    const [number, ...step] = line
    last = Math.max(last, number)
    if (step.length === 0) inSnapshot = Math.max(inSnapshot, number)
    else if (number === 0 || number > inSnapshot) await apply(step as unknown as S)
  }
  return last
}

/** A line with its checksum in front. */
function encode(line: Line): string {
  const json = JSON.stringify(line)
  return `${crc32(json).toString(16)} ${json}`
}

/** Null: the line was torn by a crash. */
function decode(text: string): Line | null {
  const space = text.indexOf(' ')
  const json = text.slice(space + 1)
  return space > 0 && crc32(json).toString(16) === text.slice(0, space) ? (JSON.parse(json) as Line) : null
}
