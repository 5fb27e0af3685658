import type { EndReason, Mode, Room, Status, UserId } from './room.ts'
import { turnOf } from './room.ts'
import { type Line, type Mark, marksOf, type Seat, seatOfPly } from './rules.ts'

export type PlayerSymbol = 'X' | 'O'
export type SymbolCell = PlayerSymbol | null
export type SymbolRow = readonly [SymbolCell, SymbolCell, SymbolCell]

/** A game as REST shows it. Instants are ISO 8601 in UTC with ms. */
export interface SeedView {
  readonly gameId: string
  /** Rows from the top, cells from the left. */
  readonly board: readonly [SymbolRow, SymbolRow, SymbolRow]
  /** Whose move it is; null once over. */
  readonly currentPlayer: PlayerSymbol | null
  readonly status: Status
  /** Null while active, after a draw and when annulled: `status` and `reason` tell which. */
  readonly winner: PlayerSymbol | null
  readonly reason: EndReason | null
  /** The winning cells 0..8, row-major. */
  readonly line: Line | null
  readonly moves: readonly SeedMove[]
  /** X first. */
  readonly players: readonly [SeedPlayer, SeedPlayer]
  readonly mode: Mode
  readonly version: number
  readonly createdAt: string
  readonly deadline: string | null
  readonly endedAt: string | null
}

export interface SeedMove {
  readonly player: PlayerSymbol
  /** [row, column], each 0..2. */
  readonly position: readonly [number, number]
  readonly ply: number
  readonly at: string
}

export interface SeedPlayer {
  readonly id: UserId
  readonly name: string
  readonly rating: number | null
  readonly symbol: PlayerSymbol
}

const SYMBOL_BY_SEAT = ['X', 'O'] as const satisfies Record<Seat, PlayerSymbol>
const SYMBOL_BY_MARK = [null, 'X', 'O'] as const satisfies Record<Mark, SymbolCell>

export function seedView(gameId: string, room: Room): SeedView {
  const symbols = marksOf(room.moves).map((mark) => SYMBOL_BY_MARK[mark])
  const row = (first: number): SymbolRow => [symbols[first]!, symbols[first + 1]!, symbols[first + 2]!]
  const seat = turnOf(room)
  return {
    gameId,
    board: [row(0), row(3), row(6)],
    currentPlayer: seat === null ? null : SYMBOL_BY_SEAT[seat],
    status: room.status,
    winner: room.winner === null ? null : SYMBOL_BY_SEAT[room.winner],
    reason: room.reason,
    line: room.line,
    moves: room.moves.map((cell, ply) => ({
      player: SYMBOL_BY_SEAT[seatOfPly(ply)],
      position: [Math.floor(cell / 3), cell % 3],
      ply,
      at: iso(room.movedAtMs[ply]!),
    })),
    players: [playerView(room, 0), playerView(room, 1)],
    mode: room.mode,
    version: room.version,
    createdAt: iso(room.createdAtMs),
    deadline: isoOrNull(room.deadlineMs),
    endedAt: isoOrNull(room.endedAtMs),
  }
}

function playerView(room: Room, seat: Seat): SeedPlayer {
  const { id, name, rating } = room.players[seat]
  return { id, name, rating, symbol: SYMBOL_BY_SEAT[seat] }
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs))
