import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../store-failure.ts'
import { failureOf } from './failure.ts'

export const GAMES = 'Games'
/** Games of a player as X and as O, by creation. Bots are in neither. */
export const PLAYER_INDEXES = [
  { index: 'PlayerGamesX', player: 'playerX' },
  { index: 'PlayerGamesO', player: 'playerO' },
] as const

/** What an index holds beside its keys: all that a history shows, and no proofs. */
const SHOWN = [
  ...['schema', 'playerX', 'playerO', 'nameX', 'nameO', 'ratingX', 'ratingO', 'botX', 'botO', 'botIdX', 'botIdO'],
  ...['mode', 'turnMs', 'version', 'moves', 'times', 'status', 'reason', 'winner', 'endedAt', 'match'],
]
/** Making a table takes some seconds at AWS. */
const CREATION_SECONDS_MAX = 60

const byCreation = (key: string): KeySchemaElement[] => [
  { AttributeName: key, KeyType: 'HASH' },
  { AttributeName: 'createdAt', KeyType: 'RANGE' },
]

/** One item a game. */
export const gamesTable: CreateTableCommandInput = {
  TableName: GAMES,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'gameId', AttributeType: 'S' },
    { AttributeName: 'createdAt', AttributeType: 'N' },
    { AttributeName: 'playerX', AttributeType: 'S' },
    { AttributeName: 'playerO', AttributeType: 'S' },
  ],
  KeySchema: byCreation('gameId'),
  GlobalSecondaryIndexes: PLAYER_INDEXES.map(
    ({ index, player }): GlobalSecondaryIndex => ({
      IndexName: index,
      KeySchema: byCreation(player),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: SHOWN.filter((name) => name !== player) },
    }),
  ),
}

/**
 * The attribute by which items would expire. None carries it: games are the truth that the audit reads. An operator may set it on what shall go.
 */
export const TTL_ATTRIBUTE = 'ttl'

/** Resolves when the table is there as `gamesTable` says. A missing one is made when `mayCreate`. @throws StoreUnavailable naming what is wrong */
export async function ensureGamesTable(client: DynamoDBClient, mayCreate: boolean): Promise<void> {
  const there = await describe(client)
  if (there === null && !mayCreate) throw new StoreUnavailable(`DynamoDB: there is no table ${GAMES}`)
  const table = there?.TableStatus === 'ACTIVE' || !mayCreate ? there : await create(client, there !== null)
  const fault = table === null ? 'is being made' : faultOf(table)
  if (fault !== null) throw new StoreUnavailable(`DynamoDB: table ${GAMES} ${fault}`)
}

async function describe(client: DynamoDBClient): Promise<TableDescription | null> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: GAMES }))).Table ?? null
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return null
    throw failureOf(error)
  }
}

/** Several processes may do so at once: one makes the table and all wait for it. */
async function create(client: DynamoDBClient, begun: boolean): Promise<TableDescription | null> {
  try {
    if (!begun) await client.send(new CreateTableCommand(gamesTable))
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUseException') throw failureOf(error)
  }
  try {
    await waitUntilTableExists(
      { client, minDelay: 1, maxDelay: 1, maxWaitTime: CREATION_SECONDS_MAX },
      { TableName: GAMES },
    )
    await setTtlAttribute(client)
  } catch (error) {
    throw failureOf(error)
  }
  return describe(client)
}

/** An embedded store does not know expiry at all. */
async function setTtlAttribute(client: DynamoDBClient): Promise<void> {
  const ttl = { AttributeName: TTL_ATTRIBUTE, Enabled: true }
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName: GAMES, TimeToLiveSpecification: ttl }))
  } catch (error) {
    if ((error as Error).name !== 'UnknownOperationException') throw error
  }
}

/** What keeps the table from being ours; null: nothing. */
function faultOf(table: TableDescription): string | null {
  if (!sameKeys(table.KeySchema, gamesTable.KeySchema)) return 'has other keys than gameId and createdAt'
  for (const wanted of gamesTable.GlobalSecondaryIndexes!) {
    const index = table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === wanted.IndexName)
    if (index === undefined) return `has no index ${wanted.IndexName}`
    if (!sameKeys(index.KeySchema, wanted.KeySchema)) return `has an index ${wanted.IndexName} with other keys`
    const { ProjectionType, NonKeyAttributes = [] } = index.Projection ?? {}
    const missing = wanted.Projection!.NonKeyAttributes!.filter((name) => !NonKeyAttributes.includes(name))
    if (ProjectionType !== 'ALL' && missing.length > 0) return `has an index ${wanted.IndexName} without ${missing}`
  }
  return null
}

const sameKeys = (found: readonly KeySchemaElement[] = [], wanted: readonly KeySchemaElement[] = []): boolean =>
  textOf(found) === textOf(wanted)
const textOf = (keys: readonly KeySchemaElement[]) => keys.map((key) => `${key.AttributeName} ${key.KeyType}`).join()
