/** Something that happened on the platform, for whoever analyses it later. */
export interface PlatformEvent {
  /** Says which event it is: one that comes again has the same. */
  readonly id: string
  readonly type: string
  /** When it happened, ms since the Unix epoch. */
  readonly atMs: number
  /** Plain JSON, with opaque ids only: no names, addresses or tokens. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Where events go. At least once and in no order: readers tell repeats by the id. */
export interface EventSink {
  /** Resolves when all are safe. @throws StoreUnavailable, RecordRejected */
  publish(events: readonly PlatformEvent[]): Promise<void>
}

/** Longest event, in bytes of JSON: as Kinesis and EventBridge take it, with room to spare. */
export const EVENT_BYTES_MAX = 200_000
