import type { UserId } from '../protocol/ids.ts'
import type { NodeName } from './bus.ts'
import type { Match } from './ticket-queue.ts'

/** What became of a match. */
export type Placement =
  /** Its room is committed. */
  | { readonly type: 'placed' }
  /** It will never have a room; the tickets of `keep` go back into the queue with their waiting time. */
  | { readonly type: 'refused'; readonly keep: readonly UserId[] }
  /** Not known: ask again with the same match. */
  | { readonly type: 'unknown' }

/** The matchmaker asks a server to open a match's room. Asking again, or another server, is safe: a match has one room. */
export interface PlaceMessage {
  readonly type: 'place'
  readonly from: NodeName
  readonly id: number
  readonly match: Match
}

export interface PlacedMessage {
  readonly type: 'placed'
  readonly id: number
  readonly placement: Placement
}

/** Version of the form of these messages, as of all bus messages. */
const SCHEMA = 1

export const encodeMessage = (message: PlaceMessage | PlacedMessage): string => JSON.stringify([SCHEMA, message])

/** A server's verdict; null: something else. Never throws. */
export function decodePlaced(text: string): PlacedMessage | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) && parsed[0] === SCHEMA && parsed[1]?.type === 'placed' ? parsed[1] : null
  } catch {
    return null
  }
}
