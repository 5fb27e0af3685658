import { createHash } from 'node:crypto'

/** A result that a destination never takes, kept for a human. */
export interface DeadLetter {
  readonly destination: string
  /** As it came; a foreign record may name no game. */
  readonly gameId: string
  /** The record, whole. */
  readonly result: string
  readonly reason: string
  /** When it was given up, ms since the Unix epoch. */
  readonly atMs: number
}

/** Which record failed where: two records of one game are two. */
export type Failing = Pick<DeadLetter, 'destination' | 'gameId' | 'result'>

/** Records that destinations refuse: how often each failed, and those that were given up. Kept across restarts of every process. */
export interface DeadLetters {
  /** Notes a failure of the record itself. How often it has failed; forgotten when none came for `FAILURES_KEPT_MS`. */
  failed(record: Failing): Promise<number>
  /** Keeps the letter; a repeat changes nothing. False: there is no room for more, nothing was kept. */
  bury(letter: DeadLetter): Promise<boolean>
  /** Letters kept. */
  count(): Promise<number>
  /** At most `count` letters, oldest first. */
  list(count: number): Promise<readonly DeadLetter[]>
  /** The letter has been dealt with. */
  remove(record: Failing): Promise<void>
}

/** A record that failed so often is given up. */
export const FAILURES_MAX = 5
/** Letters kept at most; more failing records wait in the outbox. */
export const DEAD_LETTERS_MAX = 10_000
export const FAILURES_KEPT_MS = 86_400_000

/** Names a record at a destination, in 43 characters. */
export const letterKey = ({ destination, gameId, result }: Failing): string =>
  createHash('sha256')
    .update(JSON.stringify([destination, gameId, result]))
    .digest('base64url')
