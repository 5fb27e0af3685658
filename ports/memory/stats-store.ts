import { NO_GAMES, type Statistics } from '../../game/statistics.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { FinishedGame } from '../finished-game.ts'
import { countInPlace, type GameResult, gameResult, isHuman } from '../game-result.ts'
import { type AppliedResult, ratedOf, type StatsStore } from '../stats-store.ts'
import { RecordRejected } from '../store-failure.ts'

export function memoryStatsStore(): StatsStore {
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
    statsOf: async (userId) => players.get(userId) ?? null,
    async *results() {
      yield* ledger.values()
    },
  }
}
