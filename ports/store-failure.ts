/**
 * The store could not be asked, refused for load, or its answer is not known: nothing is wrong with what was written. The same call may be
 * made again later, and counts as no failure of a record.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The store refuses this record and will refuse it again. A batch that holds it is halved until the record stands alone. */
export class RecordRejected extends Error {
  override readonly name = 'RecordRejected'
}

/** Makes one call of a store, as its caller wants calls to be made: bounded, repeated, given up while the store is down. */
export type MakeCall = <T>(call: () => Promise<T>) => Promise<T>

/** Once. */
export const callOnce: MakeCall = (call) => call()
