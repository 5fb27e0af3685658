import type { Statistics } from '../../game/statistics.ts'
import type { Books } from '../../ports/stats-audit.ts'
import type { AppliedResult } from '../../ports/stats-store.ts'
import type { UserId } from '../../protocol/ids.ts'

/** Corrections on their way to the books, many at a time. */
export interface Repair {
  drop(game: AppliedResult): Promise<void>
  rewrite(game: AppliedResult): Promise<void>
  append(game: Omit<AppliedResult, 'appliedSeq'>): Promise<void>
  setPlayer(userId: UserId, statistics: Statistics): void
  /** Writes the games that wait. */
  flush(): Promise<void>
  /** Writes the players that were set; `names`: of those who are not known at all. */
  writePlayers(names: ReadonlyMap<UserId, string>): Promise<void>
}

const PAGE = 1_000

/** Not `enabled`: corrects nothing. */
export function repairOf(books: Books, enabled: boolean): Repair {
  const dropped = pages(enabled, books.drop)
  const rewritten = pages(enabled, books.rewrite)
  const appended = pages(enabled, books.append)
  const players = new Map<UserId, Statistics>()
  return {
    drop: dropped.add,
    rewrite: rewritten.add,
    append: appended.add,
    setPlayer(userId, statistics) {
      if (enabled) players.set(userId, statistics)
    },
    async flush() {
      await dropped.flush()
      await rewritten.flush()
      await appended.flush()
    },
    async writePlayers(names) {
      const all = [...players]
      for (let at = 0; at < all.length; at += PAGE) await books.setPlayers(new Map(all.slice(at, at + PAGE)), names)
    },
  }
}

function pages<T>(enabled: boolean, write: (items: readonly T[]) => Promise<void>) {
  let waiting: T[] = []
  async function flush(): Promise<void> {
    if (waiting.length === 0) return
    const page = waiting
    waiting = []
    await write(page)
  }
  return {
    flush,
    async add(item: T): Promise<void> {
      if (!enabled) return
      waiting.push(item)
      if (waiting.length >= PAGE) await flush()
    },
  }
}
