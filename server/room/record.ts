import type { BotLevel, EndReason, Mode, Player, RematchOffer, Room, Status } from '../../game/room.ts'
import type { Line, Seat } from '../../game/rules.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { MatchReason } from '../../ports/ticket-queue.ts'
import type { UserId } from '../../protocol/ids.ts'

/** Version of the stored form; this release reads it and the one before. */
export const RECORD_SCHEMA = 1

/** What never changes after the opening, as the beginning of a JSON array: encoded once a game. */
export type RecordHead = string

type PlayerTuple = readonly [id: string, name: string, rating: number | null, botLevel: number | null]

export interface StoredRoom {
  readonly room: Room
  readonly match: MatchReason | null
}

export function recordHead(room: Room, match: MatchReason | null): RecordHead {
  const players = room.players.map((p): PlayerTuple => [p.id, p.name, p.rating, p.botLevel ?? null])
  const head = JSON.stringify([RECORD_SCHEMA, room.mode, players, room.turnMs, room.createdAtMs, match])
  return head.slice(0, -1)
}

/** The room as one line of JSON, some 250 bytes. Times of moves are offsets from the opening. */
export function encodeRecord(head: RecordHead, room: Room): string {
  let offsets = ''
  for (const at of room.movedAtMs) offsets += offsets === '' ? at - room.createdAtMs : `,${at - room.createdAtMs}`
  const line = room.line === null ? 'null' : `[${room.line.join(',')}]`
  const offer = room.offer === null ? 'null' : `[${room.offer.seat},${room.offer.untilMs}]`
  const reason = room.reason === null ? 'null' : `"${room.reason}"`
  const record = `${head},${room.version},"${room.moves.join('')}",[${offsets}],"${room.status}",${reason},${room.winner},${line},${room.deadlineMs},${room.endedAtMs},${offer}]`
  record.charCodeAt(0) // one flat string: as the rope that it was built of, it would cost four times the memory for as long as it is kept
  return record
}

/** What a finished game sends to the outbox: the same bytes whoever sends it and however often, so without what may come after the end. */
export const resultOf = ({ head, room }: { readonly head: RecordHead; readonly room: Room }): string =>
  encodeRecord(head, room.offer === null ? room : { ...room, offer: null })

/** Reads a stored room. A foreign or newer record is refused, never half read. */
export function decodeRecord(record: string): Result<StoredRoom, string> {
  let fields: unknown
  try {
    fields = JSON.parse(record)
  } catch {
    return err('not JSON')
  }
  if (!Array.isArray(fields) || fields[0] !== RECORD_SCHEMA || fields.length < 16) {
    return err(`not a room record of schema ${RECORD_SCHEMA}`)
  }
  const [
    ,
    mode,
    players,
    turnMs,
    createdAtMs,
    match,
    version,
    moves,
    offsets,
    status,
    reason,
    winner,
    line,
    deadlineMs,
    endedAtMs,
    offer,
  ] = fields as [
    1,
    Mode,
    [PlayerTuple, PlayerTuple],
    number,
    number,
    MatchReason | null,
    number,
    string,
    number[],
    Status,
    EndReason | null,
    Seat | null,
    Line | null,
    number | null,
    number | null,
    [Seat, number] | null,
  ]
  const room: Room = {
    mode,
    players: [player(players[0]), player(players[1])],
    turnMs,
    createdAtMs,
    version,
    moves: [...moves].map(Number),
    movedAtMs: offsets.map((offset) => createdAtMs + offset),
    status,
    reason,
    winner,
    line,
    deadlineMs,
    endedAtMs,
    offer: offer === null ? null : ({ seat: offer[0], untilMs: offer[1] } satisfies RematchOffer),
  }
  return ok({ room, match })
}

const player = ([id, name, rating, botLevel]: PlayerTuple): Player => {
  const plain = { id: id as UserId, name, rating }
  return botLevel === null ? plain : { ...plain, botLevel: botLevel as BotLevel }
}
