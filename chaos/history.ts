import { closeSync, openSync, writeSync } from 'node:fs'
import type { EndReason, GameStatus } from '../protocol/messages.ts'
import type { Asked } from './asked.ts'

interface From {
  /** Player and socket, both counted from 0 over the whole run. */
  readonly p: number
  readonly s: number
}

/** What happened, as the players saw it and as the run did it; `t` is monotonic ms. One line of JSON an event. */
export type Event = { readonly t: number } & (
  | ({ readonly e: 'ask' /** Not the first time. */; readonly again: boolean } & From & Asked)
  /** `since`: when it was first asked. */
  | ({ readonly e: 'ok'; readonly since: number; readonly value?: string } & From & Asked)
  | ({ readonly e: 'error'; readonly code: string } & From & Asked)
  /** The server owed an answer and gave none. */
  | ({ readonly e: 'unanswered' } & From & Asked)
  | ({
      readonly e: 'welcome'
      readonly server: string
      readonly user: string
      readonly games: readonly string[]
      readonly queue: string | null
    } & From)
  | ({ readonly e: 'closed'; readonly code: number; readonly status: number | null } & From)
  | ({
      readonly e: 'state'
      readonly g: string
      readonly v: number
      readonly moves: string
      readonly status: GameStatus
      readonly reason: EndReason | null
      /** Null: a spectator. */
      readonly you: 0 | 1 | null
    } & From)
  | ({
      readonly e: 'moved'
      readonly g: string
      readonly v: number
      readonly ply: number
      readonly cell: number
    } & From)
  | ({
      readonly e: 'ended'
      readonly g: string
      readonly v: number
      readonly status: GameStatus
      readonly reason: EndReason
    } & From)
  | ({ readonly e: 'undone'; readonly g: string; readonly v: number } & From)
  /** One's own game that no server knows. */
  | ({ readonly e: 'gone'; readonly g: string } & From)
  /** A fault begins; `shards`: those that the server held. */
  | { readonly e: 'fault'; readonly kind: string; readonly node?: string; readonly shards?: readonly number[] }
  | { readonly e: 'healed'; readonly kind: string; readonly node?: string }
  /** A process ended that nobody ended. */
  | { readonly e: 'died'; readonly name: string; readonly how: string }
  /** An entry of the outbox. */
  | { readonly e: 'result'; readonly g: string; readonly result: string }
  /** What WATCH said of a game when everything was over; `moves` null: the game is unknown. */
  | { readonly e: 'final'; readonly g: string; readonly moves: string | null; readonly status: GameStatus | null }
)

export interface History {
  add(event: Event): void
  close(): void
}

const FLUSH_BYTES = 65_536

/** Writes each event to a file of JSON lines, and shows it to `also`. */
export function fileHistory(path: string, also: (event: Event) => void): History {
  const file = openSync(path, 'w')
  let unwritten = ''
  const flush = () => {
    writeSync(file, unwritten)
    unwritten = ''
  }
  return {
    add(event) {
      unwritten += `${JSON.stringify(event)}\n`
      if (unwritten.length > FLUSH_BYTES) flush()
      also(event)
    },
    close() {
      flush()
      closeSync(file)
    },
  }
}
