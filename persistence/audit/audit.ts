import { NO_GAMES, type Statistics } from '../../game/statistics.ts'
import type { FinishedGame } from '../../ports/finished-game.ts'
import { countInPlace, gameResult, isHuman } from '../../ports/game-result.ts'
import type { Books, StatsAudit, StoredResult } from '../../ports/stats-audit.ts'
import type { UserId } from '../../protocol/ids.ts'
import { type Difference, entryDifferences, statisticsDifferences } from './difference.ts'
import { type Repair, repairOf } from './repair.ts'

export interface AuditOptions {
  /** Every finished game, in no order. */
  readonly games: AsyncIterable<FinishedGame>
  readonly audit: StatsAudit
  /** Games that ended later, ms since the Unix epoch, may be on the way to either store: one that is in one only is no difference. */
  readonly settledUntilMs: number
  /** Makes the statistics what the games say. */
  readonly repair: boolean
  readonly report: (difference: Difference) => void
}

export interface AuditSummary {
  readonly games: number
  readonly players: number
  readonly differences: number
  readonly repaired: boolean
}

/**
 * Counts all stored games anew, in the order in which they were counted, and reports where ledger and statistics say something else. Memory: one entry a
 * player, whatever the number of games.
 */
export async function auditStatistics(options: AuditOptions): Promise<AuditSummary> {
  let differences = 0
  const report = (difference: Difference): void => {
    differences += 1
    options.report(difference)
  }
  return options.audit.open(countable(options.games, report), options.repair, async (books) => {
    const repair = repairOf(books, options.repair)
    const replay = await replayGames(books, options.settledUntilMs, repair, report)
    const players = replay.table.size
    await comparePlayers(books, replay, repair, report)
    return { games: replay.games, players, differences, repaired: options.repair && differences > 0 }
  })
}

interface Replay {
  readonly games: number
  /** What the games add up to, of all who played one. */
  readonly table: Map<UserId, Statistics>
  readonly names: ReadonlyMap<UserId, string>
}

async function replayGames(
  books: Books,
  settledUntilMs: number,
  repair: Repair,
  report: (difference: Difference) => void,
): Promise<Replay> {
  const table = new Map<UserId, Statistics>()
  const names = new Map<UserId, string>()
  let games = 0
  for await (const { stored, applied } of books.games()) {
    games += 1
    const isSettled = (stored?.result ?? applied)!.endedAtMs <= settledUntilMs
    if (stored === null && isSettled) {
      report({ difference: 'not_stored', gameId: applied!.gameId, appliedSeq: applied!.appliedSeq })
      await repair.drop(applied!)
      continue
    }
    if (applied === null && !isSettled) continue

    const expected = stored?.result ?? applied!
    if (stored !== null) notePeople(stored, table, names)
    const entry = { ...expected, ratings: countInPlace(table, expected) }
    if (applied === null) {
      report({ difference: 'not_counted', gameId: entry.gameId })
      await repair.append(entry)
      continue
    }
    const differences = entryDifferences(entry, applied)
    for (const difference of differences) report(difference)
    if (differences.length > 0) await repair.rewrite({ ...entry, appliedSeq: applied.appliedSeq })
  }
  await repair.flush()
  return { games, table, names }
}

/** Whoever finished a game has statistics, though they may be empty. */
function notePeople(
  { result, names: given }: StoredResult,
  table: Map<UserId, Statistics>,
  names: Map<UserId, string>,
): void {
  result.players.forEach((id, seat) => {
    const name = given[seat] ?? null
    if (name === null) return
    names.set(id, name)
    if (!table.has(id)) table.set(id, NO_GAMES)
  })
}

/** Empties the replayed table: who is left has no statistics at all. */
async function comparePlayers(
  books: Books,
  { table, names }: Replay,
  repair: Repair,
  report: (difference: Difference) => void,
): Promise<void> {
  for await (const [userId, found] of books.players()) {
    const expected = table.get(userId) ?? NO_GAMES
    table.delete(userId)
    const differences = statisticsDifferences(userId, expected, found)
    for (const difference of differences) report(difference)
    if (differences.length > 0) repair.setPlayer(userId, expected)
  }
  for (const [userId, expected] of table) {
    report({ difference: 'no_statistics', userId })
    repair.setPlayer(userId, expected)
  }
  await repair.writePlayers(names)
}

async function* countable(
  games: AsyncIterable<FinishedGame>,
  report: (difference: Difference) => void,
): AsyncIterable<StoredResult> {
  for await (const game of games) {
    const result = gameResult(game)
    if (!result.ok) {
      report({ difference: 'not_countable', gameId: game.gameId, why: result.error })
      continue
    }
    const [x, o] = game.room.players
    yield { result: result.value, names: [isHuman(x) ? x.name : null, isHuman(o) ? o.name : null] }
  }
}
