import { assert, unreachable } from '../kit/assert.ts'
import { err, ok, type Result } from '../kit/result.ts'
import type { Opening, Room, RoomCommand, RoomEvent, RoomRefusal } from './room-types.ts'
import { ALL_CELLS, cellsOf, isCell, lineIn, otherSeat, type Seat, seatOfPly } from './rules.ts'

export type * from './room-types.ts'

/** An offer of a rematch stays open this long, in ms. */
export const REMATCH_OFFER_MS = 60_000

type Decision = Result<readonly RoomEvent[], RoomRefusal>
type MoveCommand = Extract<RoomCommand, { type: 'move' }>
type MovedEvent = Extract<RoomEvent, { type: 'moved' }>
type EndedEvent = Extract<RoomEvent, { type: 'ended' }>

const NOTHING: Decision = ok([])

export function openRoom(opening: Opening, nowMs: number): Room {
  assert(Number.isSafeInteger(opening.turnMs) && opening.turnMs > 0, 'a turn takes a positive whole number of ms')
  return {
    mode: opening.mode,
    players: opening.players,
    turnMs: opening.turnMs,
    createdAtMs: nowMs,
    version: 1,
    moves: [],
    movedAtMs: [],
    status: 'active',
    reason: null,
    winner: null,
    line: null,
    deadlineMs: nowMs + opening.turnMs,
    endedAtMs: null,
    offer: null,
  }
}

/** The next game of the same two: seats swapped, mode kept. */
export const rematchOf = (room: Room): Opening => ({
  mode: room.mode,
  players: [room.players[1], room.players[0]],
  turnMs: room.turnMs,
})

/** Whose move it is; null once over. */
export const turnOf = (room: Room): Seat | null => (room.status === 'active' ? seatOfPly(room.moves.length) : null)

/** What happens if `command` arrives at `nowMs`? Changes nothing. No events: a repeat, already done. */
export function decide(room: Room, command: RoomCommand, nowMs: number): Decision {
  switch (command.type) {
    case 'move':
      return move(room, command, nowMs)
    case 'resign':
      return resign(room, command.seat, nowMs)
    case 'rematch':
      return rematch(room, command.seat, command.lapsed ?? false, nowMs)
    case 'say':
      return ok([{ type: 'said', seat: command.seat, phrase: command.phrase }])
    case 'timeout':
      return timeout(room, nowMs)
    case 'extend':
      return room.status === 'active' ? ok([{ type: 'deadline_moved', deadlineMs: command.deadlineMs }]) : NOTHING
    case 'abort':
      return abort(room, nowMs)
    default:
      return unreachable(command)
  }
}

/** The only place where a room changes. Takes events of `decide` on this very room. */
export function evolve(room: Room, event: RoomEvent): Room {
  switch (event.type) {
    case 'moved':
      assert(room.status === 'active' && event.ply === room.moves.length, 'a move follows the last one of a live game')
      return afterMove(room, event)
    case 'ended':
      assert(room.status === 'active', 'a game ends once')
      return {
        ...room,
        version: room.version + 1,
        status: event.status,
        reason: event.reason,
        winner: event.winner,
        line: event.line,
        deadlineMs: null,
        endedAtMs: event.atMs,
      }
    case 'rematch_offered':
      return { ...room, offer: event.offer }
    case 'deadline_moved':
      return { ...room, deadlineMs: event.deadlineMs }
    // An agreement leaves the offer open, so that who accepted may repeat it and agree again.
    case 'rematch_agreed':
    case 'said':
      return room
    default:
      return unreachable(event)
  }
}

/** Every field by name, in the order of `openRoom`: several times as fast as a spread, and nearly all that happens is a move. */
const afterMove = (room: Room, { cell, atMs, deadlineMs }: MovedEvent): Room => ({
  mode: room.mode,
  players: room.players,
  turnMs: room.turnMs,
  createdAtMs: room.createdAtMs,
  version: room.version + 1,
  moves: append(room.moves, cell),
  movedAtMs: append(room.movedAtMs, atMs),
  status: room.status,
  reason: room.reason,
  winner: room.winner,
  line: room.line,
  deadlineMs,
  endedAtMs: room.endedAtMs,
  offer: room.offer,
})

/** A copy with one more item; a spread would leave room for 16 more in each copy. */
function append(items: readonly number[], item: number): readonly number[] {
  const longer = new Array<number>(items.length + 1)
  for (let i = 0; i < items.length; i++) longer[i] = items[i]!
  longer[items.length] = item
  return longer
}

function move(room: Room, { seat, ply, cell }: MoveCommand, nowMs: number): Decision {
  const { moves } = room
  if (ply < moves.length && moves[ply] === cell && seatOfPly(ply) === seat) return NOTHING
  if (room.status !== 'active') return err('GAME_OVER')
  if (ply !== moves.length) return err('STALE')
  if (seatOfPly(ply) !== seat) return err('NOT_YOUR_TURN')
  if (!isCell(cell)) return err('INVALID_MOVE')

  const own = cellsOf(moves, seat)
  const taken = own | cellsOf(moves, otherSeat(seat))
  const bit = 1 << cell
  if ((taken & bit) !== 0) return err('INVALID_MOVE')

  const line = lineIn(own | bit)
  const full = (taken | bit) === ALL_CELLS
  const over = line !== null || full
  const deadlineMs = over ? null : nowMs + room.turnMs
  // `| 0`: minus zero is cell 0, and codecs tell the two apart.
  const moved: RoomEvent = { type: 'moved', ply, cell: cell | 0, atMs: nowMs, deadlineMs }
  if (!over) return ok([moved])
  const winner = line === null ? null : seat
  const reason = line === null ? 'board_full' : 'line'
  return ok([moved, { type: 'ended', status: 'completed', reason, winner, line, atMs: nowMs }])
}

const forfeit = (loser: Seat, reason: 'resign' | 'timeout', atMs: number): EndedEvent => ({
  type: 'ended',
  status: 'forfeited',
  reason,
  winner: otherSeat(loser),
  line: null,
  atMs,
})

function resign(room: Room, seat: Seat, nowMs: number): Decision {
  if (room.reason === 'resign' && room.winner === otherSeat(seat)) return NOTHING
  if (room.status !== 'active') return err('GAME_OVER')
  return ok([forfeit(seat, 'resign', nowMs)])
}

function timeout(room: Room, nowMs: number): Decision {
  if (room.deadlineMs === null || nowMs < room.deadlineMs) return NOTHING
  return ok([forfeit(seatOfPly(room.moves.length), 'timeout', nowMs)])
}

function abort(room: Room, nowMs: number): Decision {
  if (room.status === 'aborted') return NOTHING
  if (room.status !== 'active') return err('GAME_OVER')
  return ok([{ type: 'ended', status: 'aborted', reason: 'lost', winner: null, line: null, atMs: nowMs }])
}

function rematch(room: Room, seat: Seat, lapsed: boolean, nowMs: number): Decision {
  if (room.status === 'active') return err('FORBIDDEN')
  const open = room.offer !== null && nowMs < room.offer.untilMs ? room.offer : null
  if (room.mode === 'bot' || (!lapsed && open?.seat === otherSeat(seat))) return ok([{ type: 'rematch_agreed', seat }])
  if (open?.seat === seat) return NOTHING
  return ok([{ type: 'rematch_offered', offer: { seat, untilMs: nowMs + REMATCH_OFFER_MS } }])
}
