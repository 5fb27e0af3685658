import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, expect, test } from 'vitest'
import { StoreUnavailable } from '../store-failure.ts'
import { BEGIN_MS, signedGameOf } from '../test-finished-games.ts'
import { dynamoClient } from './client.ts'
import { embeddedDynamo } from './embedded.ts'
import { dynamoGameStore } from './game-store.ts'
import { GAMES, gamesTable } from './games-table.ts'

const dynamo = await embeddedDynamo(null)
const client = dynamoClient({ dynamodbEndpoint: dynamo.endpoint, awsRegion: null })
const store = dynamoGameStore(client, true)
afterAll(async () => {
  store.close()
  await dynamo.close()
})

const gone = async (): Promise<boolean> => {
  const description = client.send(new DescribeTableCommand({ TableName: GAMES }))
  return description.then(
    () => false,
    (error: Error) => error.name === 'ResourceNotFoundException',
  )
}

test('[games] a table that was remembered is forgotten when it is dropped, and what was in it too', async () => {
  const games = await Promise.all(Array.from({ length: 130 }, (_, n) => signedGameOf({ createdAtMs: BEGIN_MS + n })))
  await store.put(games)
  for (const game of games) expect((await store.get(game.gameId))?.record).toEqual(game.record)

  await client.send(new DeleteTableCommand({ TableName: GAMES }))
  await expect.poll(gone).toBe(true)
  await expect(store.get(games[0]!.gameId)).rejects.toBeInstanceOf(StoreUnavailable)

  await client.send(new CreateTableCommand(gamesTable))
  await expect.poll(() => store.get(games[0]!.gameId).catch(() => 'not yet')).toBeNull()
  await store.put(games.slice(0, 1))
  expect((await store.get(games[0]!.gameId))?.gameId).toBe(games[0]!.gameId)
})
