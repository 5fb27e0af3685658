import { BatchGetItemCommand, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { GameId } from '../../protocol/ids.ts'
import type { SignedGame } from '../game-store.ts'
import { callOnce, type MakeCall, RecordRejected, StoreUnavailable } from '../store-failure.ts'
import { calling } from './failure.ts'
import { hashesOf, type Item, itemOf, keyOf } from './game-item.ts'
import { GAMES } from './games-table.ts'

/** What one call of DynamoDB takes. */
const WRITE_MAX = 25
const READ_MAX = 100
const CALLS_AT_ONCE = 4
/** A call that was done in part is sent again for the rest so often at once; then the store is throttling. */
const ROUNDS_MAX = 4

/**
 * Writes the games that are not there yet. A batch write knows no condition, so the table is read first: a game that is there stays as it
 * is, and one with another course is refused, after the others were written. @throws StoreUnavailable, RecordRejected
 */
export async function putGames(
  client: DynamoDBClient,
  batch: readonly SignedGame[],
  makeCall: MakeCall = callOnce,
): Promise<void> {
  const games = new Map<GameId, SignedGame>()
  let rejected: GameId | null = null
  for (const game of batch) {
    const other = games.get(game.gameId)
    if (other === undefined) games.set(game.gameId, game)
    else if (other.record.hash !== game.record.hash) rejected = game.gameId
  }
  const wanted = [...games.values()]
  const stored = new Map<string, Uint8Array>()
  await atOnce(chunksOf(wanted, READ_MAX), async (chunk) => {
    for (const item of await readHashes(client, chunk, makeCall)) stored.set(item.gameId!.S!, item.record!.B!)
  })
  const missing = wanted.filter((game) => {
    const hashes = stored.get(game.gameId)
    if (hashes !== undefined && Buffer.compare(hashes, hashesOf(game)) !== 0) rejected = game.gameId
    return hashes === undefined
  })
  await atOnce(chunksOf(missing, WRITE_MAX), (chunk) => writeItems(client, chunk.map(itemOf), makeCall))
  if (rejected !== null) throw new RecordRejected(`game ${rejected} is stored with another course`)
}

async function readHashes(client: DynamoDBClient, games: readonly SignedGame[], makeCall: MakeCall): Promise<Item[]> {
  const found: Item[] = []
  await inRounds(games.map(keyOf), async (Keys) => {
    const read = new BatchGetItemCommand({
      RequestItems: {
        [GAMES]: {
          Keys,
          ConsistentRead: true,
          ProjectionExpression: 'gameId, #record',
          ExpressionAttributeNames: { '#record': 'record' },
        },
      },
    })
    const answer = await makeCall(() => calling((options) => client.send(read, options)))
    found.push(...(answer.Responses?.[GAMES] ?? []))
    return answer.UnprocessedKeys?.[GAMES]?.Keys ?? []
  })
  return found
}

const writeItems = (client: DynamoDBClient, items: readonly Item[], makeCall: MakeCall): Promise<void> =>
  inRounds(items, async (rest) => {
    const write = new BatchWriteItemCommand({
      RequestItems: { [GAMES]: rest.map((Item) => ({ PutRequest: { Item } })) },
    })
    const answer = await makeCall(() => calling((options) => client.send(write, options)))
    return (answer.UnprocessedItems?.[GAMES] ?? []).map((request) => request.PutRequest!.Item!)
  })

/** Calls again for what the store left undone, as long as it does something. */
async function inRounds(items: readonly Item[], call: (items: Item[]) => Promise<Item[]>): Promise<void> {
  let rest = [...items]
  for (let round = 0; rest.length > 0; round++) {
    const left = await call(rest)
    if (left.length > 0 && (left.length === rest.length || round === ROUNDS_MAX - 1)) {
      throw new StoreUnavailable(`DynamoDB throttles: ${left.length} of ${items.length} items are left`)
    }
    rest = left
  }
}

/** Runs over all, a few at a time; after a failure begins no more, waits for those that run, and throws it. */
async function atOnce<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values()
  let failed = false
  const lane = async () => {
    for (const one of rest) {
      if (failed) return
      await run(one).catch((error) => {
        failed = true
        throw error
      })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: CALLS_AT_ONCE }, lane))
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
}

const chunksOf = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, chunk) => all.slice(chunk * size, (chunk + 1) * size))
