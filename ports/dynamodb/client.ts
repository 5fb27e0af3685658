import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** Where the tables are. */
export interface DynamoPlace {
  /** Null: the endpoint of AWS in `awsRegion`. */
  readonly dynamodbEndpoint: string | null
  /** Null: an endpoint outside AWS, to which it means nothing. */
  readonly awsRegion: string | null
}

/** A call that takes longer has failed, ms. A write of 25 games takes some 20 ms at AWS. */
export const CALL_MS = 2_000
const CONNECT_MS = 1_000
const SOCKETS = 32

/** A client that tries each call once: whoever calls decides about the next try. */
export function dynamoClient({ dynamodbEndpoint, awsRegion }: DynamoPlace): DynamoDBClient {
  const client = new DynamoDBClient({
    region: awsRegion ?? 'local',
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: CALL_MS,
      throwOnRequestTimeout: true,
      httpsAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
    },
    ...(dynamodbEndpoint === null ? {} : { endpoint: dynamodbEndpoint }),
    ...(isLoopback(dynamodbEndpoint) ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  })
  // It copies every request and answer for a log that nobody reads: a tenth of the work of a batch.
  client.middlewareStack.remove('loggerMiddleware')
  return client
}

/** Whether the endpoint is on this machine: nothing of it is secret, and its tables are ours to create. */
export function isLoopback(endpoint: string | null): boolean {
  if (endpoint === null) return false
  const { hostname } = new URL(endpoint)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
