import type { Room } from '../../game/room.ts'
import { encodeRecord, type RecordHead, resultOf, timesOf } from '../../ports/room-record.ts'
import type { GameId } from '../../protocol/ids.ts'
import type { HostedRoom } from '../room/hosted.ts'
import type { Change } from './ledger.ts'

/**
 * A room as it was when its commit left. Its record is made when somebody reads it: a ledger in this memory keeps the change itself, and
 * most of them are replaced by the next move unread.
 */
class RoomChange implements Change {
  readonly gameId: GameId
  readonly create: boolean
  readonly done: boolean
  readonly result: string | null
  private readonly head: RecordHead
  private readonly room: Room
  private encoded: string | null

  constructor(hosted: HostedRoom, create: boolean, result: string | null, encoded: string | null) {
    this.gameId = hosted.gameId
    this.create = create
    this.done = hosted.room.status !== 'active'
    this.result = result
    this.head = hosted.head
    this.room = hosted.room
    this.encoded = encoded
  }

  get record(): string {
    this.encoded ??= encodeRecord(this.head, timesOf(this.room), this.room)
    return this.encoded
  }
}

/** The room as the store shall hold it; notes what it then holds, so that a result enters the outbox once. */
export function changeOf(hosted: HostedRoom): Change {
  const { room, stored } = hosted
  const create = stored === 'nothing'
  if (room.status === 'active') {
    hosted.stored = 'live'
    return new RoomChange(hosted, create, null, null)
  }
  hosted.stored = 'done'
  hosted.result ??= resultOf(hosted)
  // One string for both: they are kept for minutes.
  const encoded = room.offer === null ? hosted.result : null
  return new RoomChange(hosted, create, stored === 'done' ? null : hosted.result, encoded)
}
