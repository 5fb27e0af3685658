import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import type { SignedGame } from '../game-store.ts'
import { RecordRejected, StoreUnavailable } from '../store-failure.ts'
import { BEGIN_MS, newGameId, signedGameOf } from '../test-finished-games.ts'
import { dynamoClient, isLoopback } from './client.ts'
import { embeddedDynamo } from './embedded.ts'
import { dynamoGameStore } from './game-store.ts'
import { gamesTable } from './games-table.ts'
import { openGameStore } from './open.ts'
import { type BatchWrite, faultyEndpoint, refusing } from './test-faults.ts'

const dynamo = await embeddedDynamo(null)
const faulty = await faultyEndpoint(dynamo.endpoint)
const client = dynamoClient({ dynamodbEndpoint: faulty.endpoint, awsRegion: null })
const store = dynamoGameStore(client, true)
await store.get(newGameId())
const folder = mkdtempSync(join(tmpdir(), 'oxo-dynamo-'))
afterAll(async () => {
  store.close()
  await faulty.close()
  await dynamo.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  faulty.faults = () => null
  faulty.calls.length = 0
})

const someGames = (count: number): Promise<SignedGame[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => signedGameOf({ createdAtMs: BEGIN_MS + i })))
const operations = () => faulty.calls.map(({ operation }) => operation)
const itemsOf = (request: BatchWrite) => request.RequestItems.Games

async function stored(games: readonly SignedGame[]): Promise<number> {
  faulty.faults = () => null
  const found = await Promise.all(games.map(({ gameId }) => store.get(gameId)))
  return found.filter((game) => game !== null).length
}

describe('a store in trouble', () => {
  test.each([
    ['throttles', refusing('ProvisionedThroughputExceededException')],
    ['throttles requests', refusing('ThrottlingException')],
    ['fails inside', refusing('InternalServerError', 500)],
    ['refuses credentials', refusing('UnrecognizedClientException')],
    ['has lost its table', refusing('ResourceNotFoundException')],
    ['answers nonsense', { status: 503, body: { what: 'a proxy says' } }],
    ['loses the answer', 'drop'],
  ] as const)(
    '[games] one that %s is StoreUnavailable, asked once, and the same call is good later',
    async (_, fault) => {
      const games = await someGames(3)
      faulty.faults = () => fault
      await expect(store.put(games)).rejects.toThrow(StoreUnavailable)
      expect(operations()).toEqual(['BatchGetItem'])
      await expect(store.get(games[0]!.gameId)).rejects.toThrow(StoreUnavailable)
      await expect(store.history('ana' as UserId, { limit: 1, cursor: null })).rejects.toThrow(StoreUnavailable)
      faulty.faults = () => null
      await store.put(games)
      expect(await stored(games)).toBe(3)
    },
  )

  test('[games] one that does not answer is given up in bounded time', async () => {
    faulty.faults = () => 'hang'
    const beganMs = performance.now()
    await expect(store.get(newGameId())).rejects.toThrow(StoreUnavailable)
    expect(performance.now() - beganMs).toBeLessThan(4_000)
  })

  test('[P7] what a batch leaves undone is written by the same call, each item once', async () => {
    const games = await someGames(30)
    faulty.faults = (operation, request) =>
      operation === 'BatchWriteItem' && itemsOf(request).length > 10 ? { undone: 10 } : null
    await store.put(games)
    const written = faulty.calls.filter(({ operation }) => operation === 'BatchWriteItem')
    expect(written.map(({ request }) => itemsOf(request).length).sort()).toEqual([10, 25, 5])
    expect(await stored(games)).toBe(30)
  })

  test('[P7] a batch that gets nowhere is StoreUnavailable, and what was done is not done again', async () => {
    const games = await someGames(40)
    faulty.faults = (operation, request) =>
      operation === 'BatchWriteItem' && itemsOf(request).length < 25 ? { undone: itemsOf(request).length } : null
    await expect(store.put(games)).rejects.toThrow('DynamoDB throttles: 15 of 15 items are left')
    faulty.calls.length = 0
    faulty.faults = () => null
    await store.put(games)
    const written = faulty.calls.filter(({ operation }) => operation === 'BatchWriteItem')
    expect(written.flatMap(({ request }) => itemsOf(request))).toHaveLength(15)
    expect(await stored(games)).toBe(40)
  })

  test('[games] a batch of which every call does a little is given up after a few', async () => {
    const games = await someGames(25)
    faulty.faults = (operation, request) =>
      operation === 'BatchWriteItem' ? { undone: itemsOf(request).length - 1 } : null
    await expect(store.put(games)).rejects.toThrow('DynamoDB throttles: 21 of 25 items are left')
    expect(await stored(games)).toBe(4)
  })

  test('[P7] an answer lost after the write is harmless', async () => {
    const games = await someGames(3)
    faulty.faults = (operation) => (operation === 'BatchWriteItem' ? 'drop' : null)
    await expect(store.put(games)).rejects.toThrow(StoreUnavailable)
    faulty.faults = () => null
    await store.put(games)
    expect(await stored(games)).toBe(3)
  })

  test('[games] an item over 400 KB is RecordRejected, and the others can be put without it', async () => {
    const [large, other] = await someGames(2)
    const [x, o] = large!.room.players
    const players = [{ ...x, name: 'x'.repeat(410_000) }, o] as const
    const tooLarge = { ...large!, room: { ...large!.room, players } }
    await expect(store.put([other!, tooLarge])).rejects.toThrow(RecordRejected)
    await store.put([other!])
    expect(await stored([large!, other!])).toBe(1)
  })
})

