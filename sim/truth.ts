import { boardCode, type Seat } from '../game/rules.ts'
import { decodeRecord } from '../ports/room-record.ts'
import type { GameId, UserId } from '../protocol/ids.ts'
import { shardOf } from '../server/shard/ledger-rules.ts'

/** One course of a game, as far as it was ever committed. */
export interface Course {
  /** Cells in the order played, a digit each. */
  readonly moves: string
  readonly version: number
  readonly status: string
  readonly reason: string | null
  readonly winner: Seat | null
}

export interface GameTruth {
  readonly gameId: GameId
  readonly players: readonly [UserId, UserId]
  readonly bot: boolean
  course: Course
  /** Courses that the store committed and then lost together with their owner. */
  readonly lost: Course[]
  /** The store went back behind `course` at that time; null: it holds it. */
  risk: { readonly atMs: number; readonly owner: string } | null
  /** The store went back behind it at some time, even if all was put back. */
  wasBehind: boolean
  /** The game is in no store any more, and nobody was left who could have put it back. */
  gone: boolean
  endedAtMs: number | null
  readonly openedAtMs: number
  /** When the last move, or the opening, was committed. */
  movedAtMs: number
  /** When what everybody should see changed last. */
  changedAtMs: number
  /** The deadline of the turn, by the owner's wall clock. */
  deadlineMs: number | null
}

/** Is `next` what `before` may have become? */
export const continues = (before: Course, next: Course): boolean =>
  next.moves.startsWith(before.moves) &&
  next.version >= before.version &&
  (before.status === 'active' ||
    (next.status === before.status && next.reason === before.reason && next.winner === before.winner))

export const coursesOf = (game: GameTruth): readonly Course[] =>
  game.lost.length === 0 ? [game.course] : [game.course, ...game.lost]

/** The first `length` moves as MOVED shows them. */
export function boardAfter(moves: string, length: number): number {
  const key = moves.slice(0, length)
  let board = boards.get(key)
  if (board === undefined) {
    board = boardCode([...key].map(Number))
    boards.set(key, board)
  }
  return board
}
const boards = new Map<string, number>()

export interface TruthOptions {
  /** Whoever is to move has at least so long after a move or a takeover, in ms. */
  readonly leastTurnMs: number
  readonly nowMs: () => number
  readonly violation: (promise: string, text: string) => void
  /** Was this server kept from its work at some time since then? */
  readonly impairedSince: (owner: string, sinceMs: number) => boolean
  readonly opened: (game: GameTruth) => void
  readonly ended: (game: GameTruth) => void
}

/** What the store ever committed: the yardstick for everything that players are shown. */
export function createTruth(options: TruthOptions) {
  const games = new Map<GameId, GameTruth>()
  const records = new Map<GameId, string>()
  const takenAtMs = new Map<number, number>()
  const { violation, nowMs } = options

  /** The store holds this record now. */
  function stored(gameId: GameId, record: string): void {
    if (records.get(gameId) === record) return
    records.set(gameId, record)
    const decoded = decodeRecord(record)
    if (!decoded.ok) return violation('P1', `unreadable record of ${gameId}: ${decoded.error}`)
    const { room } = decoded.value
    const { version, status, reason, winner } = room
    const next: Course = { moves: room.moves.join(''), version, status, reason, winner }
    const game = games.get(gameId)
    if (game === undefined) return create(gameId, room.players, next, room.deadlineMs)
    game.deadlineMs = room.deadlineMs
    const before = game.course
    if (continues(before, next)) {
      game.risk = null
      game.gone = false
      game.course = next
      if (next.version !== before.version) game.changedAtMs = nowMs()
      if (next.moves !== before.moves) game.movedAtMs = nowMs()
      if (next.reason === 'timeout' && before.reason === null) timedOut(game)
    } else rewritten(game, next)
    if (game.course.status !== 'active' && game.endedAtMs === null) {
      game.endedAtMs = nowMs()
      options.ended(game)
    }
  }

  function create(
    gameId: GameId,
    players: readonly [{ id: UserId }, { id: UserId; botLevel?: number }],
    course: Course,
    deadlineMs: number | null,
  ): void {
    const game: GameTruth = {
      gameId,
      players: [players[0].id, players[1].id],
      bot: 'botLevel' in players[1] || 'botLevel' in players[0],
      course,
      lost: [],
      risk: null,
      wasBehind: false,
      gone: false,
      endedAtMs: null,
      openedAtMs: nowMs(),
      movedAtMs: nowMs(),
      changedAtMs: nowMs(),
      deadlineMs,
    }
    games.set(gameId, game)
    options.opened(game)
  }

  /** P6: nobody loses a game on time while nobody could move. */
  function timedOut(game: GameTruth): void {
    const sinceMs = Math.max(game.movedAtMs, takenAtMs.get(shardOf(game.gameId)) ?? 0)
    const hadMs = nowMs() - sinceMs
    if (hadMs < options.leastTurnMs) violation('P6', `${game.gameId} was lost on time after ${Math.round(hadMs)} ms`)
  }

  /** Another course than the one that was committed: allowed only if the store lost that, and its owner could not put it back. */
  function rewritten(game: GameTruth, next: Course): void {
    const before = game.course
    if (game.risk === null || !options.impairedSince(game.risk.owner, game.risk.atMs)) {
      violation('P2', `${game.gameId}: ${text(before)} was committed, then ${text(next)}`)
    }
    game.lost.push(before)
    game.course = next
    game.changedAtMs = nowMs()
    game.risk = null
    game.endedAtMs = null
  }

  return {
    games,
    stored,
    /** Somebody else owns the shard from now on. */
    taken: (shard: number): void => void takenAtMs.set(shard, nowMs()),
    get: (gameId: string) => games.get(gameId as GameId),
    /** A game of the player opened or ended since then and is over, or was lost. */
    overSince: (userId: string, sinceMs: number): boolean =>
      [...games.values()].some(
        ({ players, openedAtMs, endedAtMs, course, risk, lost }) =>
          (openedAtMs >= sinceMs || (endedAtMs ?? 0) >= sinceMs) &&
          (course.status !== 'active' || risk !== null || lost.length > 0) &&
          players.some((id) => id === userId),
      ),
    /** The store went back: what it lost is at risk until its owner has put it back. `recordOf`: what it holds now. */
    wentBack(recordOf: (gameId: GameId) => string | null, ownerOf: (gameId: GameId) => string): void {
      for (const game of games.values()) {
        const now = recordOf(game.gameId)
        if (now === records.get(game.gameId)) continue
        if (now === null) records.delete(game.gameId)
        else records.set(game.gameId, now)
        // An older copy may hold what a newer one had lost.
        if (now !== null && hasCourse(now, game.course)) {
          game.risk = null
          continue
        }
        game.wasBehind = true
        game.risk ??= { atMs: nowMs(), owner: ownerOf(game.gameId) }
      }
    },
  }
}
export type Truth = ReturnType<typeof createTruth>

/** Is this the record of all that the course has? */
function hasCourse(record: string, course: Course): boolean {
  const decoded = decodeRecord(record)
  if (!decoded.ok) return false
  const { moves, version, status, reason, winner } = decoded.value.room
  return continues(course, { moves: moves.join(''), version, status, reason, winner })
}

const text = ({ moves, version, status }: Course): string => `v${version} "${moves}" ${status}`
