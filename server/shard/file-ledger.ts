import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import { lockFile } from '../../ports/file/folder-lock.ts'
import { type Journal, openJournal } from '../../ports/file/journal.ts'
import { makeFolder } from '../../ports/file/make-folder.ts'
import type { GameId } from '../../protocol/ids.ts'
import { applyEntry, commitEntry, decodeEntry, type Entry, encodeEntry, snapshotEntries } from './file-entries.ts'
import { LedgerUnknown, type ShardId } from './ledger.ts'
import { shardOf } from './ledger-rules.ts'
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts'
import { holds, type MemoryStore, memoryStore } from './memory-store.ts'

export type FileLedger = MemoryLedger & {
  /** Shards that the last process left: nobody owns them, take them by `expired`. */
  readonly shards: readonly ShardId[]
  /** Lines at the file's end that a crash had torn before anybody was answered. */
  readonly tornLines: number
  /** Waits for what is under way and gives the folder back. */
  close(): Promise<void>
}

/** The file is rewritten when it holds this much more than what is alive, bytes. */
const SPARE_BYTES = 8 * 1024 * 1024

/**
 * The ledger of a server that has no store: shards in this process, each change in `ledger.log` of `dataDir` and on disk (fdatasync) before
 * it is answered; changes of one turn share a write. Replayed at start; one process a folder. A disk that refuses leaves the outcome
 * unknown: the repeat is answered when the disk takes it. @throws Error in one line when the folder is in use or cannot be read
 */
export async function fileLedger(clock: Clock, dataDir: string): Promise<FileLedger> {
  await makeFolder(dataDir)
  const unlock = await lockFile(join(dataDir, 'ledger.lock'))
  try {
    const store = memoryStore(randomUUID())
    const { journal, tornLines, wanted } = await replay(store, join(dataDir, 'ledger.log'), clock.now())
    for (const { head } of store.shards.values()) {
      // Only this process can have written here: what the dead one held is free, and nothing was lost since.
      Object.assign(head, { leaseUntilMs: 0, graced: false, runId: store.runId })
    }
    const shards = [...store.shards].filter(([, { head }]) => head.deadAtMs === null).map(([id]) => id)
    const close = async () => {
      await journal.close()
      await unlock()
    }
    return { ...journaled(memoryLedger(clock, { store }), journal, wanted), shards, tornLines, close }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function replay(store: MemoryStore, path: string, nowMs: number) {
  let tornLines = 0
  let liveBytes = 0
  let bytes = 0
  const read = (line: string) => {
    const entry = tornLines === 0 ? decodeEntry(line) : null
    if (entry === null) tornLines += 1
    else applyEntry(store, entry, nowMs)
    bytes += line.length
  }
  const snapshot = () => {
    const lines = snapshotEntries(store).map(encodeEntry)
    bytes = liveBytes = lines.reduce((sum, line) => sum + line.length, 0)
    return lines
  }
  const journal = await openJournal(path, read, snapshot)
  if (tornLines > 0) journal.rewrite()
  /** Counts what is about to be appended, and asks for a rewrite when the file has outgrown what is alive. */
  const wanted = (more: number) => {
    bytes += more
    if (bytes > 2 * liveBytes + SPARE_BYTES) journal.rewrite()
  }
  return { journal, tornLines, wanted }
}

/**
 * The calls of `memory`, each change on disk before its answer. The state changes in the call, its line follows a microtask later: in the
 * same order, and replaying a line onto a state that has it already does no harm.
 */
function journaled(memory: MemoryLedger, journal: Journal, wanted: (bytes: number) => void): MemoryLedger {
  const { store } = memory

  function append(entry: Entry): Promise<void> {
    const line = encodeEntry(entry)
    wanted(line.length)
    return journal.append(line).catch((error: unknown) => {
      throw new LedgerUnknown(`ledger file: ${(error as Error).message}`, { cause: error })
    })
  }
  async function owned(shard: ShardId): Promise<void> {
    const { epoch, nonce, owner, floor } = store.shards.get(shard)!.head
    await append(['own', shard, epoch, nonce, owner, floor])
  }

  async function bound(key: string, gameId: GameId): Promise<GameId> {
    await append(['bind', key, gameId, store.binds.get(key)?.untilMs ?? 0])
    return gameId
  }

  return {
    ...memory,
    async open(shard, claimant) {
      const answer = await memory.open(shard, claimant)
      if (answer.type === 'opened') await owned(shard)
      return answer
    },
    async take(shard, proof, claimant) {
      const answer = await memory.take(shard, proof, claimant)
      if (answer.type === 'taken') await owned(shard)
      return answer
    },
    async commit(shard, fence, seq, changes) {
      const answer = await memory.commit(shard, fence, seq, changes)
      if (answer.type === 'committed') await append(commitEntry(shard, seq, changes))
      return answer
    },
    async settle(gameId) {
      const settled = await memory.settle(gameId)
      const alive = store.shards.get(shardOf(gameId))?.head.deadAtMs === null
      if (settled.type === 'void' && alive) await append(['void', gameId])
      return settled
    },
    async forget(shard, fence, gameIds) {
      const head = store.shards.get(shard)?.head
      const mine = head !== undefined && holds(head, fence)
      await memory.forget(shard, fence, gameIds)
      if (mine && gameIds.length > 0) await append(['forget', shard, gameIds])
    },
    async remove(shard, fence) {
      const removed = await memory.remove(shard, fence)
      if (removed) await append(['remove', shard, store.shards.get(shard)!.head.deadAtMs!])
      return removed
    },
    bind: async (key, gameId) => bound(key, await memory.bind(key, gameId)),
    rebind: async (key, voided, gameId) => bound(key, await memory.rebind(key, voided, gameId)),
    async deliver(shard, ids) {
      await memory.deliver(shard, ids)
      if (store.shards.has(shard)) await append(['delivered', shard, ids])
    },
  }
}
