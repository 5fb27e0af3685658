import type { UserId } from '../protocol/ids.ts'
import type { FinishedGame } from './finished-game.ts'
import type { HistoryPage } from './game-store.ts'
import { encodeCursor, type Place, type Places } from './history-cursor.ts'

/**
 * The page after `from`. `asX` and `asO`: the games after `from`, newest first, one more than `limit` each unless there are fewer.
 */
export function mergeHistory(
  userId: UserId,
  limit: number,
  from: Places,
  asX: readonly FinishedGame[],
  asO: readonly FinishedGame[],
): HistoryPage {
  const games: FinishedGame[] = []
  let x = 0
  let o = 0
  while (games.length < limit) {
    const left = asX[x]
    const right = asO[o]
    if (left !== undefined && (right === undefined || left.room.createdAtMs >= right.room.createdAtMs)) {
      games.push(left)
      x++
    } else if (right !== undefined) {
      games.push(right)
      o++
    } else break
  }
  if (x === asX.length && o === asO.length) return { games, cursor: null }
  const places: Places = [placeOf(asX[x - 1]) ?? from[0], placeOf(asO[o - 1]) ?? from[1]]
  return { games, cursor: encodeCursor(userId, places) }
}

const placeOf = (game: FinishedGame | undefined): Place | null =>
  game === undefined ? null : { createdAtMs: game.room.createdAtMs, gameId: game.gameId }
