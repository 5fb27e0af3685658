import { RecordRejected, StoreUnavailable } from '../store-failure.ts'
import type { Database } from './open.ts'

/** SQLSTATE classes of faults that lie in the data: a value out of range, a broken constraint. */
const DATA_FAULTS = ['22', '23']

/**
 * What a failed call means to who asked. Whatever PostgreSQL says of itself (down, ended, overloaded, a lock or a time limit, a deadlock,
 * a schema that is not there yet) and whatever happens on the way to it may pass: only faults of the data will be there again. Our own bugs stay what they are.
 */
export function failureOf(error: unknown): Error {
  if (error instanceof StoreUnavailable || error instanceof RecordRejected) return error
  if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) return error as Error
  const isDataFault = isReport(error) && DATA_FAULTS.includes(error.code.slice(0, 2))
  const Failure = isDataFault ? RecordRejected : StoreUnavailable
  return new Failure(`PostgreSQL: ${error.message}`, { cause: error })
}

/** Runs one call of a store. @throws StoreUnavailable, RecordRejected */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw failureOf(error)
  }
}

/** As `asking`, when the database is ready. */
export const askingOf =
  ({ ready }: Pick<Database, 'ready'>) =>
  <T>(call: () => Promise<T>): Promise<T> =>
    asking(async () => {
      await ready()
      return call()
    })

/** The constraint that the data of a call broke; null: it failed for another reason. */
export function brokenConstraint(error: unknown): string | null {
  const found = error instanceof RecordRejected ? error.cause : error
  return isReport(found) ? (found.constraint ?? null) : null
}

/** What PostgreSQL itself reports, by its fields: the embedded one comes with a class of its own. */
const isReport = (error: unknown): error is Error & { readonly code: string; readonly constraint?: string } =>
  error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string'
