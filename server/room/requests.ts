import type { Refusal } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Snapshot } from './hosted.ts'

/** What a gateway asks of a room's owner, for one of its players. `gameId` may be anything that a stranger typed. */
export type RoomRequest =
  | { readonly type: 'watch'; readonly gameId: string; readonly userId: UserId }
  | { readonly type: 'unwatch'; readonly gameId: string; readonly userId: UserId }
  | { readonly type: 'read'; readonly gameId: string; readonly userId: UserId }
  /** `ply` null: the current one (REST). */
  | {
      readonly type: 'move'
      readonly gameId: string
      readonly userId: UserId
      readonly ply: number | null
      readonly cell: number
    }
  | { readonly type: 'resign'; readonly gameId: string; readonly userId: UserId }
  /** `lapsed`: the other seat's offer counts no more, because it has played another game since. */
  | { readonly type: 'rematch'; readonly gameId: string; readonly userId: UserId; readonly lapsed: boolean }
  | {
      readonly type: 'say'
      readonly gameId: string
      readonly userId: UserId
      readonly phrase: number
      readonly watching: boolean
    }

export type RoomAnswer =
  | { readonly type: 'ok' }
  /** To watch, read, and the REST forms of move and resign. */
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  /** Both want a rematch: the gateway opens it. */
  | { readonly type: 'agreed'; readonly snapshot: Snapshot; readonly seat: 0 | 1 }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** Ask the game's new owner. */
  | { readonly type: 'not_owner' }

export type Reply = (answer: RoomAnswer) => void
