import { type DynamoDBClient, QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { assert } from '../../kit/assert.ts'
import { err, ok } from '../../kit/result.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { FinishedGame } from '../finished-game.ts'
import { type GameStore, HISTORY_LIMIT_MAX } from '../game-store.ts'
import { ceilingsOf, decodeCursor, FIRST_PAGE, type Place } from '../history-cursor.ts'
import { mergeHistory } from '../history-merge.ts'
import { callOnce } from '../store-failure.ts'
import { calling } from './failure.ts'
import { gameOfItem, type Item, keyOf, storedGameOf } from './game-item.ts'
import { ensureGamesTable, GAMES, PLAYER_INDEXES } from './games-table.ts'
import { putGames } from './put-games.ts'

export interface DynamoGameStore extends GameStore {
  /** Ends the connections. */
  close(): void
}

/** Games of one read while somebody is renamed. */
const RENAME_PAGE = 100

/**
 * Finished games in the table `Games`. Nothing but `all` scans: a game is read by its id, a history by the two indexes. The table is
 * looked at before the first call, and made when it is missing and `mayCreate`.
 */
export function dynamoGameStore(client: DynamoDBClient, mayCreate: boolean): DynamoGameStore {
  let table: Promise<void> | null = null

  /** Asked once; a failure is forgotten, so that the next call looks again. */
  function ready(): Promise<void> {
    table ??= ensureGamesTable(client, mayCreate).catch((error) => {
      table = null
      throw error
    })
    return table
  }

  /** Up to `count` games that `userId` played at one seat after a place, newest first. */
  async function playedAfter(
    seat: 0 | 1,
    userId: UserId,
    count: number,
    after: Place | null,
    ceilingMs: number | null,
  ): Promise<FinishedGame[]> {
    const { index, player } = PLAYER_INDEXES[seat]
    const games: FinishedGame[] = []
    let start = after === null ? undefined : startAfter(after, player, userId)
    do {
      const query = new QueryCommand({
        TableName: GAMES,
        IndexName: index,
        KeyConditionExpression: ceilingMs === null ? '#player = :user' : '#player = :user AND createdAt <= :ceiling',
        ExpressionAttributeNames: { '#player': player },
        ExpressionAttributeValues: {
          ':user': { S: userId },
          ...(ceilingMs === null ? {} : { ':ceiling': { N: `${ceilingMs}` } }),
        },
        ScanIndexForward: false,
        Limit: count - games.length,
        ExclusiveStartKey: start,
      })
      const page = await calling((options) => client.send(query, options))
      for (const item of page.Items ?? []) games.push(gameOfItem(item))
      start = page.LastEvaluatedKey
    } while (start !== undefined && games.length < count)
    return games
  }

  return {
    async put(games, makeCall = callOnce) {
      await (table ?? makeCall(ready))
      await putGames(client, games, makeCall)
    },
    async get(gameId) {
      await ready()
      const query = new QueryCommand({
        TableName: GAMES,
        KeyConditionExpression: 'gameId = :game',
        ExpressionAttributeValues: { ':game': { S: gameId } },
        ConsistentRead: true,
        Limit: 1,
      })
      const [item] = (await calling((options) => client.send(query, options))).Items ?? []
      return item === undefined ? null : storedGameOf(item)
    },
    async history(userId, { limit, cursor }) {
      assert(limit >= 1 && limit <= HISTORY_LIMIT_MAX, `a page has 1..${HISTORY_LIMIT_MAX} games`)
      const from = cursor === null ? FIRST_PAGE : decodeCursor(userId, cursor)
      if (from === null) return err('bad_cursor')
      await ready()
      const [ceilingX, ceilingO] = ceilingsOf(from)
      const [asX, asO] = await Promise.all([
        playedAfter(0, userId, limit + 1, from[0], ceilingX),
        playedAfter(1, userId, limit + 1, from[1], ceilingO),
      ])
      return ok(mergeHistory(userId, limit, from, asX, asO))
    },
    async *all() {
      await ready()
      let start: Item | undefined
      do {
        const scan = new ScanCommand({ TableName: GAMES, ConsistentRead: true, ExclusiveStartKey: start })
        const page = await calling((options) => client.send(scan, options))
        for (const item of page.Items ?? []) yield storedGameOf(item)
        start = page.LastEvaluatedKey
      } while (start !== undefined)
    },
    async rename(userId, name) {
      await ready()
      for (const seat of [0, 1] as const) {
        let after: Place | null = null
        let games: FinishedGame[]
        do {
          games = await playedAfter(seat, userId, RENAME_PAGE, after, null)
          for (const game of games) await setName(game, seat, name)
          const last: FinishedGame | undefined = games.at(-1)
          after = last === undefined ? null : { createdAtMs: last.room.createdAtMs, gameId: last.gameId }
        } while (games.length === RENAME_PAGE)
      }
    },
    close: () => client.destroy(),
  }

  async function setName(game: FinishedGame, seat: 0 | 1, name: string): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: GAMES,
      Key: keyOf(game),
      UpdateExpression: 'SET #name = :name',
      ConditionExpression: 'attribute_exists(gameId)',
      ExpressionAttributeNames: { '#name': seat === 0 ? 'nameX' : 'nameO' },
      ExpressionAttributeValues: { ':name': { S: name } },
    })
    await calling((options) => client.send(update, options))
  }
}

const startAfter = ({ gameId, createdAtMs }: Place, player: string, userId: UserId): Item => ({
  gameId: { S: gameId },
  createdAt: { N: `${createdAtMs}` },
  [player]: { S: userId },
})
