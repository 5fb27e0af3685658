import type { Seat } from '../../game/rules.ts'
import { assert } from '../../kit/assert.ts'
import { err, ok } from '../../kit/result.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import { type GameStore, HISTORY_LIMIT_MAX, type StoredGame } from '../game-store.ts'
import { ceilingsOf, decodeCursor, FIRST_PAGE, type Place } from '../history-cursor.ts'
import { mergeHistory } from '../history-merge.ts'
import { RecordRejected } from '../store-failure.ts'

/** Finished games of this process alone; they end with it. Reading a history costs O(games of the user). */
export function memoryGameStore(): GameStore {
  const games = new Map<GameId, StoredGame>()
  const played = new Map<UserId, [asX: GameId[], asO: GameId[]]>()

  function add(game: StoredGame): void {
    games.set(game.gameId, { ...game, room: { ...game.room, offer: null } })
    game.room.players.forEach(({ id, botLevel }, seat) => {
      if (botLevel !== undefined) return
      let lists = played.get(id)
      if (lists === undefined) {
        lists = [[], []]
        played.set(id, lists)
      }
      lists[seat as Seat].push(game.gameId)
    })
  }

  const newestFirst = (ids: readonly GameId[], after: Place | null, ceilingMs: number | null) =>
    ids
      .map((gameId) => games.get(gameId)!)
      .sort((a, b) => comparePlaces(placeOf(a), placeOf(b)))
      .filter((game) => after === null || comparePlaces(placeOf(game), after) > 0)
      .filter((game) => ceilingMs === null || game.room.createdAtMs <= ceilingMs)
      .map(({ gameId, room, match }) => ({ gameId, room, match }))

  return {
    async put(batch) {
      for (const game of batch) {
        const stored = games.get(game.gameId)
        if (stored === undefined) add(game)
        else if (stored.record.hash !== game.record.hash) {
          throw new RecordRejected(`game ${game.gameId} is stored with another course`)
        }
      }
    },
    get: async (gameId) => games.get(gameId) ?? null,
    async history(userId, { limit, cursor }) {
      assert(limit >= 1 && limit <= HISTORY_LIMIT_MAX, `a page has 1..${HISTORY_LIMIT_MAX} games`)
      const from = cursor === null ? FIRST_PAGE : decodeCursor(userId, cursor)
      if (from === null) return err('bad_cursor')
      const [x, o] = played.get(userId) ?? [[], []]
      const [ceilingX, ceilingO] = ceilingsOf(from)
      return ok(mergeHistory(userId, limit, from, newestFirst(x, from[0], ceilingX), newestFirst(o, from[1], ceilingO)))
    },
    async *all() {
      yield* games.values()
    },
    async rename(userId, name) {
      for (const gameId of (played.get(userId) ?? []).flat()) {
        const game = games.get(gameId)!
        const [x, o] = game.room.players
        const renamed = [x.id === userId ? { ...x, name } : x, o.id === userId ? { ...o, name } : o] as const
        games.set(gameId, { ...game, room: { ...game.room, players: renamed } })
      }
    },
  }
}

const placeOf = ({ gameId, room }: StoredGame): Place => ({ createdAtMs: room.createdAtMs, gameId })

/** Newest first. */
const comparePlaces = (a: Place, b: Place): number =>
  b.createdAtMs - a.createdAtMs || (a.gameId < b.gameId ? -1 : a.gameId > b.gameId ? 1 : 0)
