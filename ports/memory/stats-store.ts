import { NO_GAMES, type Statistics } from '../../game/statistics.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { AccountStore } from '../account-store.ts'
import type { FinishedGame } from '../finished-game.ts'
import { countInPlace, type GameResult, gameResult, isHuman } from '../game-result.ts'
import type { Books, StatsAudit, StoredResult } from '../stats-audit.ts'
import { type AppliedResult, ratedOf, type StatsStore } from '../stats-store.ts'
import { RecordRejected } from '../store-failure.ts'

/** Statistics of this process alone, and their audit; they end with it. `accounts` knows who is deleted. */
export function memoryStatsStore(accounts?: Pick<AccountStore, 'get'>): StatsStore & StatsAudit {
  const ledger = new Map<GameId, AppliedResult>()
  const players = new Map<UserId, Statistics>()
  let seq = 0

  function applyOne({ room }: FinishedGame, result: GameResult): AppliedResult {
    const before = ledger.get(result.gameId)
    if (before !== undefined) return before
    for (const { id } of room.players.filter(isHuman)) if (!players.has(id)) players.set(id, NO_GAMES)
    const applied = { ...result, appliedSeq: ++seq, ratings: countInPlace(players, result) }
    ledger.set(result.gameId, applied)
    return applied
  }

  const inOrder = (): AppliedResult[] => [...ledger.values()].sort((a, b) => a.appliedSeq - b.appliedSeq)

  const booksBeside = (stored: ReadonlyMap<GameId, StoredResult>): Books => ({
    async *games() {
      const applied = inOrder()
      const counted = new Set(applied.map(({ gameId }) => gameId))
      const never = [...stored.values()].filter(({ result }) => !counted.has(result.gameId))
      never.sort(({ result: a }, { result: b }) => a.endedAtMs - b.endedAtMs || (a.gameId < b.gameId ? -1 : 1))
      for (const game of applied) yield { stored: stored.get(game.gameId) ?? null, applied: game }
      for (const game of never) yield { stored: game, applied: null }
    },
    async *players() {
      yield* [...players]
    },
    async drop(games) {
      for (const { gameId } of games) ledger.delete(gameId)
    },
    async rewrite(games) {
      for (const game of games) ledger.set(game.gameId, game)
    },
    async append(games) {
      for (const game of games) ledger.set(game.gameId, { ...game, appliedSeq: ++seq })
    },
    async setPlayers(changed) {
      for (const [userId, statistics] of changed) players.set(userId, statistics)
    },
  })

  return {
    async apply(games) {
      const results = games.map((game) => {
        const result = gameResult(game)
        if (!result.ok) throw new RecordRejected(`${game.gameId}: ${result.error}`)
        return result.value
      })
      const applied = new Map(results.map((result, i) => [result.gameId, applyOne(games[i]!, result)]))
      return [...applied.values()].map(ratedOf).filter((rated) => rated !== null)
    },
    async statsOf(userId) {
      const account = await accounts?.get(userId)
      return account?.state === 'deleted' ? null : (players.get(userId) ?? null)
    },
    async *results() {
      yield* inOrder()
    },
    async open(stored, _willWrite, work) {
      const games = new Map<GameId, StoredResult>()
      for await (const game of stored) games.set(game.result.gameId, game)
      return work(booksBeside(games))
    },
  }
}
