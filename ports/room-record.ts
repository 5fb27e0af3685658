import type { BotLevel, EndReason, Mode, Player, Room, Status } from '../game/room.ts'
import type { Line, Seat } from '../game/rules.ts'
import { assert } from '../kit/assert.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { UserId } from '../protocol/ids.ts'
import type { MatchReason } from './ticket-queue.ts'

/** Version of the stored form; this release reads it and the one before. */
export const RECORD_SCHEMA = 1

/** What never changes after the opening, as the beginning of a JSON array: encoded once a game. */
export type RecordHead = string

type PlayerTuple = readonly [id: string, name: string, rating: number | null, botLevel: number | null]

type RecordFields = readonly [
  schema: typeof RECORD_SCHEMA,
  mode: Mode,
  players: readonly [PlayerTuple, PlayerTuple],
  turnMs: number,
  createdAtMs: number,
  match: MatchReason | null,
  version: number,
  moves: number,
  times: readonly number[],
  deadlineMs: number | null,
  status: Status,
  reason: EndReason | null,
  winner: Seat | null,
  line: Line | null,
  endedAtMs: number | null,
  offer: readonly [seat: Seat, untilMs: number] | null,
]
const FIELDS = 16

export interface StoredRoom {
  readonly room: Room
  readonly match: MatchReason | null
}

export function recordHead(room: Room, match: MatchReason | null): RecordHead {
  const players = room.players.map((p): PlayerTuple => [p.id, p.name, p.rating, p.botLevel ?? null])
  const head = JSON.stringify([RECORD_SCHEMA, room.mode, players, room.turnMs, room.createdAtMs, match])
  return head.slice(0, -1)
}

/** When each move was made, as offsets from the opening: the inside of a JSON array. */
export function timesOf({ movedAtMs, createdAtMs }: Pick<Room, 'movedAtMs' | 'createdAtMs'>): string {
  let times = ''
  for (const atMs of movedAtMs) times += times === '' ? `${atMs - createdAtMs}` : `,${atMs - createdAtMs}`
  return times
}

/** The room as one line of JSON, some 250 bytes. `times` as by `timesOf`. Hot: a record a move. */
export function encodeRecord(head: RecordHead, times: string, room: Room): string {
  const tail = room.status === 'active' ? ACTIVE : ending(room)
  const record = `${head},${room.version},${movesCode(room.moves)},[${times}],${room.deadlineMs},${tail}`
  // Reading makes it one flat string: as the rope that it was built of, it would cost twice the memory for as long as it is kept. What is
  // read must be used, else the compiler leaves it out.
  assert(record.charCodeAt(0) === BRACKET, 'a record is an array')
  return record
}

/** What a finished game sends to the outbox: the same bytes whoever sends it and however often, so without what may come after the end. */
export const resultOf = ({ head, room }: { readonly head: RecordHead; readonly room: Room }): string =>
  encodeRecord(head, timesOf(room), room.offer === null ? room : { ...room, offer: null })

/** Reads a stored room. A foreign or newer record is refused, never half read. */
export function decodeRecord(record: string): Result<StoredRoom, string> {
  let fields: unknown
  try {
    fields = JSON.parse(record)
  } catch {
    return err('not JSON')
  }
  if (!Array.isArray(fields) || fields[0] !== RECORD_SCHEMA || fields.length < FIELDS) {
    return err(`not a room record of schema ${RECORD_SCHEMA}`)
  }
  return ok(storedRoom(fields as unknown as RecordFields))
}

function storedRoom(fields: RecordFields): StoredRoom {
  const [, mode, players, turnMs, createdAtMs, match, version, moves, times, deadlineMs, ...over] = fields
  const [status, reason, winner, line, endedAtMs, offer] = over
  const room: Room = {
    mode,
    players: [player(players[0]), player(players[1])],
    turnMs,
    createdAtMs,
    version,
    moves: movesOf(moves),
    movedAtMs: times.map((offsetMs) => createdAtMs + offsetMs),
    status,
    reason,
    winner,
    line,
    deadlineMs,
    endedAtMs,
    offer: offer === null ? null : { seat: offer[0], untilMs: offer[1] },
  }
  return { room, match }
}

const BRACKET = '['.charCodeAt(0)
const ACTIVE = '"active",null,null,null,null,null]'

function ending({ status, reason, winner, line, endedAtMs, offer }: Room): string {
  const offered = offer === null ? null : [offer.seat, offer.untilMs]
  return JSON.stringify([status, reason, winner, line, endedAtMs, offered]).slice(1)
}

/** Moves as the digits of one number after a 1, so that an opening in cell 0 is not lost. */
function movesCode(moves: readonly number[]): number {
  let code = 1
  for (const cell of moves) code = 10 * code + cell
  return code
}

const movesOf = (code: number): number[] => [...String(code)].slice(1).map(Number)

const player = ([id, name, rating, botLevel]: PlayerTuple): Player => {
  const plain = { id: id as UserId, name, rating }
  return botLevel === null ? plain : { ...plain, botLevel: botLevel as BotLevel }
}
