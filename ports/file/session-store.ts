import { dirname } from 'node:path'
import { z } from 'zod'
import { parseJson } from '../../kit/json.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type SessionChange, type SessionTable, sessionStoreOver, sessionTable } from '../memory/session-store.ts'
import type { SessionStore } from '../session-store.ts'
import { type Journal, openJournal } from './journal.ts'
import { makeFolder } from './make-folder.ts'

/** Lines beyond two a session before the file is rewritten. */
const SPARE_LINES = 10_000

export interface FileSessionStore extends SessionStore {
  /** Waits for what is under way. */
  close(): Promise<void>
}

/**
 * Sessions in one file, of one process: on disk before an answer, replayed at start. A disk that refuses rejects the call, which then
 * changed nothing. The error is one line for the operator.
 */
export async function openFileSessionStore(
  path: string,
  sessionsMax: number,
  nowMs: number,
): Promise<Result<FileSessionStore, string>> {
  const table = sessionTable(sessionsMax)
  try {
    await makeFolder(dirname(path))
    const journal = await openJournal(path, replayInto(table), () => lines(table))
    for (const { id, expiresAtMs } of table.sessions.values()) if (expiresAtMs <= nowMs) table.set(id, null)
    return ok(fileSessionStore(journal, table))
  } catch (error) {
    return err(`sessions file ${path}: ${(error as Error).message}`)
  }
}

function fileSessionStore(journal: Journal, table: SessionTable): FileSessionStore {
  async function store(change: SessionChange): Promise<void> {
    try {
      await journal.append(JSON.stringify(change.after ?? { ended: change.id }))
    } catch (error) {
      const unchangedSince = (table.sessions.get(change.id) ?? null) === change.after
      if (unchangedSince) table.set(change.id, change.before)
      throw error
    }
    if (journal.lines > 2 * table.sessions.size + SPARE_LINES) journal.rewrite()
  }

  const kept = (changes: readonly SessionChange[]) => Promise.all(changes.map(store))
  return { ...sessionStoreOver(table, kept), close: () => journal.close() }
}

/** The defaults are for guests that version 0.1 stored. */
const storedLine = z.union([
  z.object({
    id: z.string(),
    userId: z.string().transform((raw) => raw as UserId),
    kind: z.enum(['guest', 'account']).default('guest'),
    name: z.string(),
    region: z.string(),
    role: z.enum(['player', 'admin']).default('player'),
    amr: z.array(z.string()).default([]),
    createdAtMs: z.int().default(0),
    generation: z.int().min(0),
    rotatedBy: z.string().nullable(),
    expiresAtMs: z.int(),
  }),
  z.object({ ended: z.string() }),
])

function replayInto(table: SessionTable): (line: string) => void {
  let lineNumber = 0
  return (line) => {
    lineNumber += 1
    const parsed = storedLine.safeParse(parseJson(line))
    if (!parsed.success) {
      throw new Error(`line ${lineNumber} is damaged; move the file away to start with everybody signed out`)
    }
    if ('ended' in parsed.data) table.set(parsed.data.ended, null)
    else table.set(parsed.data.id, parsed.data)
  }
}

function* lines(table: SessionTable): Iterable<string> {
  for (const session of table.sessions.values()) yield JSON.stringify(session)
}