describe('what is asked of the store', () => {
  test('[EXPLAIN] a game is read by its key, a history by the two indexes; only the audit scans', async () => {
    const [game] = await someGames(1)
    await store.put([game!, game!])
    await store.get(game!.gameId)
    await store.history('ana' as UserId, { limit: 5, cursor: null })
    await store.rename('nobody' as UserId, 'Somebody')
    expect(new Set(operations())).toEqual(new Set(['BatchGetItem', 'BatchWriteItem', 'Query']))
    const queries = faulty.calls.filter(({ operation }) => operation === 'Query')
    expect(queries.map(({ request }) => request.IndexName ?? 'Games').sort()).toEqual(
      ['Games', 'PlayerGamesO', 'PlayerGamesO', 'PlayerGamesX', 'PlayerGamesX'].sort(),
    )
    expect(queries.filter(({ request }) => request.FilterExpression !== undefined)).toEqual([])
    faulty.calls.length = 0
    for await (const _ of store.all()) break
    expect(operations()).toEqual(['Scan'])
  })

  test('[P7] a repeat reads and writes nothing', async () => {
    const games = await someGames(30)
    await store.put(games)
    faulty.calls.length = 0
    await store.put(games)
    expect(operations()).toEqual(['BatchGetItem'])
  })

  test('[games] items carry no expiry', async () => {
    await store.put(await someGames(1))
    const write = faulty.calls.find(({ operation }) => operation === 'BatchWriteItem')!
    expect(Object.keys(itemsOf(write.request)[0]!.PutRequest.Item)).not.toContain('ttl')
  })
})

describe('the table', () => {
  test('[games] has two indexes by player and creation', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Games' }))
    expect(Table!.GlobalSecondaryIndexes!.map(({ IndexName }) => IndexName).sort()).toEqual([
      'PlayerGamesO',
      'PlayerGamesX',
    ])
  })

  test('[games] is made by one of several that want it at once', async () => {
    const other = await embeddedDynamo(null)
    const stores = Array.from(
      { length: 4 },
      () => openGameStore({ dynamodbEndpoint: other.endpoint, awsRegion: null })!,
    )
    expect(await Promise.all(stores.map((one) => one.get(newGameId())))).toEqual([null, null, null, null])
    for (const one of stores) one.close()
    await other.close()
  })

  test('[games] is not made where it is not ours to make, and one of another shape is not used', async () => {
    const other = await embeddedDynamo(null)
    const raw = dynamoClient({ dynamodbEndpoint: other.endpoint, awsRegion: null })
    const strict = dynamoGameStore(raw, false)
    await expect(strict.put(await someGames(1))).rejects.toThrow('DynamoDB: there is no table Games')
    const [asX] = gamesTable.GlobalSecondaryIndexes!
    await raw.send(
      new CreateTableCommand({
        ...gamesTable,
        AttributeDefinitions: gamesTable.AttributeDefinitions!.slice(0, 3),
        GlobalSecondaryIndexes: [asX!],
      }),
    )
    await expect(strict.put(await someGames(1))).rejects.toThrow('DynamoDB: table Games has no index PlayerGamesO')
    strict.close()
    await other.close()
  })
})

describe('embeddedDynamo', () => {
  test('[P7] games on disk are there after a restart', async () => {
    const games = await someGames(3)
    for (const expected of [3, 3]) {
      const disk = await embeddedDynamo(join(folder, 'restart'))
      const kept = openGameStore({ dynamodbEndpoint: disk.endpoint, awsRegion: null })!
      await kept.put(games)
      let count = 0
      for await (const _ of kept.all()) count++
      expect(count).toBe(expected)
      kept.close()
      await disk.close()
    }
  })

  test('[games] callers that hang up in the middle do it no harm', async () => {
    const { port, hostname } = new URL(dynamo.endpoint)
    for (const body of ['', '{"half":', '{}'.padEnd(50)]) {
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n${body}`, () => socket.destroy())
      await once(socket, 'close')
    }
    expect(await store.get(newGameId())).toBeNull()
    expect(await store.get(newGameId())).toBeNull()
  })

  test('[games] a folder that is open already is one clear line, and the one who has it goes on', async () => {
    const path = join(folder, 'twice')
    const first = await embeddedDynamo(path)
    await expect(embeddedDynamo(path)).rejects.toThrow(/^\S+oxo\.lock: process \d+ uses this folder$/)
    const kept = openGameStore({ dynamodbEndpoint: first.endpoint, awsRegion: null })!
    await kept.put(await someGames(1))
    kept.close()
    await first.close()
    await (await embeddedDynamo(path)).close()
  })
})

test.each([
  ['http://127.0.0.1:8000', true],
  ['http://127.8.0.1', true],
  ['http://localhost:8000', true],
  ['http://[::1]:8000', true],
  ['http://10.0.0.1:8000', false],
  ['http://127.0.0.1.example.com', false],
  ['https://dynamodb.eu-west-2.amazonaws.com', false],
  [null, false],
])('[games] dummy credentials and new tables are for this machine alone: %s', (endpoint, expected) => {
  expect(isLoopback(endpoint)).toBe(expected)
})

test('[games] without an endpoint and a region there is no store', () => {
  expect(openGameStore({ dynamodbEndpoint: null, awsRegion: null })).toBeNull()
})
