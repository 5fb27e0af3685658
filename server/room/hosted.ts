import type { Room } from '../../game/room.ts'
import type { RecordHead } from '../../ports/room-record.ts'
import type { MatchReason } from '../../ports/ticket-queue.ts'
import type { GameId, UserId } from '../../protocol/ids.ts'
import type { ServerMessage } from '../../protocol/messages.ts'
import type { Gate } from '../shard/gate.ts'

/** What happens in a game, for everyone who watches it. */
export type GameEvent =
  Extract<ServerMessage, { readonly gameId: GameId }> extends infer M
    ? M extends { readonly type: 'state' }
      ? never
      : M
    : never

/** A game as one moment saw it; a gateway makes a STATE of it for each receiver. */
export interface Snapshot {
  readonly gameId: GameId
  readonly room: Room
  readonly match: MatchReason | null
  /** Of the owner that saw it: an older one's words, or late ones, never take back what a newer one showed. */
  readonly epoch: number
  /** By seat: a socket of the player is open somewhere. */
  readonly connected: readonly [boolean, boolean]
}

/** A gateway that watches a game: this server's own, or another's behind the bus. */
export interface Subscriber {
  readonly node: string
  event(event: GameEvent): void
  /** The whole game anew: a deadline moved, or events may have been missed. */
  state(snapshot: Snapshot): void
}

/** A room in its owner's memory. `room` is the newest state, committed or not: only the gate lets anything computed from it out. */
export interface HostedRoom {
  readonly gameId: GameId
  readonly gate: Gate
  readonly head: RecordHead
  readonly match: MatchReason | null
  room: Room
  /** What the outbox gets once the game is over: the same bytes whenever it is sent. */
  result: string | null
  /** Sequence number of the commit with the newest change of this room; 0: loaded, nothing of ours is pending. */
  dirtySeq: number
  /** Sequence number of the commit that creates it; 0: loaded. */
  createdSeq: number
  /** What the newest commit sent or loaded holds of it. */
  stored: 'nothing' | 'live' | 'done' | 'refused'
  /** Gateways that get its events; an array because almost always there are one or two. */
  subscribers: Subscriber[]
  /** By seat: the servers where a socket of the player is open. */
  readonly presence: [readonly string[], readonly string[]]
  /** When the player to move forfeits, on the monotonic clock. */
  dueMs: number
  /** Where it stands in the timing wheel. */
  slot: number
}

export const snapshotOf = (hosted: HostedRoom): Snapshot => ({
  gameId: hosted.gameId,
  room: hosted.room,
  match: hosted.match,
  epoch: hosted.gate.fence.epoch,
  connected: [isConnected(hosted, 0), isConnected(hosted, 1)],
})

/** A bot is always connected. */
export const isConnected = (hosted: HostedRoom, seat: 0 | 1): boolean =>
  hosted.room.players[seat].botLevel !== undefined || hosted.presence[seat].length > 0

/** Notes that a socket of the player is open on `node`, or none any more. */
export function notePresence({ presence }: HostedRoom, seat: 0 | 1, node: string, connected: boolean): void {
  const nodes = presence[seat]
  if (nodes.includes(node) === connected) return
  presence[seat] = connected ? [...nodes, node] : nodes.filter((other) => other !== node)
}

/** The player's seat; null: a spectator. */
export function seatOf(room: Room, userId: UserId): 0 | 1 | null {
  if (room.players[0].id === userId) return 0
  return room.players[1].id === userId ? 1 : null
}
