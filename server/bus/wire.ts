import { err, ok, type Result } from '../../kit/result.ts'
import type { NodeName } from '../../ports/bus.ts'
import type { Route } from '../../ports/node-registry.ts'
import type { PlaceMessage } from '../../ports/placement.ts'
import type { RatedMessage } from '../../ports/rated-message.ts'
import { decodeRecord, encodeRecord, recordHead, timesOf } from '../../ports/room-record.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { GameEvent, Snapshot } from '../room/hosted.ts'
import type { RoomAnswer, RoomRequest } from '../room/requests.ts'
import type { Fence, ShardId } from '../shard/ledger.ts'

/** Version of the form of bus messages; this release reads it and the one before. */
export const BUS_SCHEMA = 1

/** The owner's answer, as it travels. `moved_to`: not me; null: I do not know who. */
export type RemoteAnswer =
  | Exclude<RoomAnswer, { type: 'not_owner' }>
  | { readonly type: 'moved_to'; readonly route: Route | null }

/** One gateway's view of a game that another server owns. */
export interface WatchedGame {
  readonly gameId: GameId
  /** Newest version that its sockets were shown. */
  readonly version: number
  /** Seats of the game whose players have a socket there. */
  readonly present: readonly UserId[]
}

export type BusMessage =
  | { readonly type: 'ask'; readonly from: NodeName; readonly id: number; readonly request: RoomRequest }
  | { readonly type: 'answer'; readonly id: number; readonly answer: RemoteAnswer }
  | { readonly type: 'event'; readonly event: GameEvent }
  | { readonly type: 'state'; readonly snapshot: Snapshot }
  /** A game opened: whoever has a socket of its players watches it from now on. */
  | { readonly type: 'opened'; readonly from: NodeName; readonly route: Route; readonly snapshot: Snapshot }
  | {
      readonly type: 'presence'
      readonly from: NodeName
      readonly gameId: GameId
      readonly userId: UserId
      readonly connected: boolean
    }
  | { readonly type: 'leave'; readonly from: NodeName; readonly gameId: GameId }
  | { readonly type: 'refresh'; readonly from: NodeName; readonly games: readonly WatchedGame[] }
  /** The sender gives the shard away: whoever gets this takes it by `fence`. */
  | { readonly type: 'hand'; readonly from: NodeName; readonly shard: ShardId; readonly fence: Fence }
  | PlaceMessage
  | RatedMessage
  | { readonly type: 'routes'; readonly routes: readonly Route[] }

/** The epoch came later: a message without it is older than any. */
type SnapshotTuple = readonly [gameId: GameId, record: string, x: boolean, o: boolean, epoch?: number]

export const encodeBus = (message: BusMessage): string =>
  JSON.stringify([BUS_SCHEMA, withSnapshots(message as Carrier, (snapshot) => pack(snapshot as Snapshot))])

/** Never throws: what a newer or foreign process sent is refused. */
export function decodeBus(text: string): Result<BusMessage, string> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!Array.isArray(parsed) || parsed[0] !== BUS_SCHEMA || typeof parsed[1]?.type !== 'string')
      return err('unknown schema')
    return ok(withSnapshots(parsed[1], (tuple) => unpack(tuple as SnapshotTuple)) as BusMessage)
  } catch (error) {
    return err(error instanceof Error ? error.message : 'not a message')
  }
}

interface Carrier {
  readonly snapshot?: unknown
  readonly answer?: Carrier
}

/** The message with its snapshot, its own or its answer's, in the other form. */
function withSnapshots(message: Carrier, convert: (snapshot: unknown) => unknown): Carrier {
  if (message.snapshot !== undefined) return { ...message, snapshot: convert(message.snapshot) }
  if (message.answer?.snapshot !== undefined) return { ...message, answer: withSnapshots(message.answer, convert) }
  return message
}

/** Snapshots travel as the record that the store holds: one form to keep readable across releases. */
function pack({ gameId, room, match, connected, epoch }: Snapshot): SnapshotTuple {
  return [gameId, encodeRecord(recordHead(room, match), timesOf(room), room), ...connected, epoch]
}

function unpack([gameId, record, x, o, epoch = 0]: SnapshotTuple): Snapshot {
  const stored = decodeRecord(record)
  if (!stored.ok) throw new Error(stored.error)
  return { gameId, ...stored.value, epoch, connected: [x, o] }
}
