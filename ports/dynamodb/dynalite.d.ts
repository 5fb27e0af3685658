declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** An HTTP server that answers as DynamoDB; closing it closes its store. Without `path` in memory. */
  export default function dynalite(options: { path?: string; createTableMs?: number }): Server
}

declare module 'dynalite/db/index.js' {
  export type Done<T> = (error: unknown, answer?: T) => void
  export type Write = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string }

  /** The whole store; missing values are undefined. */
  export interface Level {
    get(key: string, done: Done<unknown>): void
    put(key: string, value: unknown, done: Done<void>): void
    del(key: string, done: Done<void>): void
    getMany(keys: readonly string[]): Promise<unknown[]>
    batch(writes: readonly Write[]): Promise<void>
  }

  export interface Store {
    readonly db: Level
    /** The part of it that holds the descriptions of the tables. */
    readonly tableDb: Pick<Level, 'put' | 'del'>
    /** Without `checkStatus`: of a table that may be used; nobody changes the answer. */
    getTable(name: string, checkStatus: boolean | Done<object>, done?: Done<object>): void
  }

  /** What each server makes its store with. */
  const stores: { create(options: object): Store }
  export default stores
}
