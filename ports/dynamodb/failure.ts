import { RecordRejected, StoreUnavailable } from '../store-failure.ts'
import { CALL_MS } from './client.ts'

/** Runs one call in bounded time. @throws RecordRejected for what the store will never take, StoreUnavailable for what may pass later */
export async function calling<T>(call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ abortSignal: AbortSignal.timeout(CALL_MS) })
  } catch (error) {
    throw failureOf(error)
  }
}

/**
 * What a failed call means. Only what the store says of the item itself is the item's fault: throttling, lost connections, timeouts, a missing
 * table and refused credentials are not.
 */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || isOurs(error)) return error
  if (error.name === 'ValidationException' || error.name === 'ItemCollectionSizeLimitExceededException') {
    return new RecordRejected(`DynamoDB: ${error.message}`, { cause: error })
  }
  return new StoreUnavailable(`DynamoDB: ${error.name}: ${error.message}`, { cause: error })
}

const isOurs = (error: Error): boolean =>
  error instanceof RecordRejected || error instanceof StoreUnavailable || error.message.startsWith('assertion failed')
