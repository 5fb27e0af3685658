import type { Clock } from '../kit/clock.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import type { RawSocket } from './raw-socket.ts'
import type { Script } from './script.ts'

/** One simulated player: its socket and what it waits for. Changed in place: this is the generator's hot path. */
export interface Player {
  readonly index: number
  socket: RawSocket | null
  /** Sockets opened since the last WELCOME. */
  attempts: number
  /** Its socket has had WELCOME. */
  welcomed: boolean
  /** The game that it plays or played last. */
  game: Game | null
  seat: 0 | 1
  /** The last version seen of `game`. */
  version: number
  /** The MOVE of `game`, patched for each ply. */
  moveFrame: Buffer | null
  nextRid: number
  /** The rid of the unanswered MOVE, else 0. */
  moveRid: number
  /** Ply of that MOVE, and when it was due (paced) or sent (closed loop): monotonic ms. */
  movePly: number
  moveAtMs: number
  /** The last WATCH of a known game, to tell what a NOT_FOUND is about. */
  watchRid: number
  watched: Game | null
  /** Plies of `watched` that were acknowledged when that WATCH left: what its STATE must hold. */
  watchAcked: number
  /** Plies of `game` that any STATE on this socket must hold from now on. */
  owed: number
  /** When something last went forward for this player: monotonic ms. */
  progressAtMs: number
}

/** One game between two of our players. Both read their own events; `ply` is the first that saw a move. */
export interface Game {
  readonly id: string
  readonly script: Script
  readonly seats: [Player | null, Player | null]
  /** Moves seen by whoever moves next. */
  ply: number
  /** Whoever moves next knows it, and has not moved yet. */
  ready: boolean
  over: boolean
  /** A rematch was offered. */
  offered: boolean
  /** Plies that were answered by OK. */
  acked: number
  /** When the last MOVE was due or sent: monotonic ms. */
  movedAtMs: number
  /** When the next move was due while nobody was ready: monotonic ms, or -1. */
  dueAtMs: number
}

/** `kept`: moves that the server still has; null when it has forgotten the game. */
export interface Loss {
  readonly gameId: string
  readonly acked: number
  readonly kept: number | null
}
const LOSSES_MAX = 10

export interface Tally {
  /** Moves answered by OK. */
  moves: number
  games: number
  /** Acknowledged moves that a later STATE lacked. */
  lostAcks: number
  /** The first games that they were in, for whoever looks for the cause. */
  readonly losses: Loss[]
  /** STATE frames that have come. */
  statesIn: number
  framesIn: number
  bytesIn: number
  /** What should not happen, by error code or name. */
  readonly errors: Map<string, number>
  /** MOVE to OK at the mover and MOVED at the opponent, microseconds. */
  readonly okUs: Histogram
  readonly movedUs: Histogram
}

/** What the frame handler needs of the crowd around a player. */
export interface Table {
  readonly clock: Clock
  readonly tally: Tally
  readonly games: Map<string, Game>
  /** After each game seat 0 sends WATCH, and the answer is compared with what was acknowledged. */
  readonly verify: boolean
  script(gameId: string): Script
  /** The next mover may move. */
  onReady(game: Game): void
  /** Both seats have seen the opening. */
  onOpened(game: Game): void
  /** The game has ended and, with `verify`, has been compared: time for the next one. */
  onOver(game: Game): void
  onWelcome(player: Player, games: readonly string[], queued: boolean): void
  /** The server has forgotten the player's game. */
  onLost(player: Player): void
  /** After any frame but OK, MOVED and ENDED. */
  onRare(): void
}

export const newPlayer = (index: number, firstRid: number): Player => ({
  index,
  socket: null,
  attempts: 0,
  welcomed: false,
  game: null,
  seat: 0,
  version: 0,
  moveFrame: null,
  nextRid: firstRid,
  moveRid: 0,
  movePly: 0,
  moveAtMs: 0,
  watchRid: 0,
  watched: null,
  watchAcked: 0,
  owed: 0,
  progressAtMs: 0,
})

export const newGame = (id: string, script: Script): Game => ({
  id,
  script,
  seats: [null, null],
  ply: 0,
  ready: false,
  over: false,
  offered: false,
  acked: 0,
  movedAtMs: 0,
  dueAtMs: -1,
})

export const newTally = (): Tally => ({
  moves: 0,
  games: 0,
  lostAcks: 0,
  losses: [],
  statesIn: 0,
  framesIn: 0,
  bytesIn: 0,
  errors: new Map(),
  okUs: createHistogram(),
  movedUs: createHistogram(),
})

/** Compares `owed` acknowledged plies of a game with what the server still has; counts what is missing once. */
export function countLost(tally: Tally, game: Game, owed: number, kept: number | null): void {
  const acked = Math.min(owed, game.acked)
  const lost = acked - (kept ?? 0)
  if (lost <= 0) return
  tally.lostAcks += lost
  if (tally.losses.length < LOSSES_MAX) tally.losses.push({ gameId: game.id, acked, kept })
  game.acked = kept ?? 0
}

export function countError(tally: Tally, name: string): void {
  tally.errors.set(name, (tally.errors.get(name) ?? 0) + 1)
}
